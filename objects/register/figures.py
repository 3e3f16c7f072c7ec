"""Section 3 of the quarterly report, counted from dated fields: the same quarter gives the same figures later."""

from collections import Counter

from django.db.models import Q
from django.urls import reverse

from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section

from .models import Assessment, Goal, GoalStage, ProblemArea, Property, RegisterPeriod
from .models.scales import Level, Room, Stage

SOURCE = "SOE, Immobilienkataster"
TOTAL = "insgesamt"


def quarter_figures(quarter: Quarter) -> list[Figure | FigureTable]:
    """Stock at the quarter's end, entries and exits, problem areas, traffic lights."""
    districts = _stock(quarter.end)
    entries = _entries(quarter)
    exits = _exits(quarter)
    page = reverse("objects:property_list")
    return [
        Figure(
            "register.stock",
            Section.REGISTER,
            "Objekte im Kataster",
            len(districts),
            "Objekte, die am Stichtag aufgenommen und nicht abgeschlossen sind.",
            SOURCE,
            as_of=quarter.end,
            protect=Protect.OBJECTS,
            headline=True,
            drilldown=page,
        ),
        Figure(
            "register.entries",
            Section.REGISTER,
            "Aufnahmen",
            len(entries),
            "Objekte, die im Quartal aufgenommen oder wieder aufgenommen wurden.",
            SOURCE,
            protect=Protect.OBJECTS,
        ),
        Figure(
            "register.exits",
            Section.REGISTER,
            "Abschlüsse",
            sum(exits.values()),
            "Objekte, die im Quartal abgeschlossen wurden, gleich aus welchem Grund.",
            SOURCE,
            protect=Protect.OBJECTS,
        ),
        _balance(quarter, len(districts), entries, exits),
        _by_stage(quarter, districts),
        _by_problem(quarter, districts),
        _by_light(quarter, districts),
        _by_reason(exits),
    ]


def _stock(day) -> dict:
    """{property id: district} of what stood in the register at the end of `day`."""
    return dict(Property.objects.registered_at(day).order_by().values_list("pk", "district"))


def _entries(quarter):
    rows = RegisterPeriod.objects.filter(entered_on__range=(quarter.start, quarter.end)).order_by()
    return list(rows.values_list("property", "reopened"))


def _exits(quarter) -> Counter:
    rows = RegisterPeriod.objects.filter(left_on__range=(quarter.start, quarter.end)).order_by()
    return Counter(rows.values_list("left_reason", flat=True))


def _balance(quarter, stock, entries, exits):
    """Before + in − out = now. A property that came and went on the same day counts in both flows."""
    before = len(_stock(quarter.previous().end))
    again = sum(1 for _, reopened in entries if reopened)
    return FigureTable(
        "register.balance",
        Section.REGISTER,
        "Bewegung im Kataster",
        "Bewegung",
        ["Objekte"],
        [
            ("Bestand am Ende des Vorquartals", [before]),
            ("neu aufgenommen", [len(entries) - again]),
            ("wieder aufgenommen", [again]),
            ("abgeschlossen", [sum(exits.values())]),
            ("Bestand am Stichtag", [stock]),
        ],
        "Bestand des Vorquartals plus Aufnahmen minus Abschlüsse.",
        SOURCE,
        as_of=quarter.end,
        protect=Protect.OBJECTS,
        additive_rows=True,
        signs={3: -1},
        shares={(4, 0): "register.stock", (3, 0): "register.exits"},
    )


def _stages(day) -> dict:
    """{property id: stage} at the end of `day`, of the goal in force then."""
    goals = Goal.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), set_on__lte=day)
    rows = (
        GoalStage.objects.filter(goal__in=goals.order_by().values("pk"), reached_on__lte=day)
        .order_by("goal__set_on", "reached_on", "created_at")
        .values_list("goal__property", "stage")
    )
    return dict(rows)


def _by_stage(quarter, districts):
    stages = _stages(quarter.end)
    found = Counter((district or "ohne Bezirk", stages.get(pk, 0)) for pk, district in districts.items())
    names = sorted({district for district, _ in found})
    columns = [*((value, f"{value} {label}") for value, label in Stage.choices), (0, "ohne Ziel")]
    return FigureTable(
        "register.stages",
        Section.REGISTER,
        "Bestand nach Stadtbezirk und Stufe",
        "Stadtbezirk",
        [*(label for _, label in columns), TOTAL],
        _crossed(names, [value for value, _ in columns], found),
        "Objekte im Bestand am Stichtag nach der Stufe ihres Ziels an diesem Tag.",
        SOURCE,
        as_of=quarter.end,
        protect=Protect.OBJECTS,
        additive_rows=True,
        additive_columns=True,
        shares={(len(names), len(columns)): "register.stock"},
        drilldown=_district_links(names),
    )


