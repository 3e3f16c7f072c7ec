"""Pages of administration, one file per subject. Never Django's admin."""
