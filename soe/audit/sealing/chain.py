"""Writing seals: safe to repeat, safe to run twice at once, never a lock that people would notice."""

import hashlib
import hmac
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models import Max
from django.utils import timezone

from .models import ErasedRow, Seal
from .rows import PREFIX, _dumps, _time, digest_of, tables

BATCH = 5000
# Keys of logs carry the time of the host that wrote them: younger rows wait, so that clocks may differ a little.
GRACE = timedelta(minutes=5)
CHAIN_LOCK = 5_0009_0001


def keys():
    """{id: secret} of the configured keys; the first one signs."""
    return {hashlib.sha256(secret.encode()).hexdigest()[:8]: secret for secret in settings.SOE_SEAL_KEYS}


def digest(seal, secret=None):
    """The hash of a seal: everything in it, and the seal before. With a secret nobody else can make it."""
    content = [
        seal.number, _time(seal.at), seal.kind, seal.table, seal.columns, seal.last, seal.count, seal.content,
        hashlib.sha256(bytes(seal.leaves)).hexdigest(), seal.detail, seal.previous, seal.key_id,
    ]  # fmt: skip
    data = _dumps(content).encode()
    if secret is None:
        return hashlib.sha256(data).hexdigest()
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


@contextmanager
def chain_lock(connection):
    """One writer of seals at a time, inside one transaction (on SQLite the transaction itself is the lock)."""
    with transaction.atomic(using=connection.alias):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        yield


def append(connection, **content):
    """Add a seal to the chain. Call inside chain_lock()."""
    newest = Seal.objects.using(connection.alias).order_by("-number").first()
    seal = Seal(
        number=newest.number + 1 if newest else 1,
        at=timezone.now(),
        previous=newest.digest if newest else "",
        **content,
    )
    seal.key_id, secret = next(iter(keys().items()), ("", None))
    seal.digest = digest(seal, secret)
    seal.save(using=connection.alias, force_insert=True)
    return seal


def newest_seal(using="default"):
    return Seal.objects.using(using).defer("leaves").order_by("-number").first()


@dataclass
class Sealed:
    """What one run did."""

    rows: int = 0
    seals: int = 0
    busy: list[str] = field(
        default_factory=list
    )  # tables that were being written to: their turn comes next time


def last_keys(using="default"):
    """{table: last sealed key}"""
    rows = Seal.objects.using(using).filter(kind=Seal.Kind.ROWS)
    return dict(rows.values_list("table").annotate(Max("last")))


def _horizon(connection, table, grace):
    """The last key up to which no running transaction can still add a row; None when that cannot be known now."""
    if connection.vendor != "postgresql":
        newest = table.newest(
            connection
        )  # writers of SQLite wait for each other: what is missing comes later
    else:
        # A number is drawn before its row is committed. Nobody holds this lock while an insert is under way.
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                cursor.execute(f"LOCK TABLE {connection.ops.quote_name(table.name)} IN SHARE MODE")
                newest = table.newest(connection)
        except DatabaseError:
            return None
        finally:
            if connection.in_atomic_block:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
    if table.wide and grace is not None:
        milliseconds = int((timezone.now() - grace).timestamp() * 1000)
        newest = min(newest, f"{milliseconds:012x}" + "0" * 20)
    return newest


def seal(*, using="default", batch=BATCH, grace=GRACE, progress=None) -> Sealed:
    """Seal every new row of every append-only table. `progress(table, rows)` is told about each batch."""
    connection = connections[using]
    result, last = Sealed(), last_keys(using)
    for table in tables(connection).values():
        start = last.get(table.name, "")
        if table.newest(connection) <= start:
            continue
        horizon = _horizon(connection, table, grace)
        if horizon is None:
            result.busy.append(table.name)
            continue
        columns = table.columns
        while start < horizon:
            found = table.hashes(connection, columns, after=start, until=horizon, limit=batch)
            if not found:
                break
            if not _seal_batch(connection, table, columns, start, found):
                return result  # somebody else seals right now
            start = found[-1][0]
            result.rows += len(found)
            result.seals += 1
            if progress:
                progress(table.name, len(found))
    return result


def _seal_batch(connection, table, columns, start, found):
    with chain_lock(connection):
        if last_keys_of(connection.alias, table.name) != start:
            return False
        append(
            connection,
            kind=Seal.Kind.ROWS,
            table=table.name,
            columns=",".join(columns),
            last=found[-1][0],
            count=len(found),
            content=digest_of(value for _, value in found),
            leaves=b"".join(table.key_bytes(key) + value[:PREFIX] for key, value in found),
        )
    return True


def last_keys_of(using, table):
    rows = Seal.objects.using(using).filter(kind=Seal.Kind.ROWS, table=table)
    return rows.aggregate(last=Max("last"))["last"] or ""


# --- after a change of a sealed table (decision 0023) -----------------------------------------------------------------


class NothingToReseal(Exception):
    pass


def reseal(*, reason, using="default", batch=BATCH, progress=None) -> Sealed:
    """Seal rows again whose sealed columns were renamed or dropped: an event of the chain, with its reason.

    The old seals stay and still prove the chain and which rows there were; the contents of these rows are proved
    from now on by the new seals. Call it only after `verify` found nothing but the missing columns.
    """
    connection, result = connections[using], Sealed()
    known = tables(connection)
    with chain_lock(connection):
        for name, last in sorted(last_keys(using).items()):
            table = known.get(name)
            columns = table.columns if table else []
            if table is not None and not changed_columns(using, table):
                continue
            if table is None and Seal.objects.using(using).filter(kind=Seal.Kind.RESEAL, table=name).exists():
                continue
            erased = ErasedRow.objects.using(using).aggregate(last=Max("id"))["last"] or 0
            run = Seal.objects.using(using).count() + 1
            start, more = "", True
            while more:
                found = (
                    table.hashes(connection, columns, after=start, until=last, limit=batch) if table else []
                )
                more = len(found) == batch
                append(
                    connection,
                    kind=Seal.Kind.RESEAL,
                    table=name,
                    columns=",".join(columns),
                    last=found[-1][0] if more else last,
                    count=len(found),
                    content=digest_of(value for _, value in found),
                    leaves=b"".join(table.key_bytes(key) + value[:PREFIX] for key, value in found),
                    detail=f"{run}:{erased}:{reason}"[:200],
                )
                start = found[-1][0] if found else last
                result.rows += len(found)
                result.seals += 1
                if progress:
                    progress(name, len(found))
    if not result.seals:
        raise NothingToReseal
    return result


def changed_columns(using, table):
    """Columns named by the seals that count now and that the table does not have any more."""
    seals = Seal.objects.using(using).filter(table=table.name)
    again = (
        seals.filter(kind=Seal.Kind.RESEAL).order_by("-number").values_list("number", flat=True).first() or 0
    )
    current = seals.filter(kind__in=(Seal.Kind.ROWS, Seal.Kind.RESEAL), number__gte=again)
    named = {c for text in current.values_list("columns", flat=True).distinct() for c in text.split(",") if c}
    return named - set(table.fields)
