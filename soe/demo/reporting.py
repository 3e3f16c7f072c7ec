"""Population figures of eight quarters and the reports on them: all released but the last one, which is in work.

What the papers state stands as they state it; the register counts by district and class are invented, in their range.
"""

from django.core.exceptions import ValidationError
from django.db import transaction

from reports.models import QuarterlyReport, SectionText
from reports.papers import enter_stated_figures
from reports.population.models import (
    AGES,
    MOVEMENTS,
    STAYS,
    Category,
    District,
    Nationality,
    PopulationFigure,
    Subject,
)
from reports.services import build_report
from soe.audit import bulk
from soe.audit.context import acting_as
from soe.web.figures import Quarter

SOURCE = "Melderegister (Beispielzahlen)"
DISTRICTS = {District.WANNE: 0.48, District.EICKEL: 0.18, District.MITTE: 0.25, District.SODINGEN: 0.09}
SHARE = {Nationality.BULGARIAN: 0.56, Nationality.ROMANIAN: 0.44}
AGE_SHARES = (0.33, 0.53, 0.13, 0.01)
STAY_SHARES = (0.14, 0.27, 0.22, 0.37)


def build(city):
    with acting_as(city.users["koordination"], reason="Demostadt"):
        enter_stated_figures()
        _population(city)
    last = Quarter.of(city.today).previous()
    for back in range(7, -1, -1):
        quarter = last.shift(-back)
        build_report(
            quarter, by=city.users["koordination"], at=city.moment(min(quarter.next().start, city.today), 6)
        )
        report = QuarterlyReport.objects.for_quarter(quarter).get()
        texts = list(report.texts.order_by("section"))
        with acting_as(city.users["koordination"]):
            for text in texts if back else texts[:-3]:
                text.write(
                    text.text or "Keine Besonderheiten in diesem Quartal.",
                    finished=True,
                    reason="Text fertig",
                )
        if back:
            report.refresh_from_db()
            _release(city, report, quarter)
    unfinished = SectionText.objects.exclude(state=SectionText.State.FINISHED).count()
    city.say(f"{QuarterlyReport.objects.count()} Quartalsberichte, {unfinished} Texte in Arbeit")


def _release(city, report, quarter):
    """Present and release, as two people. In a very small city the disclosure control may rightly refuse."""
    try:
        with transaction.atomic():
            report.present(by=city.users["koordination"], at=city.moment(quarter.next().start, 10))
            report.release(by=city.users["dezernat3"], at=city.moment(quarter.next().start, 16))
    except ValidationError as error:
        city.say(f"{quarter} bleibt in Arbeit: {' '.join(error.messages)[:120]}")


def _population(city):
    rng, rows = city.rng, []
    last = Quarter.of(city.today).previous()
    total = 3176
    before = None
    for back in range(8, -1, -1):
        quarter = last.shift(-back)
        total += rng.randint(-45, 18) if back < 8 else 0
        stock = {}
        for nationality, share in SHARE.items():
            for district, weight in DISTRICTS.items():
                count = round(total * share * weight) + rng.randint(-3, 3)
                stock[nationality, district] = count
                rows.append(_figure(quarter, nationality, district, Subject.STOCK, Category.NONE, count))
                for classes, shares, subject in (
                    (AGES, AGE_SHARES, Subject.AGE),
                    (STAYS, STAY_SHARES, Subject.RESIDENCE),
                ):
                    for category, part in zip(classes, _split(count, shares), strict=True):
                        rows.append(_figure(quarter, nationality, district, subject, category, part))
        rows.append(
            _figure(
                quarter,
                Nationality.ALL,
                District.CITY,
                Subject.STOCK,
                Category.NONE,
                157_300 + rng.randint(-400, 400),
            )
        )
        for nationality in SHARE:
            now = sum(count for (who, _), count in stock.items() if who == nationality)
            if before:
                rows += _movements(city, quarter, nationality, now - before[nationality])
        before = {n: sum(c for (who, _), c in stock.items() if who == n) for n in SHARE}
    bulk.create(rows, reason="Zahlen aus dem Melderegister (Beispiel)")


def _split(count, shares):
    parts = [round(count * share) for share in shares[:-1]]
    return [*parts, max(count - sum(parts), 0)]


def _movements(city, quarter, nationality, change):
    """Movements that add up to the change of the stock, up to a small rest that the report prints as such."""
    rng = city.rng
    births, deaths, nationality_changes = rng.randint(8, 16), rng.randint(0, 4), -rng.randint(0, 3)
    deregistered, arrivals = rng.randint(10, 45), rng.randint(90, 160)
    rest = rng.randint(-3, 3)
    departures = births + arrivals - deaths + nationality_changes - deregistered + rest - change
    values = dict(
        zip(MOVEMENTS, [births, arrivals, departures, deaths, nationality_changes, deregistered], strict=True)
    )
    return [
        _figure(quarter, nationality, District.CITY, Subject.MOVEMENT, category, count)
        for category, count in values.items()
    ]


def _figure(quarter, nationality, district, subject, category, count):
    return PopulationFigure(
        as_of=quarter.end, nationality=nationality, district=district, subject=subject, category=category,
        count=count, source=SOURCE,
    )  # fmt: skip
