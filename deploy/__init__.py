"""How Quayside is set up, started, checked and stopped on a machine; it knows nothing of banking."""
