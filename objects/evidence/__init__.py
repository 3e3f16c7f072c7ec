"""Evidence pack of a property for court or council: a PDF and the files with their hashes."""
