"""What inspections start with: thresholds of living space and a checklist per department. Both are edited as data."""

from datetime import date

from django.db import transaction

from soe.departments.models import Department

from .models import Category, ChecklistItem, Finding, OccupancyThreshold

C, DWELLING, HOUSE, OUTSIDE = (
    Category,
    Finding.Level.DWELLING,
    Finding.Level.HOUSE,
    Finding.Level.OUTSIDE,
)

# Checked as of 2024 (domain.md § 3); a new law is a new row with its own first day.
THRESHOLDS = [
    {
        "law": "§ 9 WAG NRW",
        "valid_from": date(2014, 4, 30),
        "valid_until": date(2021, 6, 30),
        "per_person": 9,
        "per_child": 6,
        "child_below": 6,
        "room_shared": 9,
        "room_alone": 9,
        "one_room": None,
    },
    {
        "law": "§ 10 WohnStG NRW",
        "valid_from": date(2021, 7, 1),
        "valid_until": None,
        "per_person": 10,
        "room_shared": 8,
        "room_alone": 10,
        "one_room": 10,  # § 5 (1) no. 6
    },
]

# department code: (code, label, legal basis, category, level)
CHECKLISTS = {
    "wohnungsaufsicht": [
        ("feuchte", "Feuchte, Schimmel", "§ 5 WohnStG NRW", C.DAMP, DWELLING),
        ("fenster", "Fenster, Absturzsicherung", "§ 6 WohnStG NRW", C.WINDOWS, DWELLING),
        ("heizung", "Heizung", "§ 5 WohnStG NRW", C.HEATING, DWELLING),
        ("warmwasser", "Warmwasser", "§ 5 WohnStG NRW", C.HEATING, DWELLING),
        ("wohnungstuer", "Wohnungstür, Schloss", "§ 6 WohnStG NRW", C.DOORS, DWELLING),
        ("bad", "Bad, Toilette", "§ 5 WohnStG NRW", C.SANITARY, DWELLING),
        ("kueche", "Küche, Kochgelegenheit", "§ 5 WohnStG NRW", C.SANITARY, DWELLING),
        ("wasser", "Trinkwasser, Abfluss", "§ 5 WohnStG NRW", C.SANITARY, DWELLING),
        ("strom", "Strom, Elektroanlage", "§ 6 WohnStG NRW", C.ELECTRICITY, DWELLING),
        ("belichtung", "Tageslicht, Lüftung", "§ 5 WohnStG NRW", C.HOUSING, DWELLING),
        ("wohnraum", "Ein Wohnraum mit mindestens 10 m²", "§ 5 WohnStG NRW", C.HOUSING, DWELLING),
        ("belegung", "Belegung", "§ 10 WohnStG NRW", C.OVERCROWDING, DWELLING),
        ("haustuer", "Haustür, Schließanlage", "§ 6 WohnStG NRW", C.DOORS, HOUSE),
        ("treppe", "Treppe, Geländer", "§ 6 WohnStG NRW", C.STAIRS, HOUSE),
        ("dach", "Dach, Fassade, Keller", "§ 6 WohnStG NRW", C.HOUSING, HOUSE),
        ("aufzug", "Aufzug", "§ 6 WohnStG NRW", C.LIFT, HOUSE),
        ("klingel", "Klingel, Briefkasten", "", C.REGISTRATION, HOUSE),
        ("rauchmelder", "Rauchwarnmelder", "§ 47 BauO NRW", C.SMOKE_ALARM, DWELLING),
    ],
    "bauordnung": [
        ("nutzung", "Nutzung wie genehmigt", "§ 82 BauO NRW", C.USE, HOUSE),
        ("dachgeschoss", "Ausbau von Dach oder Keller", "§ 60 BauO NRW", C.BUILDING_LAW, HOUSE),
        ("standsicherheit", "Standsicherheit", "§ 12 BauO NRW", C.STABILITY, HOUSE),
        ("rettungsweg-2", "Zweiter Rettungsweg", "§ 33 BauO NRW", C.ESCAPE_ROUTE, HOUSE),
        ("umwehrung", "Umwehrungen, Absturz", "§ 38 BauO NRW", C.WINDOWS, HOUSE),
        ("abgas", "Abgasführung", "§ 42 BauO NRW", C.HEATING, HOUSE),
    ],
    "feuerwehr": [
        ("brandlast", "Brandlasten in Fluren und Treppenraum", "§ 35 BauO NRW", C.FIRE_LOAD, HOUSE),
        ("rettungsweg-1", "Erster Rettungsweg frei", "§ 33 BauO NRW", C.ESCAPE_ROUTE, HOUSE),
        ("tueren", "Rauch- und Brandschutztüren", "§ 35 BauO NRW", C.ESCAPE_ROUTE, HOUSE),
        ("rauchmelder", "Rauchwarnmelder", "§ 47 BauO NRW", C.SMOKE_ALARM, DWELLING),
        ("zufahrt", "Zufahrt und Aufstellfläche", "§ 5 BauO NRW", C.ESCAPE_ROUTE, OUTSIDE),
    ],
    "umwelt": [
        ("abfall", "Müll, Sperrmüll", "Abfallsatzung", C.WASTE, OUTSIDE),
        ("tonnen", "Zahl der Tonnen", "Abfallsatzung", C.WASTE, OUTSIDE),
        ("schadstoff", "Schadstoffe, Altöl, Schrottfahrzeuge", "KrWG", C.WASTE, OUTSIDE),
    ],
    "gesundheit": [
        ("schaedlinge", "Schädlinge", "§ 17 IfSG", C.PESTS, HOUSE),
        ("hygiene", "Hygiene in gemeinsamen Räumen", "§ 16 IfSG", C.HEALTH, HOUSE),
        ("trinkwasser", "Trinkwasser", "TrinkwV", C.HEALTH, HOUSE),
    ],
    "ordnung": [
        ("gewerbe", "Gewerbe angemeldet", "§ 14 GewO", C.TRADE, HOUSE),
        ("fahrzeuge", "Fahrzeuge ohne Zulassung", "§ 22 StrWG NRW", C.ORDER, OUTSIDE),
        ("laerm", "Lärm, Zustand des Umfelds", "OBG NRW", C.ORDER, OUTSIDE),
    ],
    "meldewesen": [
        ("meldung", "Meldeverhältnisse", "§ 17 BMG", C.REGISTRATION, DWELLING),
        ("bestaetigung", "Wohnungsgeberbestätigung", "§ 19 BMG", C.REGISTRATION, DWELLING),
    ],
    "jugend": [("kindeswohl", "Gewichtige Anhaltspunkte", "§ 8a SGB VIII", C.CHILD, DWELLING)],
    "schule": [("schulpflicht", "Schulpflicht", "§ 34 SchulG NRW", C.SCHOOL, DWELLING)],
    "soziales": [("leistung", "Leistungsbezug klärungsbedürftig", "SGB XII", C.BENEFITS, DWELLING)],
    "jobcenter": [("leistung", "Leistungsbezug klärungsbedürftig", "SGB II", C.BENEFITS, DWELLING)],
    "energie": [("zaehler", "Zähler, Plomben", "", C.ELECTRICITY, HOUSE)],
}


@transaction.atomic
def set_up_inspections(*, reason="Grundeinrichtung") -> tuple[int, int]:
    """Create missing thresholds and checklist points; returns (thresholds, points). Needs an actor; repeatable."""
    known = set(OccupancyThreshold.objects.values_list("valid_from", flat=True))
    thresholds = points = 0
    for values in THRESHOLDS:
        if values["valid_from"] not in known:
            OccupancyThreshold(**values).save(reason=reason)
            thresholds += 1
    departments = {row.code: row for row in Department.objects.filter(code__in=CHECKLISTS)}
    have = set(ChecklistItem.objects.values_list("department__code", "code"))
    for department, items in CHECKLISTS.items():
        for position, (code, label, basis, category, level) in enumerate(items, start=1):
            if department in departments and (department, code) not in have:
                ChecklistItem(
                    department=departments[department],
                    code=code,
                    label=label,
                    legal_basis=basis,
                    category=category,
                    level=level,
                    position=position,
                ).save(reason=reason)
                points += 1
    return thresholds, points
