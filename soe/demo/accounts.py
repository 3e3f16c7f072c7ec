"""The demo accounts: one password, invented people (`seed_demo` makes them, `make demo` prints them)."""

# Public on purpose; production settings refuse a database that holds the demo city.
PASSWORD = "Herne-zeigt-SOE-2026"  # noqa: S105
