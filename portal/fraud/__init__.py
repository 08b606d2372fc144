"""The gate before money moves: what an account usually does, the rules and the model that judge by it, alerts and cases."""
