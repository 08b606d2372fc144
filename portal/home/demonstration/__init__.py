"""A made-up credit union in Ghana with two years of history, the same from the same seed, posted through the one door."""
