"""Backup and restore: one folder with the database, the private files and a list of everything in it.

`engines` copies the database of each engine, `stored` knows the files, `manifest` is the list, `making` and
`restoring` put them together. See decision 0023.
"""
