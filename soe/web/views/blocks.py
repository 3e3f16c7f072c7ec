"""/konto/bausteine/: every building block once, with its error and empty states, to be looked at and tested."""

import re
from datetime import date, timedelta

from django import forms
from django.conf import settings
from django.utils import timezone

from .. import registry
from ..forms import Counter, Form, FreeText, PickMany
from ..tables import Column, DateColumn, NumberColumn, Table
from .base import PageView


def icon_names():
    return re.findall(r'id="(\w+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text())


class SampleForm(Form):
    """Every kind of field."""

    channel = forms.ChoiceField(
        label="Wie kommt die Meldung zu uns?",
        choices=[("phone", "Telefon"), ("person", "persönlich"), ("mail", "E-Mail"), ("letter", "Brief")],
    )
    kinds = forms.MultipleChoiceField(
        label="Worum geht es?",
        choices=[("waste", "Müll"), ("pests", "Ratten, Schädlinge"), ("fire", "Tür, Treppe, Brandschutz")],
        widget=PickMany,
        required=False,
    )
    name = forms.CharField(label="Name", required=False)
    phone = forms.CharField(label="Telefon oder E-Mail", required=False, help_text="Nur für Rückfragen.")
    due = forms.DateField(label="Frist", help_text="Bis wann soll geantwortet werden?")
    district = forms.ChoiceField(
        label="Stadtbezirk",
        choices=[("", ""), *((str(n), f"Bezirk {n}") for n in range(1, 12))],
    )
    people = forms.IntegerField(label="Personen in der Wohnung", widget=Counter, min_value=0, initial=3)
    answer = forms.BooleanField(
        label="Möchte eine Antwort", help_text="Die Frist läuft ab heute.", required=False
    )
    text = FreeText(label="Was ist passiert?", help_text="Ein Satz reicht.")

    class Meta:
        fieldsets = [
            ("Meldung", ["channel", "kinds"]),
            ("Wer meldet?", [("name", "phone"), "answer"]),
            ("Angaben", [("due", "district"), "people", "text"]),
        ]


class SampleTable(Table):
    number = Column(verbose_name="Nummer")
    address = Column(verbose_name="Anschrift", orderable=False)
    dwellings = NumberColumn(verbose_name="Wohnungen")
    inspected = DateColumn(verbose_name="Letzte Kontrolle")

    class Meta:
        sequence = ("number", "address", "dwellings", "inspected")

    caption = "Beispiel einer Liste"
    row_header = "number"


class BlocksView(PageView):
    title = "Bausteine"
    template_name = "web/blocks.html"
    permission = "system.manage"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        wrong = {"text": "Die Roma-Siedlung", "due": "31.02.2026", "phone": "x"}
        rows = [
            {
                "number": "HER-0042",
                "address": "Lampenstubenweg 14",
                "dwellings": 12,
                "inspected": date(2026, 9, 2),
            },
            {"number": "HER-0017", "address": "Seilscheibenring 21", "dwellings": 1204, "inspected": None},
        ]
        context = super().get_context_data(**kwargs)
        context.update(
            form=SampleForm(prefix="gut", initial={"due": today, "channel": "phone"}),
            wrong_form=SampleForm({f"falsch-{key}": value for key, value in wrong.items()}, prefix="falsch"),
            table=SampleTable(rows, order_by="number"),
            dates=[today - timedelta(days=6), today, today + timedelta(days=1), today + timedelta(days=30)],
            lights=[("hoch", "gering"), ("mittel", "begrenzt"), ("gering", "gut"), ("", "")],
            tags=[
                {"label": "Wohnen", "state": "confirmed"},
                {"label": "Sozial", "state": "suspected"},
                {"label": "Umwelt", "state": "resolved"},
            ],
            states=["lead", "in", "asked", "no", "done"],
            badges=["info", "success", "warning", "danger"],
            statuses=[("red", "rot"), ("yellow", "gelb"), ("green", "grün"), ("grey", "offen")],
            task=registry.Task(
                "Nachkontrolle festhalten", "#", "HER-0042 · Lampenstubenweg 14", today, "Kontrolle anlegen"
            ),
            late_task=registry.Task(
                "Antwort senden", "#", "2026-0611", today - timedelta(days=2), "Antwort schreiben"
            ),
            timeline=[
                registry.Entry(
                    timezone.now(),
                    "Kontrolle durchgeführt",
                    "Neun Feststellungen.",
                    "Feuerwehr",
                    "open",
                    "#",
                    "clipboard",
                ),
                registry.Entry(
                    today - timedelta(days=40),
                    "Interner Eintrag",
                    "",
                    "FB 51",
                    "internal",
                    "",
                    "lock",
                    stub=True,
                ),
            ],
            icons=icon_names(),
        )
        return context
