"""What is hashed: every column of every append-only row, in a form that is the same on both engines."""

import hashlib
import json
from decimal import Decimal
from uuid import UUID

from django.db import models

from ..triggers import append_only_models

PREFIX = 8  # bytes of each row's hash kept in a seal to name the row
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _time(value):
    return str(value.replace(tzinfo=None))


def _json(value):
    return json.dumps(json.loads(value) if isinstance(value, str | bytes) else value, sort_keys=True)


def _uuid(value):
    return value.hex if isinstance(value, UUID) else str(value).replace("-", "")


class Table:
    """One append-only table and how its rows are read."""

    def __init__(self, model):
        self.model = model
        self.name = model._meta.db_table
        self.fields = {field.column: field for field in model._meta.concrete_fields}
        self.pk = model._meta.pk
        self.wide = isinstance(self.pk, models.UUIDField)

    @property
    def columns(self):
        return sorted(self.fields)

    # --- keys: text that sorts like the key itself ------------------------------------------------------------------
    def key_text(self, value):
        return _uuid(value) if self.wide else f"{int(value):020d}"

    def key_value(self, text):
        return UUID(text) if self.wide else int(text)

    def key_param(self, text, vendor):
        if not self.wide:
            return int(text)
        return text if vendor == "sqlite" else UUID(text)

    def key_bytes(self, text):
        return bytes.fromhex(text) if self.wide else int(text).to_bytes(8, "big", signed=True)

    @property
    def key_size(self):
        return 16 if self.wide else 8

    # --- rows -------------------------------------------------------------------------------------------------------
    def _converters(self, columns, vendor):
        found = []
        for place, column in enumerate(columns, start=1):
            field = self.fields[column]
            kind = field.get_internal_type()
            if isinstance(field, models.ForeignKey):
                kind = field.target_field.get_internal_type()
            if kind == "DecimalField":
                found.append((place, lambda v, n=field.decimal_places: f"{Decimal(str(v)):.{n}f}"))
            elif kind == "JSONField":
                found.append((place, _json))
            elif kind == "FloatField":
                found.append((place, lambda v: repr(float(v))))
            elif kind == "BinaryField":
                found.append((place, lambda v: bytes(v).hex()))
            elif vendor == "sqlite":
                continue  # text and numbers already
            elif kind == "UUIDField":
                found.append((place, _uuid))
            elif kind == "DateTimeField":
                found.append((place, _time))
            elif kind == "BooleanField":
                found.append((place, int))
            elif kind in ("DateField", "TimeField", "GenericIPAddressField"):
                found.append((place, str))
        return found

    def _expression(self, column, connection):
        quoted = connection.ops.quote_name(column)
        # A plain column would be parsed into Python's types by its declared type; an expression is not.
        return f"+{quoted}" if connection.vendor == "sqlite" else quoted

    def hashes(self, connection, columns, *, after="", until="", keys=None, limit=None):
        """[(key text, hash)] of rows in key order: after < key <= until, or exactly `keys`."""
        name = connection.ops.quote_name
        pk = name(self.pk.column)
        where, params = [], []
        if keys is not None:
            if not keys:
                return []
            where.append(f"{pk} IN ({', '.join(['%s'] * len(keys))})")
            params += [self.key_param(key, connection.vendor) for key in keys]
        if after:
            where.append(f"{pk} > %s")
            params.append(self.key_param(after, connection.vendor))
        if until:
            where.append(f"{pk} <= %s")
            params.append(self.key_param(until, connection.vendor))
        selected = ", ".join([pk, *(self._expression(column, connection) for column in columns)])
        # Names come from the models, values are parameters.
        sql = f"SELECT {selected} FROM {name(self.name)}"  # noqa: S608
        if where:
            sql += f" WHERE {' AND '.join(where)}"
        sql += f" ORDER BY {pk}"
        if limit:
            sql += f" LIMIT {int(limit)}"
        converters = self._converters(columns, connection.vendor)
        sha, text, found = hashlib.sha256, self.key_text, []
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            for row in cursor.fetchall():
                values = list(row)
                for place, convert in converters:
                    if values[place] is not None:
                        values[place] = convert(values[place])
                found.append((text(row[0]), sha(_dumps(values[1:]).encode()).digest()))
        return found

    def newest(self, connection):
        """The highest key as text, or an empty string."""
        name = connection.ops.quote_name
        pk = name(self.pk.column)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {pk} FROM {name(self.name)} ORDER BY {pk} DESC LIMIT 1")  # noqa: S608
            row = cursor.fetchone()
        return self.key_text(row[0]) if row else ""

    def count(self, connection, *, after="", until=""):
        where, params = {}, self.model._base_manager.all()
        if after:
            where["pk__gt"] = self.key_value(after)
        if until:
            where["pk__lte"] = self.key_value(until)
        return params.using(connection.alias).filter(**where).count()


def tables(connection):
    """{name: Table} of everything that is sealed."""
    existing = set(connection.introspection.table_names())
    found = {}
    for model in append_only_models():
        model = model._meta.concrete_model
        if getattr(model, "sealed", True) and model._meta.db_table in existing:
            found[model._meta.db_table] = Table(model)
    return dict(sorted(found.items()))


def digest_of(hashes):
    """One hash over the hashes of a batch."""
    total = hashlib.sha256()
    for value in hashes:
        total.update(value)
    return total.hexdigest()


def erased_digest(erasure, rows):
    """One hash over a certificate and the rows it names."""
    certificate = [
        erasure.pk.hex, _time(erasure.at), erasure.rule, erasure.rule_text, erasure.basis, erasure.model,
        erasure.object_id.hex if erasure.object_id else None, erasure.user_id.hex if erasure.user_id else None,
        erasure.user_name, erasure.role, erasure.reason, erasure.live_rows, erasure.history_rows,
        erasure.log_rows, erasure.files,
    ]  # fmt: skip
    total = hashlib.sha256(_dumps(certificate).encode())
    for row in rows:
        total.update(_dumps([row.table, row.key, row.before, row.after]).encode())
    return total.hexdigest()
