"""Commands whose work is the worker's."""
