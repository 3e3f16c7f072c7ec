"""What the apps really deliver fits into the report."""

from collections import Counter

import pytest

from reports import cube as cubes
from reports.freeze import canonical
from reports.presentation import ReportView
from soe.web.figures import Figure
from tests.factories.reports import Q3, city_of_the_mock_up

pytestmark = pytest.mark.django_db


def test_every_figure_and_every_table_of_every_app_has_a_key_of_its_own():
    parts = cubes.collect(Q3)
    keys = Counter((isinstance(part, Figure), part.key) for part in parts)
    assert [key for key, count in keys.items() if count > 1] == []
    areas = {part.key.split(".")[0] for part in parts}
    assert areas >= {"population", "register", "inspections", "complaints", "offers"}


def test_a_report_of_all_apps_can_be_built_shown_and_frozen():
    city_of_the_mock_up()
    cube, notes = cubes.build(Q3)
    assert notes["problems"] == []
    assert notes["unprotectable"] == []
    assert len(canonical(cube)) > 1000
    view = ReportView(cube)
    assert len(view.headlines) <= 8
    assert [section.number for section in view.sections] == [str(number) for number in range(1, 10)]
