"""Population figures and reports of a small city."""

from datetime import date

import factory

from reports.population.models import Category, District, Nationality, PopulationFigure, Subject
from reports.services import build_report
from soe.web.figures import Quarter

from .core import AuditedFactory, member, somebody

Q3 = Quarter(2026, 3)
DISTRICTS = [District.WANNE, District.EICKEL, District.MITTE, District.SODINGEN]
# The table of the mock-up: rows of ages, columns of districts.
AGES = {
    Category.AGE_0: (521, 188, 247, 93),
    Category.AGE_18: (798, 301, 412, 150),
    Category.AGE_45: (194, 74, 97, 37),
    Category.AGE_65: (17, 9, 7, 3),
}


class PopulationFigureFactory(AuditedFactory):
    class Meta:
        model = PopulationFigure

    as_of = date(2026, 9, 30)
    nationality = Nationality.BOTH
    subject = Subject.STOCK
    count = 3148
    source = "Melderegister"

    class Params:
        stated = factory.Trait(approximate=True, quote="knapp 3.200", count=3200, source="Vorlage 2023/1062")


def enter(as_of, subject, values, *, nationality=Nationality.BOTH, category="", source="Melderegister"):
    """One figure per district, in the order of DISTRICTS."""
    for district, count in zip(DISTRICTS, values, strict=True):
        PopulationFigureFactory(
            as_of=as_of, subject=subject, category=category, nationality=nationality, district=district,
            count=count, source=source,
        )  # fmt: skip


def city_of_the_mock_up(as_of=date(2026, 9, 30)):
    """3.148 people by age and district; the total population beside it."""
    for category, values in AGES.items():
        enter(as_of, Subject.AGE, values, category=category)
    enter(as_of, Subject.STOCK, [sum(column) for column in zip(*AGES.values(), strict=True)])
    PopulationFigureFactory(as_of=as_of, nationality=Nationality.ALL, count=156_000)


def released(quarter=Q3, *, at, preparer=None, releaser=None):
    """A released report of `quarter` from the figures that are there."""
    preparer = preparer or member("report.prepare", "report.view")
    releaser = releaser or member("report.release", "report.view")
    report = build_report(quarter, by=preparer, at=at).report
    finish_texts(report)
    report.present(by=preparer, at=at)
    report.release(by=releaser, at=at)
    return report


def finish_texts(report, text="Dazu gibt es nichts Besonderes zu berichten."):
    with somebody():
        for row in report.texts.all():
            row.write(row.text or text, finished=True)
