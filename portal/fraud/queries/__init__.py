"""Reading: rules and model in force, cases and their alerts."""
