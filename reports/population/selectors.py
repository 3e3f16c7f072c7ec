"""Section 2 of the quarterly report: the stock, its classes, and how it moved. Aggregates only."""

from dataclasses import dataclass, field
from datetime import date

from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section, TextRows
from soe.web.text import day, number

from ..formulas import Balance, fluctuation, rounded, share
from .models import AGES, STAYS, Category, District, Nationality, PopulationFigure, Subject

C, N, D, S = Category, Nationality, District, Subject
DISTRICTS = [D.WANNE, D.EICKEL, D.MITTE, D.SODINGEN]
REGISTER = "Melderegister"
DEFINITION = (
    "Menschen mit bulgarischer oder rumänischer Staatsangehörigkeit, die am Stichtag um 24 Uhr mit Hauptwohnung "
    "in Herne gemeldet sind."
)


@dataclass
class Counts:
    """The exact counts of one day. Sums are built from their parts; an entered total is used only without them."""

    as_of: date | None = None
    values: dict = field(default_factory=dict)
    sources: set = field(default_factory=set)

    def get(self, subject, category=C.NONE, nationality=N.BOTH, district=D.CITY):
        key = (subject, category, nationality, district)
        parts = self._parts(*key)
        return self.values.get(key) if parts is None else parts

    def _parts(self, subject, category, nationality, district):
        """The sum over both nationalities, or over the four districts, where all parts are there."""
        if nationality == N.BOTH:
            both = [self.get(subject, category, n, district) for n in (N.BULGARIAN, N.ROMANIAN)]
            if None not in both:
                return sum(both)
        if district == D.CITY:
            districts = [self.values.get((subject, category, nationality, d)) for d in DISTRICTS]
            if None not in districts:
                return sum(districts)
        return None

    def contradictions(self):
        """Entered totals that differ from the sum of their parts."""
        found = []
        for (subject, category, nationality, district), entered in self.values.items():
            parts = self._parts(subject, category, nationality, district)
            if parts is not None and parts != entered:
                what = C(category).label if category else S(subject).label
                found.append(
                    f"{what}, {N(nationality).label}, {D(district).label} am {day(self.as_of)}: eingetragen "
                    f"{number(entered)}, Summe der Teile {number(parts)}"
                )
        return found

    @property
    def source(self):
        return ", ".join(sorted(self.sources)) or REGISTER


def counts_on(as_of: date, subject) -> Counts:
    """Exact counts of `subject` on that very day; of two sources for one number the one changed last."""
    result = Counts(as_of)
    rows = PopulationFigure.objects.exact().filter(as_of=as_of, subject=subject).order_by("changed_at", "pk")
    for row in rows:
        result.values[(row.subject, row.category, row.nationality, row.district)] = row.count
        result.sources.add(row.source)
    return result


def latest_counts(until: date, subject) -> Counts:
    """The newest exact counts not after `until`; each table carries its own Stand."""
    newest = (
        PopulationFigure.objects.exact()
        .filter(as_of__lte=until, subject=subject)
        .exclude(nationality=N.ALL)
        .order_by("-as_of")
        .values_list("as_of", flat=True)
        .first()
    )
    return counts_on(newest, subject) if newest else Counts()


def stock_name(as_of, nationality, district):
    """The name of one stock number, the same in every table and every quarter."""
    return f"population.stock:{as_of:%Y-%m-%d}:{nationality}:{district or 'city'}"


def quarter_figures(quarter: Quarter) -> list:
    """Figures, tables T1 to T4 and the figures that papers give in words."""
    stock = latest_counts(quarter.end, S.STOCK)
    ages = latest_counts(quarter.end, S.AGE)
    stays = latest_counts(quarter.end, S.RESIDENCE)
    moves = counts_on(quarter.end, S.MOVEMENT)
    before = counts_on(quarter.previous().end, S.STOCK)
    result = [
        *_figures(quarter, stock, ages, stays, moves, before),
        _district_table(stock),
        _class_table(ages, S.AGE, AGES, stock),
        _residence_table(stays, stock),
        _balance_table(quarter, stock, moves, before),
        _stated(quarter, stock, ages, stays),
    ]
    return [part for part in result if part is not None]


