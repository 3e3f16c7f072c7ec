"""Taking over the state's address list: streaming, repeatable, all or nothing.

Rows go into a temporary table and are merged by the database in a few statements. One run either changes everything
it found or nothing; running the same file again changes nothing.
"""

import hashlib
from array import array
from collections import Counter
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from pyproj import Transformer

from . import reading
from .models import Address, AddressImport, Street

BATCH = 2_000
SAID = 20_000  # rows between two words about the progress
KEEP_REJECTED = 10_000  # more are counted, not kept: a hostile file must not fill the memory

STAGE = "soe_address_stage"
KEY = ("street_id", "number", "suffix")
VALUES = ("district", "official_id", "quality", "easting", "northing", "longitude", "latitude", "as_of")
PLACE = ("easting", "northing", "longitude", "latitude")


class Refused(Exception):
    """Nothing was changed: the file has bad rows. Carries `result` with the reasons."""

    def __init__(self, result):
        super().__init__(f"{result.rejected} Zeilen sind fehlerhaft. Es wurde nichts übernommen.")
        self.result = result


class Result(Counter):
    """Counts of one run (rows, added, changed, unchanged, vanished, repeated, rejected, elsewhere, removed)
    and the rejected rows. rows = added + changed + unchanged + repeated + rejected + elsewhere + removed."""

    def __init__(self):
        super().__init__()
        self.reasons: list[reading.Rejected] = []

    @property
    def rejected(self):
        return self["rejected"]

    def reject(self, line, error, fields):
        self["rejected"] += 1
        if len(self.reasons) < KEEP_REJECTED:
            self.reasons.append(reading.Rejected(line, error.column, error.reason, ";".join(fields)[:400]))


