"""Population figures that public papers of the city state, with the words of the paper. Used by the demo and by tests.

Vorlage 2023/1062, "Umsetzung der Strategie Zuwanderung aus Südosteuropa": all figures are rounded by the paper itself,
so each is marked as approximate. The paper counts "zwischen 18 und 45 Jahre"; our class ends at 44.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from .population.models import Category, Nationality, PopulationFigure, Subject

SOURCE = "Vorlage 2023/1062"
# "Zum Zeitpunkt des Beschlusses der neuen Strategie": the paper names the year; the fall begins "Mitte letzten Jahres".
DECISION_2022 = date(2022, 6, 30)
JANUARY_2023 = date(2023, 1, 31)
JUNE_2023 = date(2023, 6, 30)
DECEMBER_2022 = date(2022, 12, 31)


class Stated(NamedTuple):
    as_of: date
    subject: str
    category: str
    count: int | None
    share: Decimal | None
    quote: str


FIGURES_2023_1062 = [
    Stated(DECISION_2022, Subject.STOCK, "", 4000, None, "annähernd 4.000"),
    Stated(JANUARY_2023, Subject.STOCK, "", 3400, None, "ca. 3.400"),
    Stated(JUNE_2023, Subject.STOCK, "", 3200, Decimal(2), "knapp 3.200"),
    Stated(DECEMBER_2022, Subject.RESIDENCE, Category.STAY_LONG, None, Decimal(55), "rund 55 Prozent"),
    Stated(JUNE_2023, Subject.AGE, Category.AGE_0, None, Decimal(33), "rund ein Drittel"),
    Stated(JUNE_2023, Subject.AGE, Category.AGE_18, None, Decimal(50), "über die Hälfte, 18 bis 45 Jahre"),
    Stated(JUNE_2023, Subject.AGE, Category.AGE_65, None, Decimal(1), "nur etwa ein Prozent"),
]


@transaction.atomic
def enter_stated_figures() -> int:
    """Enter the figures of the paper once; returns how many were new. Needs an actor."""
    new = 0
    for stated in FIGURES_2023_1062:
        key = {
            "as_of": stated.as_of,
            "nationality": Nationality.BOTH,
            "district": "",
            "subject": stated.subject,
            "category": stated.category,
            "source": SOURCE,
        }
        if not PopulationFigure.objects.filter(**key).exists():
            figure = PopulationFigure(
                **key, count=stated.count, share=stated.share, approximate=True, quote=stated.quote
            )
            figure.full_clean()
            figure.save(reason=f"aus {SOURCE} übernommen")
            new += 1
    return new