def contradictions(quarter: Quarter) -> list[str]:
    """For the checks before release: totals that do not fit their parts."""
    found = []
    for subject in (S.STOCK, S.AGE, S.RESIDENCE):
        found += latest_counts(quarter.end, subject).contradictions()
    return found + counts_on(quarter.end, S.MOVEMENT).contradictions()


def _stated_row(until, **where):
    """The newest figure that a paper gives in words."""
    rows = PopulationFigure.objects.filter(
        as_of__lte=until, approximate=True, nationality=N.BOTH, district=D.CITY
    )
    return rows.filter(**where).order_by("-as_of", "source").first()


def _newer(row, counts):
    return row is not None and (counts.as_of is None or row.as_of > counts.as_of)


def _figures(quarter, stock, ages, stays, moves, before):
    total, stated = stock.get(S.STOCK), _stated_row(quarter.end, subject=S.STOCK)
    all_people = stock.get(S.STOCK, nationality=N.ALL)
    common = {"section": Section.POPULATION, "protect": Protect.PERSONS}
    if total is None and _newer(stated, stock):
        yield Figure(
            key="population.stock", label="Menschen aus Rumänien und Bulgarien", value=stated.count,
            definition=DEFINITION, source=stated.source, as_of=stated.as_of, headline=True, quote=stated.quote,
            **common,
        )  # fmt: skip
    else:
        yield Figure(
            key="population.stock", label="Menschen aus Rumänien und Bulgarien", value=total,
            definition=DEFINITION, source=stock.source, as_of=stock.as_of, headline=True, **common,
        )  # fmt: skip
    if total is not None and all_people:
        yield Figure(
            key="population.share", label="Anteil an der Gesamtbevölkerung", value=share(total, all_people),
            unit="%", part_of=(total, all_people), as_of=stock.as_of, source=stock.source,
            definition="Menschen mit bulgarischer oder rumänischer Staatsangehörigkeit geteilt durch alle Einwohner, "
            "gleiches Register, gleicher Stichtag.", **common,
        )  # fmt: skip
    yield from _shares_of_classes(ages, stays, common)
    moved = [moves.get(S.MOVEMENT, c) for c in (C.ARRIVALS, C.DEPARTURES)]
    rate = fluctuation(*moved, total if stock.as_of == quarter.end else None, before.get(S.STOCK))
    if rate is not None:
        # Both numbers are large; the rate tells nothing about a single person.
        yield Figure(
            key="population.fluctuation", label="Fluktuation im Quartal", value=rate, unit="%",
            definition="Zuzüge und Wegzüge zusammen, geteilt durch den mittleren Bestand des Quartals.",
            source=moves.source, as_of=quarter.end, part_of=(sum(moved), total), **common,
        )  # fmt: skip


def _shares_of_classes(ages, stays, common):
    everybody = [ages.get(S.AGE, c) for c in AGES]
    if None not in everybody and (percent := share(everybody[0], sum(everybody))) is not None:
        yield Figure(
            key="population.under18", label="Anteil unter 18 Jahren", value=percent, unit="%",
            part_of=(everybody[0], sum(everybody)), as_of=ages.as_of, source=ages.source,
            definition="Unter 18-Jährige geteilt durch den Bestand desselben Stichtags.", **common,
        )  # fmt: skip
    classes = [stays.get(S.RESIDENCE, c) for c in STAYS]
    if None not in classes and (percent := share(classes[2] + classes[3], sum(classes))) is not None:
        yield Figure(
            key="population.long_stay", label="Aufenthalt drei Jahre und länger", value=percent, unit="%",
            part_of=(classes[2] + classes[3], sum(classes)), as_of=stays.as_of, source=stays.source,
            definition="Personen, deren jetziger Einzug nach Herne (nicht nach Deutschland) drei Jahre oder länger "
            "zurückliegt, geteilt durch den Bestand.", **common,
        )  # fmt: skip


