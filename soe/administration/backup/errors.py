class BackupError(Exception):
    """A backup cannot be made or restored. The message is a German sentence for the operator."""
