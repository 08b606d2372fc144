"""Commands of the roof: the demonstration, and the import of another bank's books."""
