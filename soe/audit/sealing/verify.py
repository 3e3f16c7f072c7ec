"""Reading everything again: an altered, missing or inserted row is named; so is a broken link of the chain."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connections

from .. import triggers
from .chain import digest, keys
from .models import ErasedRow, Erasure, Seal
from .rows import PREFIX, digest_of, erased_digest, tables


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was sealed. `text` is German."""

    table: str
    key: str
    text: str

    def __str__(self):
        where = (
            f"{self.table}, Zeile {_short(self.key)}: "
            if self.key
            else f"{self.table}: "
            if self.table
            else ""
        )
        return where + self.text


def _short(key):
    return str(int(key)) if len(key) == 20 and key.lstrip("-").isdigit() else key


@dataclass
class Report:
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0
    seals: int = 0
    erased: int = 0
    backlog: dict[str, int] = field(default_factory=dict)
    newest: str = ""

    def add(self, table, key, text):
        self.findings.append(Finding(table, key, text))


class Verifier:
    def __init__(self, using="default", progress=None):
        self.connection = connections[using]
        self.using, self.progress = using, progress
        self.report = Report()
        self.tables = tables(self.connection)
        self.expired = {}
        self.erasing = set()

    def run(self, pinned=()):
        """`pinned`: [(number, digest)] known from outside, which the chain must still hold."""
        self._expiries()
        self._reseals()
        self.erasing = set(ErasedRow.objects.using(self.using).values_list("table", flat=True).distinct())
        last = self._chain(dict(pinned))
        self._expired_rows()
        self._erasures()
        self._backlog(last)
        for problem in triggers.problems(self.connection):
            self.report.add(problem, "", "Der Schutz gegen Ändern und Löschen fehlt oder wurde verändert.")
        return self.report

    def _seals(self, **filters):
        return Seal.objects.using(self.using).filter(**filters).order_by("number")

    def _expiries(self):
        for table, last in self._seals(kind=Seal.Kind.EXPIRY).values_list("table", "last"):
            self.expired[table] = max(last, self.expired.get(table, ""))

    def _reseals(self):
        """{table: (run, last key, last erased row before it)} of the newest new sealing of each table."""
        self.resealed = {}
        for seal in self._seals(kind=Seal.Kind.RESEAL).defer("leaves"):
            run, erased, _ = seal.detail.split(":", 2)
            self.resealed[seal.table] = (run, seal.last, int(erased))

    def _superseded(self, seal):
        """Sealed again later, under other columns: which rows there were still counts, their contents do not."""
        run, last, _ = self.resealed.get(seal.table, ("", "", 0))
        if seal.kind == Seal.Kind.RESEAL:
            return seal.detail.split(":", 1)[0] != run
        return seal.last <= last

    # --- the chain --------------------------------------------------------------------------------------------------
    def _chain(self, pinned):
        known, keyed, previous, number = keys(), False, "", 0
        last, again = defaultdict(str), defaultdict(str)
        for seal in self._seals().iterator(chunk_size=50):
            number += 1
            if seal.number != number:
                self.report.add("", "", f"Siegel {number} bis {seal.number - 1} fehlen.")
                number = seal.number
            if seal.previous != previous:
                self.report.add("", "", f"Siegel {number} schließt nicht an das vorige an.")
            if seal.key_id and seal.key_id not in known:
                self.report.add(
                    "", "", f"Siegel {number}: Der Schlüssel {seal.key_id} ist nicht eingestellt."
                )
            elif digest(seal, known.get(seal.key_id)) != seal.digest:
                self.report.add("", "", f"Siegel {number} wurde verändert.")
            if keyed and not seal.key_id:
                self.report.add("", "", f"Siegel {number} ist ohne Schlüssel, obwohl frühere einen haben.")
            keyed = keyed or bool(seal.key_id)
            if number in pinned and pinned.pop(number) != seal.digest:
                self.report.add("", "", f"Siegel {number} ist nicht das außerhalb hinterlegte.")
            if seal.kind == Seal.Kind.ROWS:
                self._rows(seal, last[seal.table])
                last[seal.table] = seal.last
            elif seal.kind == Seal.Kind.RESEAL:
                key = (seal.table, seal.detail.split(":", 1)[0])
                self._rows(seal, again[key])
                again[key] = seal.last
            previous = self.report.newest = seal.digest
            self.report.seals += 1
        for missing in pinned:
            self.report.add(
                "", "", f"Das außerhalb hinterlegte Siegel {missing} fehlt: Das Ende der Kette ist weg."
            )
        return last

    # --- rows -------------------------------------------------------------------------------------------------------
    def _rows(self, seal, after):
        table = self.tables.get(seal.table)
        if table is None and seal.table in self.resealed:
            return  # the table went with a change that was sealed
        if self._superseded(seal):
            self._keys(table, seal, after)
            return
        if table is None:
            self.report.add(seal.table, "", "Die Tabelle gibt es nicht mehr.")
            return
        if seal.last <= self.expired.get(seal.table, ""):
            return
        columns = seal.columns.split(",")
        if gone := [name for name in columns if name not in table.fields]:
            self.report.add(seal.table, "", f"Gesiegelte Spalten fehlen: {', '.join(gone)}.")
            return
        found = dict(table.hashes(self.connection, columns, after=after, until=seal.last))
        sealed = self._leaves(table, seal)
        clean = True
        if seal.table in self.erasing:
            clean = self._put_back(seal, found, sealed, after)
        for key, prefix in sealed.items():
            if key not in found:
                self.report.add(seal.table, key, "fehlt.")
                clean = False
            elif found[key][:PREFIX] != prefix:
                self.report.add(seal.table, key, "wurde verändert.")
                clean = False
        for key in found.keys() - sealed.keys():
            self.report.add(seal.table, key, "wurde nachträglich eingefügt.")
            clean = False
        if clean and (digest_of(found.values()) != seal.content or len(found) != seal.count):
            self.report.add(
                seal.table, "", f"Die Zeilen bis {_short(seal.last)} passen nicht zu Siegel {seal.number}."
            )
        self.report.rows += len(found)
        if self.progress:
            self.progress(seal.table, len(found))

    def _keys(self, table, seal, after):
        """Of rows sealed again later: is each still there, unless a certificate says that it was erased?"""
        if seal.last <= self.expired.get(seal.table, ""):
            return
        found = {
            key for key, _ in table.hashes(self.connection, [table.pk.column], after=after, until=seal.last)
        }
        sealed = set(self._leaves(table, seal))
        if seal.table in self.erasing:
            gone = ErasedRow.objects.using(self.using).filter(table=seal.table, after="")
            sealed -= set(gone.values_list("key", flat=True))
        for key in sealed - found:
            self.report.add(seal.table, key, "fehlt.")
        for key in found - sealed:
            self.report.add(seal.table, key, "wurde nachträglich eingefügt.")

    def _leaves(self, table, seal):
        """{key: first bytes of the hash} as sealed."""
        blob, size = bytes(seal.leaves), table.key_size
        step = size + PREFIX
        found = {}
        for at in range(0, len(blob), step):
            raw = blob[at : at + size]
            key = raw.hex() if table.wide else f"{int.from_bytes(raw, 'big', signed=True):020d}"
            found[key] = blob[at + size : at + step]
        return found

    def _put_back(self, seal, found, sealed, after):
        """Give erased rows the hash they had when they were sealed, if their certificate says so."""
        steps, clean = defaultdict(list), True
        rows = ErasedRow.objects.using(self.using).filter(table=seal.table, key__gt=after, key__lte=seal.last)
        if seal.kind == Seal.Kind.RESEAL:
            # What was erased before is not in these seals, and its hashes were made of other columns.
            rows = rows.filter(id__gt=self.resealed[seal.table][2])
        for row in rows.order_by("id"):
            steps[row.key].append(row)
        for key, history in steps.items():
            self.report.erased += 1
            current = found.get(key)
            if (current.hex() if current is not None else "") != history[-1].after:
                self.report.add(seal.table, key, "wurde nach der Löschung verändert.")
                found.pop(key, None)
                sealed.pop(key, None)
                clean = False
                continue
            states = [bytes.fromhex(value) for row in history for value in (row.before, row.after) if value]
            match = next((state for state in states if state[:PREFIX] == sealed.get(key)), None)
            if match is not None:
                found[key] = match
        ordered = sorted(found.items())
        found.clear()
        found.update(ordered)
        return clean

    def _expired_rows(self):
        for name, last in self.expired.items():
            if name in self.tables and self.tables[name].count(self.connection, until=last):
                self.report.add(name, "", "Es gibt Zeilen, die nach dem Löschnachweis abgelaufen sind.")

    # --- erasures ---------------------------------------------------------------------------------------------------
    def _erasures(self):
        sealed = dict(self._seals(kind=Seal.Kind.ERASURE).values_list("detail", "content"))
        for erasure in Erasure.objects.using(self.using).order_by("at", "id").iterator(chunk_size=500):
            content = sealed.pop(erasure.pk.hex, None)
            if content is None:
                self.report.add("audit_erasure", erasure.pk.hex, "ist nicht gesiegelt.")
            elif erased_digest(erasure, erasure.rows.order_by("id")) != content:
                self.report.add("audit_erasure", erasure.pk.hex, "passt nicht zu seinem Siegel.")
        for missing in sealed:
            self.report.add("audit_erasure", missing, "fehlt.")

    def _backlog(self, last):
        for name, table in self.tables.items():
            if table.newest(self.connection) > last[name]:
                self.report.backlog[name] = table.count(self.connection, after=last[name])


def verify(using="default", *, pinned=(), progress=None) -> Report:
    return Verifier(using, progress).run(pinned)
