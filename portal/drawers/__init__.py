"""Cash in the branch: the vault, drawers, sessions and counts."""
