"""On site: one house, one dwelling. No field stops the work; odd numbers are shown as doubts after saving.

Every count travels with the value the page showed (`seen_<name>`): only what somebody changed is written.
"""

from decimal import Decimal

from django import forms

from soe.web.forms import Form, FreeText, Pick

from ..models import ChecklistItem, DwellingVisit, Finding
from ..models.kinds import Severity

COUNTS = (
    ("registered", "Gemeldet laut Melderegister", ""),
    ("met", "Angetroffen", ""),
    ("unregistered", "Angetroffen, nicht gemeldet", ""),
    ("gone", "Gemeldet, wohnt nicht mehr hier", "auch ohne Klingelschild und Briefkasten"),
    ("children", "Schulpflichtig, nicht in der Schule", "geht an FB 31"),
    ("benefit_not_met", "Leistungen bezogen, nicht angetroffen", "wird erneut geprüft"),
)
MEASURED = (("area", "Wohnfläche in m²"), ("largest_room", "Größter Wohnraum in m²"), ("rooms", "Räume"))
ANSWERS = Severity.choices


class OneLine(forms.Select):
    """Stays a list on one line: rarely changed on site, it must not push the findings down."""


class Answers:
    """The checklist of one department as three choices per point, for a house or a dwelling."""

    from_draft = False

    def seen(self, name, now):
        """What the page showed: for a draft, what it showed when the draft was typed."""
        return self.data.get(f"seen_{name}", now) if self.from_draft else now

    def add_answers(self, items, known):
        self.items = list(items)
        self.known = known
        for item in self.items:
            name = f"item_{item.pk}"
            self.fields[name] = forms.ChoiceField(
                label=item.label, required=False, choices=ANSWERS, widget=Pick(choices=ANSWERS)
            )
            found = known.get(item.pk)
            self.initial[name] = found.severity if found else ""

    def answers(self, rest=False):
        """[(item, severity)] of what was answered or changed on this page; rest: the unanswered ones are in order.

        A point left alone is no answer: a colleague may have answered it meanwhile on another device.
        """
        result = []
        for item in self.items:
            name = f"item_{item.pk}"
            posted, seen = self.cleaned_data.get(name) or "", self.data.get(f"seen_{name}", "")
            if posted and posted != seen:
                result.append((item, posted))
            elif rest and not posted and item.pk not in self.known:
                result.append((item, Severity.OK))
        return result

    def seen_answers(self):
        names = [f"item_{item.pk}" for item in self.items]
        return [(f"seen_{name}", self.seen(name, self.initial[name])) for name in names]

    def points(self):
        """[(item, bound field, finding or None)] for the template."""
        return [(item, self[f"item_{item.pk}"], self.known.get(item.pk)) for item in self.items]

    @property
    def answered_late(self):
        """Something beyond the first five points is a defect: do not hide it."""
        return any(self.known[i.pk].is_defect for i in self.items[5:] if i.pk in self.known)

    @property
    def answered(self):
        return sum(1 for item in self.items if item.pk in self.known)


def checklist(section, *levels):
    return ChecklistItem.objects.filter(
        department=section.department_id, level__in=levels, retired_on=None
    ).order_by("position", "code")


