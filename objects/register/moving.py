"""Which rows hang on a property, and how they are moved to another one with their history.

The list is read from the models themselves: a new record with a foreign key to the property, or one that is about
a property (files, comments), moves along without being named here.
"""

from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.db.models import UniqueConstraint

from soe.audit import bulk
from soe.audit.models import AuditedModel
from soe.web.comments.models import Watch
from soe.web.targets import AboutRecord

from .models import Property
from .models.transfers import TransferItem

LABEL = Property._meta.label_lower
# What tells the history of one number: times in the register, lead, traffic lights, goals.
STAYS = {
    "objects.registerperiod",
    "objects.leadperiod",
    "objects.assessment",
    "objects.goal",
    "objects.noduplicate",
    "objects.property",
    "objects.propertytransfer",
}


_listeners: list = []


def add_listener(listener):
    """`listener(property_ids)` after rows moved between these properties: derived tables follow."""
    if listener not in _listeners:
        _listeners.append(listener)


def moved_between(*houses):
    for listener in _listeners:
        listener([house.pk for house in houses])


@dataclass(frozen=True)
class Pointer:
    """A model whose rows hang on a property, and the column that says so."""

    model: type
    column: str  # attribute with the id
    field: str  # name of the field, as bulk.update() wants it
    about: bool = False

    @property
    def label(self):
        return self.model._meta.label_lower

    @property
    def silent(self):
        """Social data follows the house, but no page of the register counts or names it."""
        return self.model.social_data

    def rows(self, house):
        if self.about:
            return self.model._base_manager.filter(target_model=LABEL, target_id=house.pk)
        return self.model._base_manager.filter(**{self.column: house.pk})


def pointers() -> list[Pointer]:
    found = [
        Pointer(relation.related_model, relation.field.attname, relation.field.name)
        for relation in Property._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and relation.one_to_many
        and issubclass(relation.related_model, AuditedModel)
        and relation.related_model._meta.label_lower not in STAYS
    ]
    found += [
        Pointer(model, "target_id", "target_id", about=True)
        for model in apps.get_models()
        if issubclass(model, AboutRecord)
    ]
    return sorted(found, key=lambda pointer: pointer.label)


@dataclass
class Moves:
    """What goes from one property to the other, what has a twin there and stays; rows by model label."""

    go: dict = field(default_factory=dict)
    stay: dict = field(default_factory=dict)

    def ids(self, label):
        return {row.pk for row in self.go.get(label, ())}


def _twins(pointer, source, target):
    """Ids of rows of `source` that would stand twice at `target`, by the unique constraints of the model."""
    found = set()
    for rule in pointer.model._meta.constraints:
        if not isinstance(rule, UniqueConstraint) or pointer.field not in rule.fields:
            continue
        others = [name for name in rule.fields if name != pointer.field]
        if not others:
            continue

        def matching(house, rule=rule):
            rows = pointer.rows(house).order_by()
            return rows.filter(rule.condition) if rule.condition is not None else rows

        known = set(matching(target).values_list(*others))
        for pk, *values in matching(source).values_list("pk", *others):
            if tuple(values) in known:
                found.add(pk)
    return found


# A dwelling or building of the same name is no twin: it gets its house number, or the old number, added instead.
RENAMED = {"objects.dwelling", "objects.building"}


def plan(source, target, *, lock=False) -> Moves:
    """All rows of `source`, sorted into those that go and those that stay."""
    moves = Moves()
    for pointer in pointers():
        rows = pointer.rows(source).order_by("pk")
        if lock:
            rows = rows.select_for_update(of=("self",))
        twins = set() if pointer.about or pointer.label in RENAMED else _twins(pointer, source, target)
        for row in rows:
            (moves.stay if row.pk in twins else moves.go).setdefault(pointer.label, []).append(row)
    return moves


class Mover:
    """Writes the rows and remembers what stood there before."""

    def __init__(self, transfer, target, reason):
        self.transfer, self.target, self.reason = transfer, target, reason
        self.items: list[TransferItem] = []

    def move(self, pointer, rows, **changes):
        """`changes`: name -> function(row) giving a further new value, or ... to leave it."""
        if not rows:
            return
        names = [pointer.field, *changes]
        for row in rows:
            before = {pointer.column: str(getattr(row, pointer.column))}
            setattr(row, pointer.column, self.target.pk)
            for name, function in changes.items():
                value = function(row)
                if value is not ...:
                    column = row._meta.get_field(name).attname
                    before[column] = plain(getattr(row, column))
                    setattr(row, column, value)
            row._before = before
        bulk.update(rows, names, reason=self.reason)
        for row in rows:
            self.note(row, TransferItem.Action.MOVED, row._before)

    def change(self, rows, **values):
        """Set the same values on rows that stay where they are."""
        rows = list(rows)
        for row in rows:
            row._before = {name: plain(getattr(row, name)) for name in values}
            for name, value in values.items():
                setattr(row, name, value)
        bulk.update(rows, list(values), reason=self.reason)
        for row in rows:
            self.note(row, TransferItem.Action.CHANGED, row._before)

    def note(self, row, action, before=None):
        self.items.append(
            TransferItem(
                transfer=self.transfer,
                action=action,
                model=row._meta.label_lower,
                row_id=row.pk,
                before=before or {},
                version=getattr(row, "version", 0),
            )
        )

    def watches(self, source):
        """People who watched the one watch the other; who watches both keeps one."""
        taken = Watch.objects.about(self.target).values("user")
        for row in Watch.objects.about(source).exclude(user__in=taken):
            before = {"target_id": str(row.target_id)}
            row.target_id = self.target.pk
            row.save(update_fields=["target_id"])
            self.note(row, TransferItem.Action.MOVED, before)

    def finish(self):
        TransferItem.objects.bulk_create(self.items)


def plain(value):
    """As it stands in JSON."""
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)
