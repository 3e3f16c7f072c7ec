"""Who changed what, over all history tables in one statement.

No index table beside the history: each table has an index by time, so the newest rows of a hundred tables are a
hundred short index reads, and writing stays as cheap as it is (decision 0009). Pages go by the last row shown, not
by an offset: the thousandth page costs what the first one does.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import CharField
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from soe.audit.checks import our_models
from soe.audit.models import AuditedModel

VERBS = {"+": "angelegt", "~": "geändert", "-": "entfernt"}
# A search by department reads along the time: without a period it looks back this far.
LOOK_BACK = timedelta(days=90)


def sources():
    """{label: model} of everything with a history of its own."""
    return {
        model._meta.label_lower: model
        for model in our_models()
        if issubclass(model, AuditedModel) and not model._meta.proxy
    }


@dataclass
class Change:
    """One history row, without its contents."""

    label: str
    history_id: int
    at: datetime
    kind: str
    user_id: UUID | None
    actor: str
    role: str
    pk: UUID
    number: str
    request_id: str

    @property
    def verb(self):
        return VERBS.get(self.kind, "geändert")

    @property
    def model(self):
        return apps.get_model(self.label)

    @property
    def what(self):
        name = str(self.model._meta.verbose_name)
        return name[:1].upper() + name[1:]

    @property
    def cursor(self):
        return f"{self.at.isoformat()}|{self.label}|{self.history_id}"


@dataclass
class Asked:
    """What the reader asked for. None and empty values ask for everything."""

    users: list | None = None
    label: str = ""
    kind: str = ""
    pk: UUID | None = None
    number: str = ""
    department: str = ""
    since: object = None
    until: object = None
    after: tuple | None = None  # (at, label, history_id) of the last row shown
    labels: list = field(default_factory=list)

    @property
    def start(self):
        if self.since:
            return timezone.make_aware(datetime.combine(self.since, time.min))
        if self.department and not (self.users or self.pk or self.number):
            return timezone.now() - LOOK_BACK
        return None

    @property
    def end(self):
        if self.until:
            return timezone.make_aware(datetime.combine(self.until + timedelta(days=1), time.min))
        return None


def cursor_of(text):
    """The position after which a page starts; None when the address was made up."""
    try:
        at, label, history_id = text.split("|")
        moment = parse_datetime(at)
        return (moment, label, int(history_id)) if moment and timezone.is_aware(moment) else None
    except ValueError:
        return None


def _number_column(history):
    names = {f.name: f.column for f in history.tracked_fields if isinstance(f, CharField)}
    return next((names[name] for name in ("number", "username", "code") if name in names), None)


def _branch(label, model, asked, limit):
    """(SQL, parameters) of one table, or None when nothing in it can match."""
    history, quote = model.history.model, connection.ops.quote_name
    moment, where, params = connection.ops.adapt_datetimefield_value, [], []

    def uuid(value):
        return value.hex if connection.vendor == "sqlite" else value

    number = _number_column(history)
    if asked.number:
        if number is None:
            return None
        where.append(f"{quote(number)} = %s")
        params.append(asked.number)
    if asked.users is not None:
        if not asked.users:
            return None
        where.append(f"history_user_id IN ({', '.join(['%s'] * len(asked.users))})")
        params += [uuid(pk) for pk in asked.users]
    if asked.pk:
        where.append("id = %s")
        params.append(uuid(asked.pk))
    if asked.kind:
        where.append("history_type = %s")
        params.append(asked.kind)
    if asked.department:
        where.append("actor_role LIKE %s ESCAPE '\\'")
        escaped = asked.department.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params.append(f"%{escaped}%")
    if asked.start:
        where.append("history_date >= %s")
        params.append(moment(asked.start))
    if asked.end:
        where.append("history_date < %s")
        params.append(moment(asked.end))
    if asked.after:
        at, last, history_id = asked.after
        if label > last:
            where.append("history_date <= %s")
            params.append(moment(at))
        elif label < last:
            where.append("history_date < %s")
            params.append(moment(at))
        else:
            # The first condition is what the index by time understands.
            where.append("history_date <= %s AND (history_date < %s OR history_id < %s)")
            params += [moment(at), moment(at), history_id]
    shown = quote(number) if number else "''"
    columns = [
        f"'{label}' AS label", "history_id", "history_date", "history_type", "history_user_id", "actor_name",
        "actor_role", "id", f"{shown} AS shown_number", "request_id",
    ]  # fmt: skip
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    # Names come from the models, values are parameters.
    sql = (
        f"SELECT * FROM (SELECT {', '.join(columns)} FROM {quote(history._meta.db_table)}{condition} "  # noqa: S608
        f"ORDER BY history_date DESC, history_id DESC LIMIT {int(limit)}) AS part"
    )
    return sql, params


def find(asked, limit=50):
    """The newest `limit` changes that were asked for."""
    parts, params = [], []
    for label, model in sources().items():
        if (asked.label and label != asked.label) or (asked.labels and label not in asked.labels):
            continue
        if (branch := _branch(label, model, asked, limit)) is not None:
            parts.append(branch[0])
            params += branch[1]
    if not parts:
        return []
    sql = (
        " UNION ALL ".join(parts) + f" ORDER BY history_date DESC, label, history_id DESC LIMIT {int(limit)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [_change(row) for row in cursor.fetchall()]


def _change(row):
    label, history_id, at, kind, user_id, actor, role, pk, number, request_id = row
    if isinstance(at, str):
        at = parse_datetime(at)
    if timezone.is_naive(at):
        at = at.replace(tzinfo=UTC)
    return Change(
        label, history_id, at, kind, _uuid(user_id), actor, role, _uuid(pk), str(number or ""), request_id
    )


def _uuid(value):
    return UUID(str(value)) if value is not None and not isinstance(value, UUID) else value


def every(asked, chunk=1000):
    """All changes that were asked for, in pieces: for the export."""
    while True:
        rows = find(asked, chunk)
        yield from rows
        if len(rows) < chunk:
            return
        asked.after = (rows[-1].at, rows[-1].label, rows[-1].history_id)
