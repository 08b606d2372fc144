"""What may be done: judging movements, holding and releasing them, deciding cases, setting rules, keeping models."""
