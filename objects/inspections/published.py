"""Published results of joint inspections, entered as records of this system (used by tests and demo).

Facts come from press releases of the cities; every number has its structured place. Other cities are reference days
and count in no figure of our own. `None` means: the release gives no number.
"""

from datetime import date

from django.db import transaction

from soe.audit.context import acting_as
from soe.departments.models import Department, Visibility

from .models import (
    Finding,
    ImmediateMeasure,
    Inspection,
    InspectionDay,
    InspectionParticipation,
    OpeningBalance,
    StatedTotal,
)

SOURCE = "Presseveröffentlichung zur Kontrolle in {city}, {day:%d.%m.%Y}"

# measures: (kind, count, further fields); findings: (category, severity, further fields); totals: kind → number
DAYS = [
    {
        "date": date(2014, 6, 4),
        "city": "Herne",
        "houses": (None, "mehrere"),
        "totals": {"unregistered": 36, "gone": 38},
        "bodies": ["Jugendamt"],
        "measures": [
            ("register_request", 36, {"condition": "innerhalb einer gesetzten Frist"}),
            ("deregistered", 38, {"ground": "gemeldet, nicht angetroffen"}),
            ("children_seen", None, {"recipient": "Jugendamt"}),
            ("unfit", 1, {"text": "ein Gebäude"}),
            ("rehoused", None, {"recipient": "Verwaltung des Hauses", "text": "Bewohner des Gebäudes"}),
            ("regular_checks", None, {"text": "Die Stadt kontrolliert solche Häuser künftig regelmäßig."}),
        ],
        "findings": [("housing", "danger", {"affected": 1, "text": "Gebäude für unbewohnbar erklärt"})],
    },
    {
        "date": date(2021, 11, 23),
        "city": "Hagen",
        "houses": 7,
        "totals": {"registered": 115, "met": 71, "children": 15},
        "bodies": [],
        "measures": [
            (
                "children_referred",
                15,
                {"recipient": "Kommunales Integrationszentrum und Fachbereich Bildung"},
            ),
            (
                "use_prohibited",
                1,
                {"condition": "bis die Nutzungsänderung genehmigt ist", "text": "ganzes Haus"},
            ),
            ("ordered", 1, {"text": "Absturzsicherung an Fenstern und zweiter Rettungsweg"}),
            ("owner_asked", 2, {"text": "Müll beseitigen"}),
        ],
        "findings": [
            ("housing", "defect", {"count": 8, "level": "house"}),
            (
                "housing",
                "defect",
                {"count": None, "affected": 5, "level": "dwelling", "text": "viele Mängel in der Wohnung"},
            ),
            ("windows", "danger", {"text": "Absturzsicherung an Fenstern fehlt"}),
            ("escape_route", "danger", {"text": "zweiter Rettungsweg fehlt"}),
            ("pests", "ok", {"text": "kein Schädlingsbefall"}),
            ("waste", "defect", {"count": None, "affected": 2, "level": "outside"}),
            (
                "building_law",
                "defect",
                {"certainty": "suspected", "text": "ausgebautes Dachgeschoss, noch zu prüfen"},
            ),
        ],
    },
    {
        "date": date(2022, 3, 15),
        "city": "Hagen",
        "houses": 7,
        "totals": {"registered": 179, "met": 103, "unregistered": 11, "children": 4, "benefit_not_met": 5},
        "bodies": [],
        "measures": [
            ("deregistered", 14, {}),
            ("benefits_stopped", 14, {"ground": "von Amts wegen abgemeldet"}),
            ("benefits_reviewed", 5, {"ground": "nicht angetroffen, wird erneut geprüft"}),
            ("reinspection", 1, {"text": "Bau- und Brandschutzmängel"}),
        ],
        "findings": [
            (
                "housing",
                "defect",
                {"count": 4, "text": "unter anderem Haustüren ohne Schloss, fehlende Wohnungstür"},
            ),
            ("building_law", "defect", {"count": None, "affected": 1}),
            ("escape_route", "defect", {"count": None, "affected": 1, "text": "Brandschutzmängel"}),
        ],
    },
    {
        "date": date(2022, 5, 5),
        "city": "Hagen",
        "houses": 3,
        "totals": {"registered": 173, "met": 73, "children": 5},
        "bodies": [],
        "measures": [
            ("deregistered", 3, {}),
            ("benefits_reviewed", 3, {"ground": "von Amts wegen abgemeldet"}),
            ("owner_asked", None, {"text": "freiwillige Beseitigung der Mängel"}),
        ],
        "findings": [
            ("smoke_alarm", "defect", {"count": None, "affected": 3, "text": "Rauchwarnmelder fehlen"}),
            ("fire_load", "defect", {"count": None, "affected": 3, "place": "Flure"}),
            ("stairs", "defect", {"count": None, "affected": 3, "text": "gebrochene Stufen"}),
            ("damp", "defect", {"count": None, "affected": 3, "text": "Schimmel"}),
            ("windows", "defect", {"count": None, "affected": 3, "text": "zerbrochene Fenster"}),
            ("lift", "defect", {"affected": 1, "text": "seit einem Monat außer Betrieb"}),
            ("pests", "danger", {"count": None, "affected": 1, "text": "massiver Befall"}),
        ],
    },
    {
        "date": date(2023, 6, 13),
        "city": "Hagen",
        "houses": 7,
        "totals": {"registered": 348, "met": 200, "children": 7},
        "bodies": ["Polizei", "Zoll", "Verbindungsbeamter aus Rumänien"],
        "measures": [
            ("deregistered", 15, {}),
            ("truancy_check", 7, {"text": "Bußgeld möglich"}),
            ("business_checked", 3, {"text": "angemeldet"}),
            ("sex_work_checked", 1, {"text": "angemeldet"}),
            ("meter_gas", None, {"stated_as": "mehrere", "ground": "unbezahlte Rechnungen"}),
            ("meter_power", None, {"stated_as": "mehrere", "ground": "unbezahlte Rechnungen"}),
            ("warrant", 1, {"recipient": "Polizei"}),
            ("papers_examined", None, {"recipient": "Zoll"}),
        ],
        "findings": [("fire_load", "danger", {"count": None, "affected": 7, "place": "alle Flure"})],
    },
    {
        "date": date(2025, 11, 5),
        "date_is_report": True,
        "city": "Herne",
        "houses": 3,
        "reason": "Durchsetzung von Forderungen und Verdacht auf Leistungsbetrug",
        "totals": {},
        "bodies": [],
        "departments": ["ordnung", "steuern", "bauordnung", "meldewesen", "auslaenderbehoerde", "polizei"],
        "measures": [
            ("deregistered", 33, {"ground": "nicht angetroffen oder ohne Klingelschild und Briefkasten"}),
            ("amount_collected", None, {"stated_as": "vierstelliger Betrag", "recipient": "Steuern"}),
        ],
        "findings": [],
    },
]