def sha256(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def import_file(path: Path, *, municipality: str | None = None, good_rows=False, progress=None) -> Result:
    """Read the list at `path` for one municipality key (None: this city, "": the whole state).

    good_rows: take the good rows although others are bad. progress(rows): called now and then.
    Raises reading.UnreadableFile, Refused. Needs an actor (`acting_as`).
    """
    if municipality is None:
        municipality = settings.SOE_MUNICIPALITY_KEY
    with path.open("rb") as raw, reading.open_text(raw) as stream, transaction.atomic():
        run = AddressImport(file_name=path.name[:200], municipality=municipality)
        importer = _Importer(run, municipality, progress)
        importer.read(stream)
        result = importer.result
        if result.rejected and not good_rows:
            raise Refused(result)
        importer.finish()
        run.sha256 = sha256(path)
        for name in (
            "rows",
            "added",
            "changed",
            "unchanged",
            "vanished",
            "repeated",
            "rejected",
            "elsewhere",
        ):
            setattr(run, name, result[name])
        run.save(reason=f"Anschriften aus {path.name} eingelesen")
    return result


class _Importer:
    def __init__(self, run, municipality, progress):
        self.run, self.municipality, self.progress = run, municipality, progress
        self.result = Result()
        self.to_wgs84 = Transformer.from_crs(25832, 4326, always_xy=True)
        self.streets: dict[tuple[str, str], int] = {}
        self.street_ids: dict[tuple[str, str, str], int] = {}
        for street in self._scope(Street.objects.all()).iterator():
            self.streets[street.municipality, street.code] = street.pk
        self.postgres = connection.vendor == "postgresql"
        self.run_id = str(run.pk) if self.postgres else run.pk.hex
        self.fresh = not Address.objects.exists()
        self.constraints = None
        self.new_streets: dict[int, Street] = {}
        self.copy, self.copying = None, ExitStack()
        self.last_street = Street.objects.aggregate(last=Max("id"))["last"] or 0
        self.taken = 0

    def _scope(self, streets):
        return streets.filter(municipality=self.municipality) if self.municipality else streets

    # --- reading -----------------------------------------------------------------------------------------------

    def read(self, stream):
        self._create_stage()
        with self.copying:  # an error inside ends the COPY as well
            self._read(stream)
            self._end_copy()
            self._write_streets()

    def _read(self, stream):
        if self.postgres and self.fresh:
            with connection.cursor() as cursor:
                self.constraints = _Constraints(cursor)
        batch = []
        wanted, result = self.municipality, self.result
        prefix = (wanted[5:], wanted[3:5], wanted[2:3], wanted[:2]) if wanted else None
        count = elsewhere = removed = said = 0
        last_code = last_name = street = (
            None  # the list is sorted by street: most rows name that of the row before
        )
        parse = reading.parse
        for count, (line, fields) in enumerate(reading.rows(stream), 1):
            if len(fields) != 21 and len(fields) != 22:
                result.reject(line, reading.RowError("Zeile", f"{len(fields)} statt 21 Spalten"), fields)
                continue
            if prefix and (fields[9], fields[7], fields[5], fields[3]) != prefix:
                if reading.municipality_of(fields) != wanted:
                    elsewhere += 1
                    continue
            if reading.is_removed(fields):
                removed += 1
                continue
            try:
                if street is None or fields[13] != last_code or fields[14] != last_name or not prefix:
                    street = self._street_of(fields)
                    last_code, last_name = fields[13], fields[14]
                batch.append((line, street, parse(fields)))
            except reading.RowError as error:
                result.reject(line, error, fields)
                street = None
                continue
            if len(batch) >= BATCH:
                self._flush(batch)
                batch = []
                if self.progress and count - said >= SAID:
                    said = count
                    self._end_copy()
                    self.progress(count)
        self._flush(batch)
        result.update(rows=count, elsewhere=elsewhere, removed=removed)

    def _street_of(self, fields) -> int:
        key = (fields[3] + fields[5] + fields[7] + fields[9], fields[13], fields[14])
        found = self.street_ids.get(key)
        return self._street(fields) if found is None else found

    def _street(self, fields) -> int:
        """The id of the row's street; creates it, or takes over its new name."""
        code, name = reading.check_street(fields)
        municipality = reading.municipality_of(fields)
        pk = self.streets.get((municipality, code))
        if pk is None:
            street = Street(
                municipality=municipality, municipality_name=fields[10].strip()[:80], code=code, name=name
            ).fold()
            # Streets are written with the batch that needs them, so their ids are given here.
            self.last_street += 1
            pk = street.pk = self.streets[municipality, code] = self.last_street
            self.new_streets[pk] = street
        else:
            street = self.new_streets.get(pk) or self._stored_street(pk)
            if street.name != name:
                street.name = name
                street.fold()
                if pk not in self.new_streets:
                    street.save()  # the COPY has ended, see _stored_street
        self.street_ids[fields[3] + fields[5] + fields[7] + fields[9], fields[13], fields[14]] = pk
        return pk

    def _create_stage(self):
        """A first load goes straight into the register; a later one into a temporary table of the same columns."""
        if self.fresh:
            self.target, extra = "objects_address", ("postcode", "first_import", "last_import")
            self.fixed = ("", self.run_id, self.run_id)
        else:
            self.target, extra, self.fixed = STAGE, ("line",), ()
            types = {
                "line": "integer", "street_id": "bigint", "number": "integer", "as_of": "date",
                **dict.fromkeys(PLACE, "double precision"),
            }  # fmt: skip
            columns = ", ".join(
                f"{name} {types.get(name, 'varchar(60)')}" for name in (*KEY, *VALUES, *extra)
            )
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {STAGE}")
                cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} ({columns})")
        self.columns = ", ".join((*KEY, *VALUES, *extra))

    def _flush(self, batch):
        if not batch:
            return
        if not self.fresh or not self.postgres or len(self.new_streets) > BATCH:
            self._end_copy()
            self._write_streets()
        longitudes, latitudes = self.to_wgs84.transform(
            array("d", [row[reading.EASTING] for _, _, row in batch]),
            array("d", [row[reading.NORTHING] for _, _, row in batch]),
        )
        places = zip(batch, longitudes, latitudes, strict=True)
        if self.postgres:
            lines, copy = _copy_lines(places, self.fixed), self._open_copy()
            while part := "".join(islice(lines, 1000)):
                copy.write(part)
        else:
            fixed = self.fixed
            rows = [
                (street, r[0], r[1], r[2], r[3], r[4], r[5], r[6], x, y, r[7], *(fixed or (line,)))
                for (line, street, r), x, y in places
            ]
            marks = ", ".join(["%s"] * len(rows[0]))
            # Several rows for one address in the file: the last one wins.
            again = f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET " if self.fresh else ""
            again += ", ".join(f"{name} = excluded.{name}" for name in VALUES) if self.fresh else ""
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {self.target} ({self.columns}) VALUES ({marks}){again}", rows
                )
        self.taken += len(batch)

    def _open_copy(self):
        """One COPY stays open over many batches: the server writes while the next rows are read. Until it ends,
        nothing else can be asked; first loads have no foreign key meanwhile, so streets may follow."""
        if self.copy is None:
            cursor = self.copying.enter_context(connection.cursor())
            statement = f"COPY {self.target} ({self.columns}) FROM STDIN"
            self.copy = self.copying.enter_context(cursor.cursor.copy(statement))
        return self.copy

    def _end_copy(self):
        if self.copy is not None:
            self.copy = None
            self.copying.close()

    def _write_streets(self):
        if self.new_streets:
            Street.objects.bulk_create(self.new_streets.values(), batch_size=2000)
            self.new_streets = {}

    def _stored_street(self, pk):
        self._end_copy()
        return Street.objects.get(pk=pk)

    # --- merging -----------------------------------------------------------------------------------------------

    def finish(self):
        with connection.cursor() as cursor:
            if self.fresh:
                self._finish_first_load(cursor)
            else:
                self._merge(cursor)
            if self.postgres:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence('objects_street', 'id'), greatest(%s, 1))",
                    [self.last_street],
                )

    def _finish_first_load(self, cursor):
        keys = ", ".join(KEY)
        if self.postgres:
            try:
                with transaction.atomic():  # no address twice, as usual: the unique index itself is the proof
                    self.constraints.restore(cursor)
            except IntegrityError:
                self._remove_repeated(cursor, keys)
        added = Address.objects.count()
        self.result.update(added=added, repeated=self.taken - added)

    def _remove_repeated(self, cursor, keys):
        cursor.execute(
            f"DELETE FROM objects_address WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER "
            f"(PARTITION BY {keys} ORDER BY id DESC) AS nth FROM objects_address) AS k WHERE nth > 1)"
        )
        # Rows deleted above wait with their foreign key checks; the table cannot change before they ran.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.constraints.restore(cursor)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def _merge(self, cursor):
        """Bring the staged rows into the register in a few statements; see the module's docstring."""
        result, keys = self.result, ", ".join(KEY)
        on_key = " AND ".join(f"s.{name} = a.{name}" for name in KEY)
        differs = " OR ".join(
            f"a.{name} {'IS DISTINCT FROM' if self.postgres else 'IS NOT'} s.{name}" for name in VALUES
        )

        def scalar(sql):
            cursor.execute(sql)
            return cursor.fetchone()[0]

        cursor.execute(f"CREATE INDEX soe_stage_key ON {STAGE} ({keys})")
        if self.postgres:
            cursor.execute(f"ANALYZE {STAGE}")
        distinct = scalar(f"SELECT count(*) FROM (SELECT 1 FROM {STAGE} GROUP BY {keys}) AS k")
        if self.taken != distinct:
            # The last of several rows for one address wins.
            cursor.execute(
                f"DELETE FROM {STAGE} WHERE line NOT IN (SELECT max(line) FROM {STAGE} GROUP BY {keys})"
            )
        known = scalar(f"SELECT count(*) FROM {STAGE} s JOIN objects_address a ON {on_key}")
        cursor.execute(
            f"UPDATE objects_address AS a SET vanished_on = NULL, last_import = %s, "
            f"{', '.join(f'{name} = s.{name}' for name in VALUES)} "
            f"FROM {STAGE} s WHERE {on_key} AND (a.vanished_on IS NOT NULL OR {differs})",
            [self.run_id],
        )
        changed = cursor.rowcount
        scope = "SELECT id FROM objects_street" + (" WHERE municipality = %s" if self.municipality else "")
        cursor.execute(
            f"UPDATE objects_address AS a SET vanished_on = %s, last_import = %s WHERE a.vanished_on IS NULL "
            f"AND a.street_id IN ({scope}) AND NOT EXISTS (SELECT 1 FROM {STAGE} s WHERE {on_key})",
            [timezone.localdate(), self.run_id, *([self.municipality] if self.municipality else [])],
        )
        vanished = cursor.rowcount
        columns = ", ".join([*KEY, *VALUES])
        cursor.execute(
            f"INSERT INTO objects_address ({columns}, postcode, first_import, last_import, vanished_on) "
            f"SELECT {columns}, '', %s, %s, NULL FROM {STAGE} s "
            f"WHERE NOT EXISTS (SELECT 1 FROM objects_address a WHERE {on_key}) ORDER BY {keys}",
            [self.run_id, self.run_id],
        )
        cursor.execute(f"DROP TABLE {STAGE}")
        result.update(
            added=distinct - known,
            changed=changed,
            unchanged=known - changed,
            vanished=vanished,
            repeated=self.taken - distinct,
        )


