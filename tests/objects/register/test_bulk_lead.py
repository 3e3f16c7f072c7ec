"""Many properties at once: the lead goes over by the rules of one, houses come onto a day and off again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.core import DepartmentFactory, member
from tests.factories.inspections import InspectionDayFactory, InspectionFactory
from tests.factories.register import PropertyFactory

pytestmark = pytest.mark.django_db
LIST = "/objekte/"


def preview(client, rows, action, **data):
    answer = client.post(LIST, {"aktion": action, "selected": [str(row.pk) for row in rows]})
    assert answer.status_code == 302
    return client.post(answer["Location"], {"schritt": "vorschau"} | data, follow=True)


def execute(client, page):
    run = page.context["run"]
    data = {"schritt": "ausfuehren", "pruefung": run.check_number, "form_token": page.context["form_token"]}
    client.post(run.get_absolute_url(), data, follow=True)
    return run


def take_back(client, run):
    page = client.get(run.get_absolute_url())
    data = {"schritt": "zuruecknehmen", "form_token": page.context["form_token"], "reason": "zurück"}
    return client.post(run.get_absolute_url(), data, follow=True)


def test_the_lead_goes_over_where_one_steers_and_comes_back(client):
    own, new = DepartmentFactory(short_name="Ordnung"), DepartmentFactory(short_name="Umwelt")
    member("register.change", department=new)
    client.force_login(member("register.view", "register.change", department=own))
    mine, foreign = PropertyFactory(lead_department=own), PropertyFactory(lead_department=DepartmentFactory())
    page = preview(client, [mine, foreign], "federfuehrung", department=new.pk, reason="Schwerpunkt Müll")
    assert ([len(page.context["fine"]), len(page.context["refused"])]) == [1, 1]
    # Who gives a house away cannot fetch it back; the coordination office can.
    client.force_login(member("register.view", "register.steer"))
    run = execute(
        client, preview(client, [mine], "federfuehrung", department=new.pk, reason="Schwerpunkt Müll")
    )
    mine.refresh_from_db()
    assert mine.lead_department == new
    assert mine.participations.active().get().department == own
    take_back(client, run)
    mine.refresh_from_db()
    assert (mine.lead_department, mine.lead_periods.count()) == (own, 3)


def test_houses_come_behind_those_already_planned_and_ten_are_too_many(client):
    own = DepartmentFactory()
    person = member("register.view", "inspection.view", "inspection.plan", department=own)
    client.force_login(person)
    day = InspectionDayFactory(lead=own, date=timezone.localdate() + timedelta(days=9))
    there = InspectionFactory(day=day, position=1, property=PropertyFactory())
    fresh = [PropertyFactory() for _ in range(2)]
    page = preview(client, [there.property, *fresh], "einsatztag", day=day.pk)
    assert [view.text for view in page.context["refused"]] == [
        "Das Objekt steht schon auf der Liste dieses Tages."
    ]
    run = execute(client, page)
    assert day.inspections.count() == 3
    assert day.inspections.get(property=there.property).position == 1
    take_back(client, run)
    assert [row.property_id for row in day.inspections.all()] == [there.property_id]


def test_who_plans_no_inspections_is_not_offered_the_day(client):
    client.force_login(member("register.view"))
    assert "Für Einsatztag vormerken" not in client.get(LIST).content.decode()
    assert client.post(LIST, {"aktion": "einsatztag", "selected": []}).status_code in (403, 404)
