"""What the institution announces: to whom, from when to when, who must read it, and who has."""
