"""Quarters in addresses: /berichte/2026-Q3/."""

from soe.web.figures import Quarter


class QuarterConverter:
    regex = r"20\d\d-Q[1-4]"

    def to_python(self, value):
        return Quarter.parse(value)

    def to_url(self, value):
        return value.code if isinstance(value, Quarter) else str(value)
