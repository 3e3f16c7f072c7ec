"""Removing what was entered by mistake, and bringing it back within thirty days."""
