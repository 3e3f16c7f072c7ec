"""Owners beyond the single right: relations between parties, portfolio, suspected links, merging, change of owner."""
