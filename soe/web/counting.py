"""Many small counts in one statement: what the navigation shows must not cost a query per entry."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

LIMIT = 999


def counts(asked: dict, *, present=frozenset()) -> dict:
    """{name: QuerySet | int | None} → {name: int | None}; querysets are counted up to LIMIT in a single query.

    Names in `present` are only asked for being there: 1 or 0.
    """
    result, parts, params, names = {}, [], [], []
    for name, value in asked.items():
        if not isinstance(value, QuerySet):
            result[name] = value
            continue
        try:
            limit = 1 if name in present else LIMIT
            sql, values = value.order_by().values("pk")[:limit].query.sql_with_params()
        except EmptyResultSet:
            result[name] = 0
            continue
        # Compiled by the ORM from restricted querysets; values stay parameters.
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608
        params.extend(values)
        names.append(name)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts), params)
            result.update(zip(names, cursor.fetchone(), strict=True))
    return result
