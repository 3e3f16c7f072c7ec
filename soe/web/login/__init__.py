"""Login, passwords, second factor, and what a person sets for herself."""
