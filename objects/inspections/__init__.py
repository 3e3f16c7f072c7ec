"""Joint inspections: days, houses, departments' sections, dwelling visits, what was found and what was done at once."""
