"""Pages of the queue, the cases, the rules and the model."""
