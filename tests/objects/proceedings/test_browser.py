"""The pages of enforcement in Chromium: no axe finding, no sideways scrolling on a phone."""

from datetime import date

import pytest

from objects.models import OrderService
from objects.proceedings.services import link_measure
from tests.factories.core import member
from tests.factories.proceedings import (
    ClaimFactory,
    ItemFactory,
    LawsuitFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RIGHTS = (
    "register.view", "proceeding.view", "proceeding.change", "measure.change", "owner.view", "inspection.view",
    "register.steer",
)  # fmt: skip


def test_proceeding_deadlines_money_and_dissent_are_accessible_and_fit_a_phone(open_page, axe):
    row = ProceedingFactory(kind="unfit")
    order = OrderFactory(proceeding=row)
    item = ItemFactory(order=order, number=1)
    OrderService(
        order=order, recipient="Bewohner", role="resident", kind="deed", sent_on=date(2026, 9, 2)
    ).record(by=member())
    LawsuitFactory(order=order, items=[item], urgent="9 L 1/26")
    claim = ClaimFactory(proceeding=row, item=item)
    measure = MeasureFactory(property=row.property, department=row.department, done=True)
    link_measure(measure, by=member(), items=[item], among_items=[item])
    clerk = member(*RIGHTS, department=row.department)
    for path in (row.get_absolute_url(), claim.get_absolute_url(), measure.get_absolute_url(), "/fristen/"):
        page = open_page(path, user=clerk, width=390)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
