"""The shape of a decision: who asked, who decided, why, and what was carried out."""