def _table(key, title, row_title, columns, rows, counts, **kwargs):
    if all(value is None for _, values in rows for value in values):
        return None
    return FigureTable(
        key=key, section=Section.POPULATION, title=title, row_title=row_title, columns=columns, rows=rows,
        source=counts.source, as_of=counts.as_of, protect=Protect.PERSONS, **kwargs,
    )  # fmt: skip


def _district_columns(get):
    """Columns by district with the city last, or the city alone when no district is known."""
    if all(get(d) is None for d in DISTRICTS):
        return [D.CITY], [D.CITY.label]
    return [*DISTRICTS, D.CITY], [*(d.label for d in DISTRICTS), "Herne"]


def _district_table(stock):
    nationalities = [N.BULGARIAN, N.ROMANIAN, N.BOTH]
    if any(stock.get(S.STOCK, nationality=n) is None for n in nationalities[:2]):
        nationalities = [N.BOTH]
    districts, labels = _district_columns(lambda d: stock.get(S.STOCK, district=d))
    if len(nationalities) == 1 and len(districts) == 1:
        return None  # one number is a figure, not a table
    rows = [(n.label, [stock.get(S.STOCK, C.NONE, n, d) for d in districts]) for n in nationalities]
    shares = {
        (r, c): stock_name(stock.as_of, n, d)
        for r, n in enumerate(nationalities)
        for c, d in enumerate(districts)
    }
    return _table(
        "population.district", "Staatsangehörigkeit und Stadtbezirk", "Staatsangehörigkeit", labels, rows, stock,
        definition=DEFINITION, additive_rows=len(rows) > 1, additive_columns=len(districts) > 1, shares=shares,
    )  # fmt: skip


def _class_table(counts, subject, classes, stock):
    districts, labels = _district_columns(lambda d: counts.get(subject, classes[0], district=d))
    rows = [(c.label, [counts.get(subject, c, N.BOTH, d) for d in districts]) for c in classes]
    totals = [None if None in column else sum(column) for column in zip(*(v for _, v in rows), strict=True)]
    shares = {}
    if counts.as_of and counts.as_of == stock.as_of:
        shares = {
            (len(rows), c): stock_name(stock.as_of, N.BOTH, d)
            for c, d in enumerate(districts)
            if totals[c] is not None and totals[c] == stock.get(S.STOCK, district=d)
        }
    return _table(
        "population.age", "Altersgruppe und Stadtbezirk", "Altersgruppe", labels, [*rows, ("Summe", totals)], counts,
        definition="Alter am Stichtag in vollendeten Jahren. Beide Staatsangehörigkeiten zusammen.",
        additive_rows=True, additive_columns=len(districts) > 1, shares=shares,
    )  # fmt: skip


def _residence_table(counts, stock):
    columns = [N.BULGARIAN, N.ROMANIAN, N.BOTH]
    if counts.get(S.RESIDENCE, STAYS[0], N.BULGARIAN) is None:
        columns = [N.BOTH]
    rows = [(c.label, [counts.get(S.RESIDENCE, c, n) for n in columns]) for c in STAYS]
    totals = [None if None in column else sum(column) for column in zip(*(v for _, v in rows), strict=True)]
    shares = {}
    if counts.as_of and counts.as_of == stock.as_of:
        shares = {
            (len(rows), c): stock_name(stock.as_of, n, D.CITY)
            for c, n in enumerate(columns)
            if totals[c] is not None and totals[c] == stock.get(S.STOCK, nationality=n)
        }
    return _table(
        "population.residence", "Aufenthaltsdauer in Herne", "seit dem Einzug", [n.label for n in columns],
        [*rows, ("Summe", totals)], counts,
        definition="Zeit seit dem jetzigen Einzug nach Herne, nicht seit der Einreise nach Deutschland.",
        additive_rows=True, additive_columns=len(columns) > 1, shares=shares,
    )  # fmt: skip


