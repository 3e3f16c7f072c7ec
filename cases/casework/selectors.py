"""Finding cases by what people call them."""

import re

from django.db.models import Q

from .models import Case


def by_number(rows, query):
    """`rows` of Case whose file number is meant: "KIM-2026-0187", "kim 2026 187", "kim 187", "2026-187"."""
    text = query.strip()[:40].upper()
    exact = re.match(r"^([A-Z]{2,6})[\s-]*(\d{4})[\s-]+(\d{1,5})$", text)
    if exact:
        prefix, year, number = exact.groups()
        return rows.filter(number=f"{prefix}-{year}-{int(number):04d}")
    short = re.match(r"^([A-Z]{2,6})[\s-]*(\d{1,5})$", text)
    if short:
        prefix, number = short.groups()
        numbered = Q(number__startswith=f"{prefix}-", number__endswith=f"-{int(number):04d}")
        return rows.filter(numbered | Q(number__startswith=f"{prefix}-{number}-"))
    if re.match(r"^[A-Z]{2,6}-\d{4}(-\d*)?$", text):
        return rows.filter(number__startswith=text)
    return Case.objects.none()
