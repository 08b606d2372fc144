"""Another bank's books brought in: read by a mapping, checked row by row, posted through the one door, compared with what it recorded."""
