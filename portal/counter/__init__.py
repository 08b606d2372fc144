"""The teller screen: one customer served with a drawer's cash."""