def _balance_table(quarter, stock, moves, before):
    """T4: the identity with the printed rest. Only when both stocks and all movements are there."""
    if stock.as_of != quarter.end:
        return None
    columns = []
    for nationality in (N.BULGARIAN, N.ROMANIAN, N.BOTH):
        balance = _balance(nationality, stock, moves, before)
        if balance is not None:
            columns.append((nationality, balance))
    if not columns:
        return None
    if len(columns) < 3:
        columns = [entry for entry in columns if entry[0] == N.BOTH] or columns[:1]
    rows = [
        (f"Bestand am {day(before.as_of)}", "before", 1),
        ("+ Geburten", "births", 1),
        ("+ Zuzüge", "arrivals", 1),
        ("− Wegzüge", "departures", -1),
        ("− Sterbefälle", "deaths", -1),
        ("± Wechsel der Staatsangehörigkeit", "nationality", 1),
        ("− Abmeldungen von Amts wegen", "deregistered", -1),
        ("± Rest", "rest", 1),
        (f"Bestand am {day(quarter.end)}", "now", 1),
    ]
    shares = {}
    for c, (nationality, _) in enumerate(columns):
        shares[(0, c)] = stock_name(before.as_of, nationality, D.CITY)
        shares[(8, c)] = stock_name(stock.as_of, nationality, D.CITY)
    return _table(
        "population.balance", "Bewegung im Quartal", "Bestand und Bewegung", [n.label for n, _ in columns],
        [(label, [getattr(balance, name) for _, balance in columns]) for label, name, _ in rows], moves,
        definition="Bestand = Bestand des Vorquartals + Geburten + Zuzüge − Wegzüge − Sterbefälle ± Wechsel der "
        "Staatsangehörigkeit − Abmeldungen von Amts wegen ± Rest. Der Rest zeigt, was das Register ohne gezählte "
        "Bewegung geändert hat, zum Beispiel Nachmeldungen.",
        additive_rows=True, additive_columns=len(columns) == 3, shares=shares,
        signs={number: sign for number, (_, _, sign) in enumerate(rows) if sign < 0},
        signed_rows=(5, 7), neutral_rows=(7,),
    )  # fmt: skip


def _balance(nationality, stock, moves, before):
    values = {
        "before": before.get(S.STOCK, nationality=nationality),
        "now": stock.get(S.STOCK, nationality=nationality),
        "births": moves.get(S.MOVEMENT, C.BIRTHS, nationality),
        "arrivals": moves.get(S.MOVEMENT, C.ARRIVALS, nationality),
        "departures": moves.get(S.MOVEMENT, C.DEPARTURES, nationality),
        "deaths": moves.get(S.MOVEMENT, C.DEATHS, nationality),
        "nationality": moves.get(S.MOVEMENT, C.NATIONALITY, nationality),
        "deregistered": moves.get(S.MOVEMENT, C.DEREGISTERED, nationality),
    }
    return None if None in values.values() else Balance(**values)


def _stated(quarter, stock, ages, stays):
    """What papers say in words, as long as nothing more exact is known. Every row carries its own Stand."""
    wanted = [
        ("Bestand", {"subject": S.STOCK}, stock),
        *((f"Anteil {c.label}", {"subject": S.AGE, "category": c}, ages) for c in AGES),
        ("Anteil drei Jahre und länger in Herne", {"subject": S.RESIDENCE, "category": C.STAY_LONG}, stays),
    ]
    rows = []
    for label, where, counts in wanted:
        row = _stated_row(quarter.end, **where)
        if _newer(row, counts):
            rows.append([label, row.quote, _percent(row), day(row.as_of), row.source])
    if not rows:
        return None
    return TextRows(
        key="population.stated", section=Section.POPULATION, title="Angaben aus Vorlagen",
        columns=["Was", "Wortlaut", "in Prozent, etwa", "Stand", "Quelle"], rows=rows, source="öffentliche Vorlagen",
        as_of=quarter.end,
    )  # fmt: skip


def _percent(row):
    return "–" if row.share is None else f"{number(rounded(row.share, 0).normalize())} %"
