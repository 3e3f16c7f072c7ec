"""The one way to erase: from the live rows and from their history, with a certificate that is sealed at once.

Nothing else may open the maintenance gate. The certificate says who, when, by which rule and how many rows; it keeps
the hash of each history row before and after, so the chain of seals still verifies, and nothing of what was erased.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connections, models, transaction
from django.db.models import F
from django.utils import timezone

from .context import current_actor
from .events import log_security
from .history import history_row
from .models import ErasedRow, Erasure, Seal
from .sealing import chain
from .sealing.rows import Table, erased_digest, tables
from .triggers import gate

CHUNK = 400
REMOVE = None


@dataclass(frozen=True)
class Part:
    """Rows of one model that an erasure covers: `blank` gives the value each field gets; REMOVE removes the rows.

    Parts are carried out in the order given: children before what they point at when rows are removed.
    """

    model: type
    pks: list
    blank: dict | None = REMOVE
    files: int = 0  # how many stored files go with these rows


@dataclass
class Counts:
    live: int = 0
    history: int = 0
    files: int = 0
    erased: list = field(default_factory=list)  # (table, key, before, after)


# function(model, pks) -> number of files removed: what hangs on a record without belonging to its app.
_companions: list[Callable] = []
# function(model, pks): derived data that must follow (search columns, summaries).
_followers: list[Callable] = []


def add_companion(function):
    """`function(model, pks) -> Iterable[Part] | int`: parts that hang on these rows, or files removed."""
    if function not in _companions:
        _companions.append(function)
    return function


def add_follower(function):
    """`function(model, pks)` is called after rows of `model` were erased, in the same transaction."""
    if function not in _followers:
        _followers.append(function)
    return function


@dataclass(frozen=True)
class Ground:
    """Why something is erased: the rule and its words at this moment."""

    rule: str
    text: str
    basis: str


def erase(parts, *, ground, model, object_id=None, reason="", using="default") -> Erasure:
    """Erase `parts` (all of one record) in one transaction; returns the certificate. Needs an actor."""
    actor, counts = current_actor(), Counts()
    with transaction.atomic(using=using):
        parts = [part for part in parts if part.pks]
        for part in list(parts):
            for function in _companions:
                more = function(part.model, part.pks)
                if isinstance(more, int):
                    counts.files += more
                else:
                    parts[0:0] = [extra for extra in more if extra.pks]
        counts.files += sum(part.files for part in parts)
        with gate(f"Löschung nach Regel {ground.rule}", using):
            for part in parts:
                _erase_part(part, counts, ground, using)
        for part in parts:
            for function in _followers:
                function(part.model, part.pks)
        erasure = Erasure(
            at=timezone.now(), rule=ground.rule, rule_text=ground.text, basis=ground.basis,
            model=model._meta.label_lower,
            object_id=object_id, user_id=actor.user_id, user_name=actor.name, role=actor.role, reason=reason,
            live_rows=counts.live, history_rows=counts.history, files=counts.files,
        )  # fmt: skip
        certify(erasure, counts.erased, using)
    return erasure


def certify(erasure, erased, using="default"):
    """Write the certificate with its rows, and its seal. Call inside the transaction of the erasure."""
    erasure.save(using=using, force_insert=True)
    rows = [ErasedRow(erasure=erasure, table=t, key=k, before=b, after=a) for t, k, b, a in erased]
    ErasedRow.objects.using(using).bulk_create(rows, batch_size=2000)
    with chain.chain_lock(connections[using]):
        chain.append(
            connections[using],
            kind=Seal.Kind.ERASURE,
            table="audit_erasure",
            count=len(rows),
            content=erased_digest(erasure, rows),
            detail=erasure.pk.hex,
        )
    log_security("erasure", obj=erasure, detail=erasure.rule)


def _erase_part(part, counts, ground, using):
    history = part.model.history.model
    pks = list(part.pks)
    for start in range(0, len(pks), CHUNK):
        some = pks[start : start + CHUNK]
        rows = models.QuerySet(history, using=using).filter(id__in=some)
        keys = list(rows.order_by("history_id").values_list("history_id", flat=True))
        table = Table(history)
        before = _hashes(table, keys, using)
        if part.blank is REMOVE:
            rows._raw_delete(using)
            # Removed for good: neither the row nor a history row of its removal says what was there.
            counts.live += (
                models.QuerySet(part.model, using=using).filter(pk__in=some)._raw_delete(using) or 0
            )
        else:
            tracked = {f.name for f in history.tracked_fields}
            kept = {name: value for name, value in part.blank.items() if name in tracked}
            rows.update(**kept, history_change_reason="")
            counts.live += _blank_live(part, some, ground, using)
        after = _hashes(table, keys, using)
        counts.history += len(keys)
        counts.erased += [(table.name, key, before[key], after.get(key, "")) for key in before]


def _blank_live(part, pks, ground, using):
    """Overwrite the fields of the rows that still exist; the history says that they were erased, and by whom."""
    live = models.QuerySet(part.model, using=using)
    done = live.filter(pk__in=pks).update(**part.blank, version=F("version") + 1, changed_at=timezone.now())
    for row in live.filter(pk__in=pks):
        row._reason = f"Gelöscht nach Regel: {ground.text}"
        history_row(row, "~").save(using=using, force_insert=True)
    return done


def _hashes(table, keys, using):
    """{key text: hex hash} of history rows, each with the columns under which it was sealed."""
    connection = connections[using]
    seals = list(
        Seal.objects.using(using)
        .filter(kind=Seal.Kind.ROWS, table=table.name)
        .order_by("last")
        .values_list("last", "columns")
    )
    again = (
        Seal.objects.using(using).filter(kind=Seal.Kind.RESEAL, table=table.name).order_by("-number").first()
    )
    if again is not None:  # sealed anew after a change of the table: those columns count up to there
        seals = [
            (again.last, again.columns),
            *((last, columns) for last, columns in seals if last > again.last),
        ]
    lasts, now, groups = [last for last, _ in seals], ",".join(table.columns), {}
    for key in keys:
        text = table.key_text(key)
        place = bisect_left(lasts, text)
        groups.setdefault(seals[place][1] if place < len(seals) else now, []).append(text)
    found = {}
    for columns, some in groups.items():
        for start in range(0, len(some), CHUNK):
            rows = table.hashes(connection, columns.split(","), keys=some[start : start + CHUNK])
            found.update((key, value.hex()) for key, value in rows)
    return found


def expire_log(model, cutoff, *, ground, at="at", using="default") -> Erasure | None:
    """Remove the oldest rows of a log: whole sealed batches in which every row is older than `cutoff`."""
    connection, actor = connections[using], current_actor()
    table = tables(connection)[model._meta.db_table]
    rows = models.QuerySet(model, using=using)
    with transaction.atomic(using=using):
        first_kept = rows.filter(**{f"{at}__gte": cutoff}).order_by("pk").values_list("pk", flat=True).first()
        sealed = Seal.objects.using(using).filter(kind=Seal.Kind.ROWS, table=table.name)
        if first_kept is not None:
            sealed = sealed.filter(last__lt=table.key_text(first_kept))
        last = sealed.order_by("-last").values_list("last", flat=True).first()
        if not last:
            return None
        gone = rows.filter(pk__lte=table.key_value(last))
        count = gone.count()
        if not count:
            return None
        with gate(f"Ablauf nach Regel {ground.rule}", using):
            gone._raw_delete(using)
        with chain.chain_lock(connection):
            chain.append(
                connection,
                kind=Seal.Kind.EXPIRY,
                table=table.name,
                last=last,
                count=count,
                detail=ground.rule,
            )
        erasure = Erasure(
            at=timezone.now(), rule=ground.rule, rule_text=ground.text, basis=ground.basis,
            model=model._meta.label_lower,
            user_id=actor.user_id, user_name=actor.name, role=actor.role, log_rows=count,
        )  # fmt: skip
        certify(erasure, [], using)
    return erasure