BALANCES = [
    {
        "city": "Hagen",
        "since": "Ende 2015",
        # The release names no day; it stands behind the last day entered here, which it therefore contains.
        "as_of": date(2023, 6, 13),
        "days": 88,
        "houses": 784,
        "registered": 21_536,
        "deregistered": 1_591,
        "documents": 895,
        "source": "Bilanz der Stadt Hagen seit Ende 2015",
    },
]


@transaction.atomic
def enter(*, by, lead: Department, reason="aus der Veröffentlichung übernommen") -> list[InspectionDay]:
    """Enter what is missing; safe to repeat. Bodies that are no department of ours are kept by name."""
    with acting_as(by, reason=reason):
        for values in BALANCES:
            if not OpeningBalance.objects.filter(city=values["city"], as_of=values["as_of"]).exists():
                OpeningBalance(**values).save()
        return [_day(values, lead) for values in DAYS]


def _day(values, lead):
    known = InspectionDay.objects.filter(city=values["city"], date=values["date"]).exclude(source="").first()
    if known is not None:
        return known
    day = InspectionDay(
        date=values["date"],
        date_is_report=values.get("date_is_report", False),
        city=values["city"],
        reference_city=values["city"] != "Herne",
        lead=lead,
        reason=values.get("reason", ""),
        source=SOURCE.format(city=values["city"], day=values["date"]),
        state=InspectionDay.State.PUBLISHED,
        closed_on=values["date"],
        published_on=values["date"],
    )
    day.save()
    houses = values["houses"]
    if isinstance(houses, tuple):
        StatedTotal(day=day, kind="houses", value=houses[0], stated_as=houses[1]).save()
        houses = 1
    for position in range(1, houses + 1):
        Inspection(day=day, position=position, label=f"Haus {position}").save()
    for kind, number in values["totals"].items():
        StatedTotal(day=day, kind=kind, value=number).save()
    for body in values["bodies"]:
        InspectionParticipation(day=day, body=body, state="accepted", present=True).save()
    for department in Department.objects.filter(code__in=values.get("departments", ())):
        InspectionParticipation(day=day, department=department, state="accepted", present=True).save()
    shared = {"day": day, "visibility": Visibility.OPEN}
    for kind, count, more in values["measures"]:
        ImmediateMeasure(kind=kind, count=count, **shared, **more).save()
    for category, severity, more in values["findings"]:
        Finding(category=category, severity=severity, **shared, **more).save()
    return day
