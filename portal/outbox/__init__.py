"""Work waiting to be done in the background, kept as rows until it is."""
