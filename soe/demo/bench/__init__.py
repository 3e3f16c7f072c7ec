"""`make bench`: a large city, and what its pages and imports cost compared with plain ways. Ratios, no verdicts."""
