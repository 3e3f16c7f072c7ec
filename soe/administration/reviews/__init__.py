"""The yearly review of rights: per department a frozen list, a decision per line, a signature."""
