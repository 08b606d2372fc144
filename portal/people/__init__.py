"""Users who sign in and customers who are served."""
