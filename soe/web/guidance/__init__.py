"""Help beside the work: texts per page and field, keyboard shortcuts, a first tour."""
