"""What the district report counts and lists: the register by city district, exact; the report protects it."""

from collections import Counter
from datetime import date

from soe.web.figures import FigureTable, Protect, Section

from .figures import SOURCE, TOTAL, _stages, _stock
from .models import Assessment, Goal, Property, RegisterPeriod
from .models.scales import Level, Stage
from .selectors import districts as names_of_districts

NOWHERE = "ohne Bezirk"
UNRATED, AIMLESS = "nicht bewertet", "ohne Ziel"


def district_tables(since: date, day: date, work: dict) -> list[FigureTable]:
    """`since`: day of the report before; its evening is the beginning. `work`: {label: Counter by district}."""
    stock, before = _stock(day), _stock(since)
    here = _districts(stock, before, work)
    moved = _moves(since, day)
    return [
        _balance(since, day, here, stock, before, moved),
        _crossed(
            "stages", "Stufe des Ziels", [*(label for _, label in Stage.choices), AIMLESS], here, day,
            _stages_of(day, stock), "Objekte im Bestand nach der Stufe ihres Ziels.",
        ),
        _crossed(
            "lights", "Problemdruck", [*(label for _, label in Level.choices[::-1]), UNRATED], here, day,
            _lights_of(day, stock), "Objekte im Bestand nach dem Problemdruck ihrer letzten Ampel.",
        ),
        _work(here, work),
    ]  # fmt: skip


def _districts(stock, before, work):
    used = {name for values in (stock.values(), before.values(), *work.values()) for name in values if name}
    known = names_of_districts()
    others = sorted(used - set(known) - {NOWHERE})
    nowhere = any(not name for name in (*stock.values(), *before.values())) or any(
        counter.get("") or counter.get(NOWHERE) for counter in work.values()
    )
    return [*known, *others, *([NOWHERE] if nowhere else [])]


def _moves(since, day):
    """(entered, left) by district in the days after `since` up to `day`."""
    periods = RegisterPeriod.objects.order_by()
    entered = Counter(
        name or NOWHERE
        for name in periods.filter(entered_on__gt=since, entered_on__lte=day).values_list(
            "property__district", flat=True
        )
    )
    left = Counter(
        name or NOWHERE
        for name in periods.filter(left_on__gt=since, left_on__lte=day).values_list(
            "property__district", flat=True
        )
    )
    return entered, left


def _balance(since, day, here, stock, before, moved):
    at_end = Counter(name or NOWHERE for name in stock.values())
    at_start = Counter(name or NOWHERE for name in before.values())
    entered, left = moved
    rows = [(name, [at_start[name], entered[name], left[name], at_end[name]]) for name in here]
    rows.append((TOTAL, [sum(values[place] for _, values in rows) for place in range(4)]))
    shares = {}
    for row, (name, _) in enumerate(rows):
        shares[row, 0], shares[row, 3] = stock_name(since, name), stock_name(day, name)
    return FigureTable(
        "districts.balance", Section.REGISTER, "Bestand und Bewegung", "Stadtbezirk",
        ["am Anfang", "aufgenommen", "abgeschlossen", "am Ende"], rows,
        "Objekte im Kataster am Abend des letzten Berichts und am Stichtag; dazwischen aufgenommen oder wieder "
        "aufgenommen, und abgeschlossen gleich aus welchem Grund.",
        SOURCE, as_of=day, protect=Protect.OBJECTS, additive_rows=True, shares=shares,
    )  # fmt: skip


def stock_name(day, district):
    """One number, one name, in this report and the next."""
    return f"districts.stock:{day:%Y-%m-%d}:{district}"


def _crossed(key, title, columns, here, day, found, definition):
    rows = [(name, [found[name, column] for column in columns]) for name in here]
    rows = [(name, [*values, sum(values)]) for name, values in rows]
    rows.append((TOTAL, [sum(values[place] for _, values in rows) for place in range(len(columns) + 1)]))
    return FigureTable(
        f"districts.{key}", Section.REGISTER, title, "Stadtbezirk", [*columns, TOTAL], rows, definition, SOURCE,
        as_of=day, protect=Protect.OBJECTS, additive_rows=True, additive_columns=True,
        shares={(row, len(columns)): stock_name(day, name) for row, (name, _) in enumerate(rows)},
    )  # fmt: skip


def _stages_of(day, stock):
    stages, labels = _stages(day), dict(Stage.choices)
    return Counter((name or NOWHERE, labels.get(stages.get(pk), AIMLESS)) for pk, name in stock.items())


def _lights_of(day, stock):
    rows = (
        Assessment.objects.filter(on__lte=day)
        .order_by("on", "created_at")
        .values_list("property", "pressure")
    )
    latest, labels = dict(rows), dict(Level.choices)
    return Counter((name or NOWHERE, labels.get(latest.get(pk), UNRATED)) for pk, name in stock.items())


def _work(here, work):
    rows = [
        (name, [found[name] + (found[""] if name == NOWHERE else 0) for found in work.values()])
        for name in here
    ]
    rows.append((TOTAL, [sum(values[place] for _, values in rows) for place in range(len(work))]))
    return FigureTable(
        "districts.work", Section.REGISTER, "Was geschehen ist", "Stadtbezirk", list(work), rows,
        "Seit dem letzten Bericht erledigte Maßnahmen, eingegangene Beschwerden und kontrollierte Objekte.",
        "SOE, Immobilienkataster, Beschwerden und Kontrollen", protect=Protect.OBJECTS, additive_rows=True,
    )  # fmt: skip


def district_houses(since: date, day: date) -> list[dict]:
    """Every property of the report with what may be read by everyone in the register; text only, ready to be frozen."""
    houses = (
        Property.objects.registered_at(day)
        .select_related("lead_department", "summary")
        .order_by("district", "serial")
    )
    left = Property.objects.filter(
        pk__in=RegisterPeriod.objects.filter(left_on__gt=since, left_on__lte=day)
        .order_by()
        .values("property")
    ).exclude(pk__in=Property.objects.registered_at(day).order_by().values("pk"))
    fresh = set(
        RegisterPeriod.objects.filter(entered_on__gt=since, entered_on__lte=day).values_list(
            "property", flat=True
        )
    )
    goals = {goal.property_id: goal for goal in Goal.objects.current()}
    rows = [_house(house, goals.get(house.pk), "neu" if house.pk in fresh else "") for house in houses]
    rows += [
        _house(house, None, f"abgeschlossen: {house.get_retired_reason_display()}")
        for house in left.select_related("lead_department", "summary").order_by("district", "serial")
    ]
    return rows


def _house(house, goal, change):
    summary = house.summary
    light = f"{Level(summary.pressure).label}" if summary.pressure else UNRATED
    return {
        "id": str(house.pk),
        "district": house.district or NOWHERE,
        "number": house.number,
        "title": house.title,
        "lead": str(house.lead_department),
        "light": light,
        "stage": f"{goal.stage} {goal.get_stage_display()}" if goal else AIMLESS,
        "aim": goal.aim if goal else "",
        "step": summary.next_title if goal or summary.next_title else "",
        "due": f"{summary.next_on:%Y-%m-%d}" if summary.next_on else None,
        "change": change,
    }
