"""Sign-in: passwords, second factors, step-up, lock-out, sessions and devices."""