class VisitForm(Answers, Form):
    """One dwelling: access first, then people, then findings."""

    access = forms.ChoiceField(
        label="Zutritt",
        required=False,
        choices=DwellingVisit.Access.choices,
        widget=Pick(choices=DwellingVisit.Access.choices, large=True),
    )
    location = forms.CharField(
        label="Lage der Wohneinheit",
        max_length=80,
        help_text="Zum Beispiel „2. OG rechts“. Keine Namen.",
        error_messages={
            "required": "Bitte geben Sie an, wo die Wohneinheit liegt, zum Beispiel „2. OG rechts“."
        },
    )
    unit = forms.ChoiceField(
        label="Art der Wohneinheit",
        required=False,
        choices=DwellingVisit.Unit.choices,
        widget=OneLine(choices=DwellingVisit.Unit.choices),
    )
    note = FreeText(label="Notiz Ihres Fachbereichs", required=False, max_length=4000, rows=3)

    def __init__(self, *args, visit=None, dwelling=None, section, findings=(), note="", **kwargs):
        self.visit, self.section = visit, section
        super().__init__(*args, **kwargs)
        for name, label, _ in COUNTS:
            self.fields[name] = forms.IntegerField(label=label, required=False, min_value=0, max_value=999)
        for name, label in MEASURED:
            if name == "rooms":
                self.fields[name] = forms.IntegerField(label=label, required=False, min_value=0, max_value=99)
            else:
                self.fields[name] = forms.DecimalField(
                    label=label, required=False, min_value=1, max_digits=7, decimal_places=2, localize=True
                )
        for name in self.count_names():
            field = self.fields[name]
            field.widget.attrs |= {
                "inputmode": "decimal" if name in ("area", "largest_room") else "numeric",
                "min": 0,
                "autocomplete": "off",
                "placeholder": "–",
            }
            self.initial[name] = _short(getattr(visit, name, None))
        if visit is None and dwelling is not None and dwelling.area is not None:
            self.initial["area"] = _short(dwelling.area)
        self.initial |= {
            "access": visit.access if visit else "",
            "unit": visit.unit if visit else DwellingVisit.Unit.DWELLING,
            "location": visit.location if visit else dwelling.location if dwelling else "",
            "note": note,
        }
        if dwelling is not None:
            del self.fields["location"]
        self.add_answers(
            checklist(section, Finding.Level.DWELLING), {f.item_id: f for f in findings if f.item_id}
        )

    @staticmethod
    def count_names():
        return [name for name, *_ in COUNTS] + [name for name, _ in MEASURED]

    def counters(self):
        return [(self[name], hint) for name, _, hint in COUNTS]

    def measured(self):
        return [self[name] for name, _ in MEASURED]

    def seen_values(self):
        """[(name, text)] for hidden fields: what this page showed."""
        shown = [
            (f"seen_{name}", self.seen(name, "" if self.initial.get(name) is None else self.initial[name]))
            for name in (*self.shared(), "note")
        ]
        return shown + self.seen_answers()

    def shared(self):
        return [n for n in ("access", "unit", "location", *self.count_names()) if n in self.fields]

    @property
    def note_changed(self):
        return _plain(self.cleaned_data["note"]) != _plain(self.data.get("seen_note", self.initial["note"]))

    def changes(self):
        """(changes, seen): what the person changed on this page, and what she saw before."""
        changes, seen = {}, {}
        for name in self.shared():
            field = self.fields[name]
            value = self.cleaned_data.get(name)
            raw = self.data.get(f"seen_{name}")
            before = self.initial.get(name) if raw is None else _clean(field, raw)
            if name in ("access", "unit", "location"):
                value, before = value or "", before or ""
                if name == "unit" and not value:
                    continue
            if value != before:
                changes[name], seen[name] = value, before
        return changes, seen


def _short(value):
    """52.00 as 52, for the field and for what the page says it showed."""
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()
    return value


def _plain(text):
    return (text or "").replace("\r\n", "\n").strip()


def _clean(field, raw):
    try:
        return field.to_python(raw)
    except forms.ValidationError:
        return None


class HouseForm(Answers, Form):
    """What concerns the whole house: open findings of earlier inspections, and the department's points."""

    def __init__(self, *args, section, carried=(), findings=(), **kwargs):
        self.section, self.carried_rows = section, list(carried)
        super().__init__(*args, **kwargs)
        for finding in self.carried_rows:
            name = f"carry_{finding.pk}"
            self.fields[name] = forms.ChoiceField(
                label=str(finding.get_category_display()),
                required=False,
                choices=[("ok", "behoben"), ("defect", "Mangel"), ("danger", "Gefahr")],
                widget=Pick(choices=[("ok", "behoben"), ("defect", "Mangel"), ("danger", "Gefahr")]),
            )
        self.add_answers(
            checklist(section, Finding.Level.HOUSE, Finding.Level.OUTSIDE),
            {f.item_id: f for f in findings if f.item_id and f.visit_id is None},
        )

    def carried(self):
        """[(finding, bound field)]"""
        return [(finding, self[f"carry_{finding.pk}"]) for finding in self.carried_rows]

    def rerated(self):
        """[(finding, severity)] of what was rated again."""
        return [
            (finding, severity)
            for finding in self.carried_rows
            if (severity := self.cleaned_data.get(f"carry_{finding.pk}"))
        ]