def _district_links(names):
    from django.http import QueryDict

    page, links = reverse("objects:property_list"), {}
    for row, name in enumerate(names):
        if name != "ohne Bezirk":
            query = QueryDict(mutable=True)
            query["bezirk"] = name
            links[row, len(Stage) + 1] = f"{page}?{query.urlencode()}"
    return links


def _crossed(names, columns, found, total=TOTAL):
    """Rows with sums at the end and a last row of sums."""
    rows = [(name, [found[name, column] for column in columns]) for name in names]
    rows = [(name, [*values, sum(values)]) for name, values in rows]
    sums = [sum(values[place] for _, values in rows) for place in range(len(columns) + 1)]
    return [*rows, (total, sums)]


def _by_problem(quarter, districts):
    """A property may have several problem areas: columns add up, rows do not."""
    day = quarter.end
    rows = ProblemArea.objects.open_at(day).filter(property__in=Property.objects.registered_at(day))
    found: Counter = Counter()
    for kind, confirmed_on in rows.order_by().values_list("kind", "confirmed_on"):
        state = "confirmed" if confirmed_on and confirmed_on <= day else "suspected"
        found[kind, state] += 1
    kinds = ProblemArea.Kind.choices
    return FigureTable(
        "register.problems",
        Section.REGISTER,
        "Offene Problemlagen",
        "Problemlage",
        ["Verdacht", "bestätigt", TOTAL],
        [
            (
                label,
                [
                    found[kind, "suspected"],
                    found[kind, "confirmed"],
                    found[kind, "suspected"] + found[kind, "confirmed"],
                ],
            )
            for kind, label in kinds
        ],
        "Am Stichtag gemeldete und nicht erledigte Problemlagen der Objekte im Bestand. Ein Objekt kann mehrere haben.",
        SOURCE,
        as_of=day,
        protect=Protect.OBJECTS,
        additive_columns=True,
        drilldown={
            (row, 2): f"{reverse('objects:property_list')}?lage={kind}" for row, (kind, _) in enumerate(kinds)
        },
    )


def _by_light(quarter, districts):
    latest: dict = {}
    rows = (
        Assessment.objects.filter(on__lte=quarter.end)
        .order_by("on", "created_at")
        .values_list("property", "pressure", "room")
    )
    for pk, pressure, room in rows.iterator():
        latest[pk] = (pressure, room)
    found: Counter = Counter()
    for pk in districts:
        pressure, room = latest.get(pk, (0, 0))
        found[Level(pressure).label if pressure else "nicht bewertet", room] += 1
    names = [label for _, label in Level.choices[::-1]]
    names.append("nicht bewertet")
    columns = [value for value, _ in Room.choices]
    return FigureTable(
        "register.lights",
        Section.REGISTER,
        "Ampel: Problemdruck und Handlungsspielraum",
        "Problemdruck",
        [*(f"Spielraum {label}" for _, label in Room.choices), "nicht bewertet", TOTAL],
        _crossed(names, [*columns, 0], found),
        "Objekte im Bestand am Stichtag nach ihrer letzten Ampel bis zu diesem Tag.",
        SOURCE,
        as_of=quarter.end,
        protect=Protect.OBJECTS,
        additive_rows=True,
        additive_columns=True,
        shares={(len(names), len(columns) + 1): "register.stock"},
    )


def _by_reason(exits):
    reasons = Property.RetiredReason.choices
    return FigureTable(
        "register.reasons",
        Section.REGISTER,
        "Abschlüsse nach Grund",
        "Grund",
        ["Objekte"],
        [*((label, [exits[value]]) for value, label in reasons), (TOTAL, [sum(exits.values())])],
        "Im Quartal abgeschlossene Objekte nach dem Grund des Abschlusses.",
        SOURCE,
        protect=Protect.OBJECTS,
        additive_rows=True,
        shares={(len(reasons), 0): "register.exits"},
    )
