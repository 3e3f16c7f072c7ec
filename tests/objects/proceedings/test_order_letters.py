"""Letters of a proceeding name what the ladder knows: items, service, check, amount, payment deadline."""

from datetime import date

import pytest

from objects.models import Proceeding
from soe.web.letters import sources
from soe.web.letters.placeholders import check
from tests.factories.core import member
from tests.factories.proceedings import CheckFactory, ItemFactory, StepFactory

pytestmark = pytest.mark.django_db


def test_a_penalty_notice_is_filled_from_what_is_documented():
    item = ItemFactory(number=1)
    CheckFactory(item=item)
    StepFactory(item=item, amount=2500, payment_due=date(2026, 12, 1))
    row = item.order.proceeding
    values = sources.values(row, member("proceeding.view"), row.department)
    assert values["punkte"].startswith("1. Die Haustür ist instand zu setzen. Frist: 16.10.2026.")
    assert (values["zugestellt"], values["nachkontrolle"], values["zahlbar_bis"]) == (
        "03.09.2026",
        "20.10.2026",
        "01.12.2026",
    )
    assert values["zwangsgeld"].replace("\xa0", " ") == "2.500,00 €"
    assert values["punkt_offen"] == "1. Die Haustür ist instand zu setzen."


def test_every_template_of_proceedings_names_only_what_is_allowed():
    allowed = sources.allowed(Proceeding._meta.label_lower)
    templates = sources.source_for(Proceeding).templates
    assert {name for name, _, _ in templates} >= {
        "Anhörung nach § 28 VwVfG NRW",
        "Ordnungsverfügung",
        "Androhung eines Zwangsgeldes",
        "Festsetzung eines Zwangsgeldes",
    }
    for _, subject, body in templates:
        check(subject, allowed)
        check(body, allowed)