def _copy_lines(places, fixed):
    """Rows in PostgreSQL's text format for COPY. Degrees have 8 decimals: a millimetre. `fixed`: columns that are the
    same in each row; without them the line number is the last one."""
    last = "\t".join(fixed)
    for (line, street, row), longitude, latitude in places:
        number, suffix, district, official_id, quality, easting, northing, as_of = row
        text = f"{suffix}\t{district}\t{official_id}\t{quality}"
        if "\\" in text or text.count("\t") != 3 or "\r" in text or "\n" in text:
            text = "\t".join(map(_escape, (suffix, district, official_id, quality)))
        yield (
            f"{street}\t{number}\t{text}\t{easting:.3f}\t{northing:.3f}\t{longitude:.8f}\t{latitude:.8f}"
            f"\t{as_of or NULL}\t{last or line}\n"
        )


NULL = "\\N"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class _Constraints:
    """Unique index and foreign key of an empty table, built once after the load instead of row by row.

    PostgreSQL changes its schema inside the transaction, so a refused file brings everything back.
    """

    def __init__(self, cursor):
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = 'objects_address'::regclass AND contype IN ('u', 'f')"
        )
        self.definitions = cursor.fetchall()
        for name, _ in self.definitions:
            cursor.execute(f'ALTER TABLE objects_address DROP CONSTRAINT "{name}"')

    def restore(self, cursor):
        for name, definition in self.definitions:
            cursor.execute(f'ALTER TABLE objects_address ADD CONSTRAINT "{name}" {definition}')
