"""Files that are kept: made once, stored, handed only to whom they belong."""
