"""Settings: `base` for all, then one of `dev` (also `make demo`), `test`, `prod`. The README lists the variables."""
