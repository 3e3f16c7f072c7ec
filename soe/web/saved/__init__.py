"""Saved views of lists: a name for a query string. They carry no rights: each reader's own filters judge the query."""
