"""What an app writes to get an import: its columns, what a row means, what is there already, how a row is written.

class Parties(ImportSpec):
    name, title, noun = "eigentuemer", "Eigentümer und Verwalter", "Einträge"
    permission = "register.change"
    columns = (
        Column("name", "Name", required=True, parse=cells.words(160), help="…", example="Muster GmbH"),
        Column("kind", "Art", parse=cells.choice(Party.Kind), default="company"),
    )
    def identity(self, values): return norm(values["name"])
    def load(self, items, user): …set item.obj for those already there, with a fixed number of queries…
    def current(self, obj): return {"name": obj.name, …}
    def write(self, item, user): …one row, with history…

register(Parties())   # in AppConfig.ready()
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from soe.accounts.models import SYSTEM_USERNAME
from soe.audit.errors import ConcurrentChange
from soe.departments.catalogue import PERMISSIONS

from ..text import plain
from .cells import CellError, words


class RowError(ValueError):
    """One thing wrong with a row. `column`: the name of a column, or "" for the row as a whole."""

    def __init__(self, column, reason):
        super().__init__(reason)
        self.column, self.reason = column, reason


TEXT = words(200)


@dataclass(frozen=True)
class Column:
    """`parse(text) -> value` raises cells.CellError; it is never asked about an empty cell."""

    name: str
    label: str
    help: str = ""
    example: str = ""
    required: bool = False
    parse: Callable = TEXT
    default: object = None
    aliases: tuple[str, ...] = ()
    permission: str = ""  # code without which the column is neither offered nor taken


@dataclass
class Item:
    """One row on its way: what stands in it, what it means, what it would change."""

    line: int
    values: dict = field(default_factory=dict)
    obj: object = None
    state: str = "new"
    changes: list = field(default_factory=list)  # (label, old, new) as text
    errors: list = field(default_factory=list)  # (label, reason)

    def reject(self, label, reason):
        self.state = "rejected"
        self.errors.append((label, reason))


class ImportSpec:
    name = ""  # in the address; letters and -
    title = ""
    noun = "Zeilen"
    lead = ""
    permission: str | tuple = ""
    columns: tuple[Column, ...] = ()
    # True: identity() tells whether a row is there already, so a repeated file changes nothing. False: rows have no
    # identity of their own; then a line of the very same file is taken once and never again.
    keyed = True
    after_url = ""  # where the result can be seen
    chunk = 100

    # --- rights ---------------------------------------------------------------------------------------------------

    def allowed(self, user) -> bool:
        needed = {self.permission} if isinstance(self.permission, str) else set(self.permission)
        return bool(needed & codes_of(user))

    def columns_for(self, user) -> tuple[Column, ...]:
        codes = codes_of(user)
        return tuple(column for column in self.columns if not column.permission or column.permission in codes)

    # --- what a row means -----------------------------------------------------------------------------------------

    def parse(self, row: dict[str, str], columns) -> tuple[dict, list]:
        """(values, errors) of {column name: text}. Every cell is looked at, so all errors are shown at once."""
        values, errors = {}, []
        for column in columns:
            text = row.get(column.name)
            if text is None:  # not in the file: leave what is there
                continue
            if not text:
                if column.required:
                    errors.append((column.label, "Die Angabe fehlt."))
                values[column.name] = column.default
                continue
            try:
                values[column.name] = column.parse(text)
            except CellError as error:
                errors.append((column.label, str(error)))
        if not errors:
            try:
                self.clean(values)
            except RowError as error:
                errors.append((self.label(error.column), error.reason))
            except ValidationError as error:
                errors.extend(self.labelled(error))
        return values, errors

    def clean(self, values):
        """Rules between the cells of a row; raises RowError or ValidationError."""

    def identity(self, values):
        """What makes two rows the same thing (hashable), or None."""
        return None

    def identities(self, values) -> list:
        """All things a row speaks of; a second row that speaks of one of them is rejected."""
        identity = self.identity(values)
        return [] if identity is None else [identity]

    def load(self, items, user):
        """Set `item.obj` for rows whose thing is there already (what `user` may change; reject others)."""

    def current(self, obj) -> dict:
        """The values of a thing that is there, by column name; only these are compared and shown."""
        return {}

    def changes(self, item) -> list:
        """[label, old, new] as text of what `item` would change in the thing that is there."""
        before = self.current(item.obj)
        return [
            [self.label(name), self.shown(name, before[name]), self.shown(name, value)]
            for name, value in item.values.items()
            if name in before and before[name] != value and (before[name] or value)
        ]

    # --- writing --------------------------------------------------------------------------------------------------

    def write(self, item, user):
        """Create or change one thing. ValidationError, RowError and IntegrityError reject the row."""
        raise NotImplementedError

    def apply(self, items, run):
        """Write `items` (new or changed ones). Bulk importers override this and call `item.reject` themselves."""
        for item in items:
            try:
                with transaction.atomic():
                    self.write(item, run.user)
            except RowError as error:
                item.reject(self.label(error.column), error.reason)
            except ValidationError as error:
                for label, reason in self.labelled(error):
                    item.reject(label, reason)
            except ConcurrentChange:
                item.reject(
                    "",
                    "Inzwischen hat jemand anderes diesen Eintrag geändert.",
                )
            except IntegrityError:
                item.reject("", "Diesen Eintrag gibt es schon, oder er widerspricht einem anderen.")

    # --- words ----------------------------------------------------------------------------------------------------

    def label(self, name) -> str:
        return next((column.label for column in self.columns if column.name == name), "")

    def labelled(self, error):
        if hasattr(error, "error_dict"):
            return [
                (self.label(name), " ".join(part.messages))
                for name, parts in error.error_dict.items()
                for part in parts
            ]
        return [("", " ".join(error.messages))]

    def shown(self, name, value) -> str:
        """A value as the preview shows it."""
        return plain(value) if value not in (None, "") else "–"


def codes_of(user) -> frozenset:
    """The permissions of a person; commands on the server act as the system account, which nobody can sign in as."""
    return frozenset(PERMISSIONS) if user.username == SYSTEM_USERNAME else user.permission_codes()


def reach(queryset, user, action="view"):
    """`restrict()` for people; all rows for the system account."""
    return queryset if user.username == SYSTEM_USERNAME else queryset.restrict(user, action)


registered: dict[str, ImportSpec] = {}


def register(spec: ImportSpec) -> ImportSpec:
    registered[spec.name] = spec
    return spec
