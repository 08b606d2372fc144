"""Work done by the worker: thin tasks that call one service each."""
