"""The roof: wires the rooms together and decides nothing."""
