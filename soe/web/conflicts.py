"""Two people changed the same row: what each changed, field by field, and a merge to start from."""

from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.forms import ModelChoiceField
from django.forms.models import model_to_dict

from soe.audit.models import AuditedModel

from .history import HistoryReader
from .text import plain


@dataclass(frozen=True)
class FieldConflict:
    """One field of the diff. `both`: changed by both sides, so the person has to decide."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    changed_by_them: bool
    changed_by_me: bool

    @property
    def both(self):
        return self.changed_by_them and self.changed_by_me and self.theirs != self.mine


@dataclass(frozen=True)
class Linked:
    """Rows chosen in a form that live in a table of their own: child rows or the rows behind a many-to-many field."""

    model: type
    parent: str  # attname
    chosen: str  # attname of what is chosen

    @classmethod
    def behind(cls, model, name, field):
        try:
            relation = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if relation.many_to_many and not relation.auto_created:
            rows = relation.remote_field.through
            return cls(rows, f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id")
        if relation.one_to_many and hasattr(field, "queryset"):
            rows = relation.related_model
            for link in rows._meta.concrete_fields:
                if link.is_relation and link.related_model is field.queryset.model and link != relation.field:
                    return cls(rows, relation.field.attname, link.attname)
        return None

    def now(self, pk):
        return keys(self.model._base_manager.filter(**{self.parent: pk}).values_list(self.chosen, flat=True))

    def then(self, pk, later):
        """What was chosen before the version `later` of the parent, whose form also wrote these rows."""
        rows = self.model.history.filter(**{self.parent: pk}).order_by("history_date", "history_id")
        if later:
            rows = rows.filter(history_date__lte=later[0].history_date)
            rows = rows.exclude(request_id__in=[row.request_id for row in later if row.request_id])
        last = {row.id: row for row in rows}
        return keys(getattr(row, self.chosen) for row in last.values() if row.history_type != "-")


def keys(values) -> list:
    """Chosen things as a form names them, in an order that can be compared."""
    return sorted(str(getattr(value, "pk", value)) for value in values)


class Conflict:
    """Compares the posted form with the row as it stands now and with the version the person had before her."""

    def __init__(self, form, current, hidden=frozenset()):
        self.current = current
        self.rows: list[FieldConflict] = []
        self.merged = {}
        history = current.history.order_by("history_id")
        base_row = history.filter(version=form.posted_version).first()
        later = list(history.filter(version__gt=form.posted_version))
        names = [n for n in form.fields if n in form.cleaned_data and n not in hidden and n != "version"]
        plain_fields = model_to_dict(current, fields=names)
        for name in names:
            field, mine = form.fields[name], form.cleaned_data[name]
            if linked := Linked.behind(type(current), name, field):
                now, base, mine = linked.now(current.pk), linked.then(current.pk, later), keys(mine or ())
            elif name in plain_fields:
                now, mine = plain_fields[name], getattr(mine, "pk", mine)
                base = getattr(base_row, current._meta.get_field(name).attname) if base_row else now
            else:  # no field of the model (a reason, a tick): keep what was typed
                self.merged[name] = typed(form, name)
                continue
            theirs_changed, mine_changed = now != base, mine != base
            if mine_changed:
                self.merged[name] = typed(form, name)
            if theirs_changed or mine_changed:
                self.rows.append(
                    FieldConflict(
                        name,
                        str(form[name].label),
                        show(field, base),
                        show(field, now),
                        show(field, mine),
                        theirs_changed,
                        mine_changed,
                    )
                )
        self.changes = later[:-6:-1]

    def merge_into(self, form):
        """What the person typed stands in the form again, whatever its constructor took from the row."""
        form.initial.update(self.merged)
        return form

    @property
    def contested(self):
        return [row for row in self.rows if row.both]


def changes_since(row, version, request):
    """What others changed in `row` after `version`, as this reader may see it; [] when she may not read its history."""
    rules = getattr(getattr(type(row), "scope", None), "rules", {})
    if not version.isdigit() or not isinstance(row, AuditedModel) or "view" not in rules:
        return []
    action = "history" if "history" in rules else "view"
    if not type(row).objects.restrict(request.user, action).filter(pk=row.pk).exists():
        return []
    start = row.history.filter(version=int(version)).order_by("history_id").first()
    events = HistoryReader(row, request).events()
    return [event for event in events if event.own and (start is None or event.at > start.history_date)][:5]


def typed(form, name):
    """What the person entered, as the field shows it: for a place typed by hand that is more than its value."""
    value, raw = form.cleaned_data[name], form[name].value()
    several = hasattr(value, "__iter__") and not isinstance(value, str)
    if several or isinstance(raw, (list, tuple)):
        return keys(value) if several else raw
    return getattr(value, "pk", value)


def show(field, value) -> str:
    """A form value in words: labels of choices, German dates and numbers."""
    if value in (None, "", []):
        return "leer"
    if isinstance(value, list):
        return ", ".join(sorted(show(field, one) for one in value))
    if isinstance(field, ModelChoiceField):
        found = field.queryset.filter(pk=value).first()
        return field.label_from_instance(found) if found else "nicht sichtbar"
    choices = dict(getattr(field, "choices", None) or ())
    if value in choices:
        return str(choices[value])
    return plain(value)
