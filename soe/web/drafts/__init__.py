"""What a person typed and has not sent yet: kept on the server, for her alone, until it is sent or thirty days old."""
