"""Two people changed the same row: what each changed, field by field, and a merge to start from."""

from dataclasses import dataclass

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


class Conflict:
    """Compares the posted form with the row as it stands now and with the version the person had before her."""

    def __init__(self, form, current, hidden=frozenset()):
        self.current = current
        self.rows: list[FieldConflict] = []
        self.merged = {}
        names = [n for n in form.fields if n in form.cleaned_data and n not in hidden and n != "version"]
        now = model_to_dict(current, fields=names)
        base_row = self._version(form.posted_version)
        base = {n: getattr(base_row, current._meta.get_field(n).attname) for n in now} if base_row else now
        for name in names:
            mine = form.cleaned_data[name]
            mine_key = getattr(mine, "pk", mine)
            if name not in now:  # no field of the model (a reason, a tick): keep what was typed
                self.merged[name] = mine
                continue
            theirs_changed, mine_changed = now[name] != base[name], mine_key != base[name]
            self.merged[name] = mine_key if mine_changed else now[name]
            if theirs_changed or mine_changed:
                field = form.fields[name]
                self.rows.append(
                    FieldConflict(
                        name,
                        str(form[name].label),
                        show(field, base[name]),
                        show(field, now[name]),
                        show(field, mine_key),
                        theirs_changed,
                        mine_changed,
                    )
                )
        self.changes = list(
            current.history.filter(version__gt=form.posted_version).order_by("-history_date")[:5]
        )

    def _version(self, version):
        return self.current.history.filter(version=version).order_by("history_id").first()

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


def show(field, value) -> str:
    """A form value in words: labels of choices, German dates and numbers."""
    if value in (None, ""):
        return "leer"
    if isinstance(field, ModelChoiceField):
        found = field.queryset.filter(pk=value).first()
        return field.label_from_instance(found) if found else "nicht sichtbar"
    choices = dict(getattr(field, "choices", None) or ())
    if value in choices:
        return str(choices[value])
    return plain(value)
