"""Recurring measures: the next one exactly once, on completion or by the calendar; dissent with what is still open."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from objects.models import Measure, MeasureLink, MeasureSeries
from objects.proceedings.models.dissent import in_dissent
from objects.proceedings.models.series import add_by_timetable
from objects.proceedings.services import add_measure, link_measure
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.inspections import FindingFactory, InspectionFactory
from tests.factories.proceedings import ItemFactory, MeasureFactory, OrderFactory, ProceedingFactory
from tests.factories.register import PropertyFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 7)  # a Monday


def recurring(*, every=4, unit="weeks", until=date(2026, 12, 31), created="completion", due=DAY):
    house = PropertyFactory()
    return add_measure(
        house,
        by=member("measure.change", department=house.lead_department),
        department=house.lead_department,
        kind="waste",
        what="Hof reinigen",
        due_on=due,
        on=DAY - timedelta(days=7),
        repeat={"every": every, "unit": unit, "until": until, "created": created},
    )


def test_the_next_one_comes_when_the_last_is_done_and_keeps_the_rhythm():
    row, person = recurring(), member()
    row.complete(by=person, on=DAY + timedelta(days=2), effect="better")
    following = Measure.objects.get(occurrence=2)
    assert (following.due_on, following.original_due_on) == (date(2026, 10, 5), date(2026, 10, 5))
    assert (following.what, following.department, following.visibility) == (
        row.what,
        row.department,
        row.visibility,
    )
    following.complete(by=person, on=date(2026, 11, 4), effect="better")  # after the date of the third
    assert Measure.objects.get(occurrence=3).due_on == date(2026, 11, 30)


def test_completing_again_after_reopening_adds_no_second_successor():
    row, person = recurring(), member()
    row.complete(by=person, on=DAY, effect="better")
    row.reopen(by=person, reason="doch nicht")
    row.complete(by=person, on=DAY, effect="better")
    assert Measure.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic(), somebody():  # the database counts too
        MeasureFactory(series=row.series, occurrence=2)


def test_the_rule_ends_with_its_last_day_or_by_hand():
    row, person = recurring(until=DAY + timedelta(days=20)), member()
    row.complete(by=person, on=DAY, effect="better")
    assert Measure.objects.count() == 1
    assert MeasureSeries.objects.get().ended_on
    other = recurring()
    other.series.end(by=person, reason="Eigentümer hat einen Hausmeister")
    other.complete(by=person, on=DAY, effect="solved")
    assert not Measure.objects.filter(occurrence=2).exists()
    with pytest.raises(ValidationError, match="schon beendet"):
        other.series.end(by=person, reason="noch einmal")


@pytest.mark.parametrize(
    ("unit", "every", "due", "n", "expected"),
    [
        ("months", 1, date(2026, 1, 31), 1, date(2026, 3, 2)),  # 28 February is a Saturday
        ("months", 3, date(2026, 8, 31), 1, date(2026, 11, 30)),
        ("weeks", 4, date(2026, 11, 27), 1, date(2026, 12, 28)),  # 25 December is a holiday
    ],
)
def test_days_of_a_rule_fall_on_working_days(unit, every, due, n, expected):
    assert MeasureSeries(first_due=due, every=every, unit=unit).date_of(n) == expected


def test_the_timetable_creates_two_weeks_ahead_once_and_makes_nothing_up():
    row, person = recurring(created="timetable"), member()
    assert add_by_timetable(person, today=date(2026, 9, 20)) == 0  # due on 5 October
    assert add_by_timetable(person, today=date(2026, 9, 21)) == 1
    assert add_by_timetable(person, today=date(2026, 9, 21)) == 0
    row.complete(by=person, on=DAY, effect="better")
    assert Measure.objects.count() == 2  # completing adds nothing here
    assert add_by_timetable(person, today=date(2026, 11, 28)) == 1  # slept through two
    assert list(Measure.objects.order_by("occurrence").values_list("due_on", flat=True))[-1] == date(
        2026, 11, 30
    )


# --- dissent ----------------------------------------------------------------------------------------------------------


def done(**values):
    return MeasureFactory(done=True, **values)


def contradicted(person, row):
    return Measure.objects.filter(in_dissent(person), pk=row.pk).exists()


READER = ("proceeding.view", "inspection.view", "register.view")


def finding_at(house, **values):
    return FindingFactory(inspection=InspectionFactory(property=house), **values)


def test_done_with_an_open_finding_or_item_is_a_contradiction_until_somebody_says_why():
    row, reader, by = done(), member(*READER), member()
    item = ItemFactory(order=OrderFactory(proceeding=ProceedingFactory(property=row.property)))
    assert not contradicted(reader, row)
    link_measure(row, by=by, items=[item], among_items=[item])
    assert contradicted(reader, row)
    item.fulfil(by=by, on=date(2026, 11, 1))
    assert not contradicted(reader, row)
    finding = finding_at(row.property, visibility="open")
    link_measure(row, by=by, findings=[finding], among_findings=[finding])
    assert contradicted(reader, row)
    row.refresh_from_db()
    row.resolve_dissent(by=by, reason="Der Rest gehört der Bauordnung.")
    assert not contradicted(reader, row)
    row.reopen(by=by, reason="doch offen")
    row.complete(by=by, on=timezone.localdate(), effect="better")
    assert contradicted(reader, row)  # a new report is a new contradiction


def test_a_finding_that_led_to_the_measure_counts_without_a_link():
    row = done()
    finding = finding_at(row.property, visibility="open")
    with somebody():
        finding.measure = row
        finding.save()
    assert contradicted(member(*READER), row)


def test_an_internal_finding_contradicts_nothing_for_others(client):
    """Neither list nor page nor property says that there is something."""
    row = done()
    secret = finding_at(
        row.property,
        department=DepartmentFactory(),
        visibility="internal",
        text="Zimtschnecke",
        place="Zimtkeller",
    )
    link_measure(row, by=member(), findings=[secret], among_findings=[secret])
    other, own = member(*READER), member(*READER, department=secret.department)
    assert not contradicted(other, row)
    assert not MeasureLink.objects.restrict(other, "view").exists()
    assert contradicted(own, row)
    pages = (row.get_absolute_url(), row.property.get_absolute_url(), reverse("objects:measure_list"))
    for page in pages:
        client.force_login(other)
        text = client.get(page).content.decode()
        assert "Widerspruch:" not in text
        assert "Zimt" not in text
    client.force_login(own)
    assert "Zimtkeller" in client.get(pages[0]).content.decode()
    assert "Widerspruch:" in client.get(pages[1]).content.decode()


def test_links_outside_of_what_was_offered_stay():
    row, by = done(), member()
    shown, hidden = finding_at(row.property), finding_at(row.property)
    link_measure(row, by=by, findings=[hidden], among_findings=[hidden])
    link_measure(row, by=by, findings=[shown], among_findings=[shown])
    assert row.links.count() == 2
    link_measure(row, by=by, findings=[], among_findings=[shown])
    assert row.links.get().finding == hidden


@time_machine.travel("2026-11-27 10:00:00+01:00", tick=False)
def test_measures_are_repeated_linked_and_cleared_on_their_pages(client):
    house = PropertyFactory()
    person = member(*READER, "measure.change", "proceeding.change", department=house.lead_department)
    client.force_login(person)
    create = reverse("objects:measure_create", args=[house.pk])
    values = {
        "what": "Tonnen prüfen", "kind": "waste", "due_on": "2026-12-01", "visibility": "open", "repeat": "2w",
        "responsible": person.pk,
    }  # fmt: skip
    assert "bis wann" in client.post(create, values).content.decode()
    assert client.post(create, values | {"repeat_until": "2027-03-01"}).status_code == 302
    row = Measure.objects.get()
    assert row.responsible == person
    finding = finding_at(house, visibility="open")
    foreign = finding_at(PropertyFactory(), visibility="open")
    link = reverse("objects:measure_link", args=[row.pk])
    assert client.post(link, {"findings": [foreign.pk]}).status_code == 200  # not offered
    assert client.post(link, {"findings": [finding.pk]}).status_code == 302
    client.post(reverse("objects:measure_complete", args=[row.pk]), {"on": "2026-11-27", "effect": "solved"})
    assert Measure.objects.get(occurrence=2).due_on == date(2026, 12, 15)
    assert "alle 2 Wochen" in client.get(row.get_absolute_url()).content.decode()
    listed = client.get(reverse("objects:measure_list") + "?ansicht=widerspruch").content.decode()
    assert "Verknüpftes ist offen" in listed
    assert "1 Maßnahme" in listed
    client.post(reverse("objects:measure_dissent", args=[row.pk]), {"reason": "Rest macht die HGW"})
    assert "Rest macht die HGW" in client.get(row.get_absolute_url()).content.decode()
    client.post(reverse("objects:series_end", args=[row.series_id]), {"reason": "reicht"})
    assert MeasureSeries.objects.get().ended_on == date(2026, 11, 27)
