"""Who reads a proceeding, who only learns that there is one, and what a stub may say."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from objects.models import InformationRequest, LegalBasis, Measure, Proceeding
from objects.proceedings.defaults import ensure_legal_bases
from objects.proceedings.models.proceedings import ProceedingStub
from objects.proceedings.selectors import stubs_of
from objects.proceedings.services import ask_for_information, open_proceeding, record_check
from soe.web.registry import timeline
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.proceedings import (
    ItemFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
    RequestFactory,
)
from tests.factories.register import ParticipationFactory, PropertyFactory

pytestmark = pytest.mark.django_db
READER = ("register.view", "proceeding.view", "complaint.view", "inspection.view", "owner.view")
CANARY = "Zimtschnecke"


def sees(person, row):
    return type(row).objects.restrict(person, "view").filter(pk=row.pk).exists()


def test_open_proceedings_are_read_by_everyone_in_the_register():
    assert sees(member("proceeding.view"), ProceedingFactory())
    assert not sees(member("register.view"), ProceedingFactory())


def test_participating_ones_are_read_by_those_who_act_at_the_property():
    row = ProceedingFactory(participating=True, department=DepartmentFactory())
    joining, offered, closed = (
        ParticipationFactory(property=row.property, accepted=True),
        ParticipationFactory(property=row.property),
        ParticipationFactory(property=row.property, closed=True),
    )
    assert sees(member("proceeding.view", department=joining.department), row)
    assert sees(member("proceeding.view", department=row.property.lead_department), row)
    assert not sees(member("proceeding.view", department=offered.department), row)
    assert not sees(member("proceeding.view", department=closed.department), row)
    assert not sees(member("proceeding.view"), row)


def test_internal_ones_are_read_by_their_own_department_only():
    row = ProceedingFactory(internal=True, department=DepartmentFactory())
    joining = ParticipationFactory(property=row.property, accepted=True)
    assert sees(member("proceeding.view", department=row.department), row)
    assert not sees(member("proceeding.view", department=joining.department), row)
    assert not sees(member("proceeding.view", department=row.property.lead_department), row)


def test_a_new_proceeding_takes_the_usual_visibility_of_its_department():
    house = PropertyFactory(lead_department=DepartmentFactory(default_visibility="internal"))
    person = member("proceeding.change", department=house.lead_department)
    row = open_proceeding(
        house, by=person, department=house.lead_department, subject="Hilfe", file_number="51-1"
    )
    assert row.visibility == "internal"


def test_a_measure_is_never_shown_wider_than_its_proceeding():
    row = ProceedingFactory(internal=True, department=DepartmentFactory())
    measure = MeasureFactory(
        property=row.property, proceeding=row, department=row.department, visibility="open"
    )
    assert not sees(member("proceeding.view"), measure)
    assert sees(member("proceeding.view", department=row.department), measure)
    assert sees(member("proceeding.view"), MeasureFactory())


def test_a_stub_has_exactly_these_fields():
    assert [field.name for field in fields(ProceedingStub)] == [
        "id",
        "property_id",
        "department",
        "kind",
        "status",
        "opened_on",
        "closed_on",
    ]
    assert ProceedingStub.COLUMNS == ("id", "property_id", "department__short_name")


def test_stubs_stand_for_exactly_what_the_reader_may_not_read():
    hidden = ProceedingFactory(internal=True, department=DepartmentFactory(short_name="FB 51"))
    ProceedingFactory(property=hidden.property)
    measure = MeasureFactory(property=hidden.property, internal=True, department=hidden.department)
    person = member("proceeding.view")
    stubs = stubs_of(hidden.property, user=person)
    assert {(stub.id, stub.kind, stub.department, stub.status) for stub in stubs} == {
        (hidden.pk, "Verfahren", "FB 51", "laufend"),
        (measure.pk, "Maßnahme", "FB 51", "offen"),
    }
    assert stubs_of(hidden.property, user=member("proceeding.view", department=hidden.department)) == []


def test_without_the_right_to_see_proceedings_there_are_no_stubs_either():
    hidden = ProceedingFactory(internal=True)
    assert Proceeding.objects.stubs_for(member("register.view")) == []
    assert Measure.objects.stubs_for(member("register.view")) == []
    assert hidden.pk


def canary_house():
    """A house at which FB 51 does something; the canary stands in every text field of it."""
    department = DepartmentFactory(short_name="FB 51", default_visibility="internal")
    house = PropertyFactory()
    ParticipationFactory(property=house, department=department, accepted=True)
    row = ProceedingFactory(
        property=house,
        department=department,
        visibility="internal",
        subject=f"{CANARY} Gegenstand",
        file_number=f"{CANARY}-1",
        note=CANARY,
    )
    order = OrderFactory(proceeding=row, enforceable=True, title=CANARY, no_hearing_because=CANARY)
    item = ItemFactory(order=order, text=CANARY)
    record_check(item, by=member(department=department), on=date(2026, 10, 20), fulfilled=False, note=CANARY)
    item.suspend(by=member(), court=CANARY, reference=CANARY, on=date(2026, 11, 1))
    measure = MeasureFactory(
        property=house, department=department, proceeding=row, visibility="internal", what=CANARY
    )
    late = MeasureFactory(
        property=house, department=department, visibility="internal", what=CANARY, overdue=True
    )
    RequestFactory(proceeding=row, purpose=CANARY)
    return house, row, item, measure, late


def test_nothing_of_a_hidden_proceeding_appears_anywhere_for_others(client):
    house, row, item, measure, _ = canary_house()
    person = member(*READER, "complaint.record", "proceeding.change", "measure.change", "register.change")
    client.force_login(person)
    pages = [
        reverse("web:start"),
        reverse("objects:property_list"),
        house.get_absolute_url(),
        reverse("objects:property_tab", args=[house.pk, "verfahren"]),
        reverse("objects:property_tab", args=[house.pk, "zeitleiste"]),
        reverse("web:history", args=["objects.property", house.pk]),
        reverse("objects:proceeding_list"),
        reverse("objects:proceeding_list") + "?export=csv",
        reverse("objects:measure_list"),
        reverse("objects:measure_list") + "?export=csv",
        reverse("objects:request_list"),
        reverse("objects:request_create", args=[row.pk]),
        reverse("web:search") + "?q=FB",
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert CANARY not in content.decode(), page
    # What somebody typed comes back in its own field; the record must not.
    for page in (reverse("objects:proceeding_list") + "?text=", reverse("web:search") + "?q="):
        assert str(row.pk) not in client.get(page + CANARY).content.decode()
    hidden = [
        row.get_absolute_url(),
        reverse("objects:proceeding_update", args=[row.pk]),
        reverse("objects:order_create", args=[row.pk]),
        reverse("objects:check_create", args=[item.pk]),
        reverse("objects:measure_detail", args=[measure.pk]),
        reverse("web:history", args=["objects.proceeding", row.pk]),
        reverse("web:history", args=["objects.orderitem", item.pk]),
        reverse("web:history", args=["objects.measure", measure.pk]),
    ]
    assert {client.get(page).status_code for page in hidden} == {404}


def test_the_stub_is_shown_instead_with_a_way_to_ask(client):
    house, row, *_ = canary_house()
    client.force_login(member(*READER))
    page = client.get(house.get_absolute_url()).content.decode()
    assert "FB 51 – Vorgang vorhanden" in page
    assert reverse("objects:request_create", args=[row.pk]) in page


def test_the_own_department_reads_everything(client):
    house, row, *_ = canary_house()
    client.force_login(member(*READER, department=row.department))
    assert CANARY in client.get(house.get_absolute_url()).content.decode()
    assert client.get(row.get_absolute_url()).status_code == 200


def test_the_timeline_tells_a_stranger_only_that_and_when():
    house, row, *_ = canary_house()
    entries = timeline.entries(type(house), member(*READER), house)
    stubs = [entry for entry in entries if entry.stub]
    assert {(entry.at, entry.department) for entry in stubs} >= {(row.opened_on, "FB 51")}
    assert all(CANARY not in f"{entry.title}{entry.text}{entry.url}" for entry in entries)


def test_the_summary_of_a_property_names_an_internal_deadline_without_its_content():
    house, *_ = canary_house()
    house.refresh_from_db()
    assert house.summary.next_title == "Frist bei FB 51"
    assert house.summary.next_url == ""


# --- asking ----------------------------------------------------------------------------------------------------------


def test_an_accepted_request_opens_the_proceeding_until_it_expires():
    row = ProceedingFactory(internal=True)
    asking = member("proceeding.view")
    request = ask_for_information(
        row, by=asking, asking_department=asking.departments.get(), purpose="Kontrolle am 25.11."
    )
    assert not sees(asking, row)
    request.accept(by=member(department=row.department), expires_at=timezone.now() + timedelta(days=7))
    assert sees(asking, row)
    assert sees(member("proceeding.view", department=asking.departments.get()), row)
    assert not sees(member("proceeding.view"), row)
    grant = row.department_grants.get()
    assert grant.basis == "request"
    grant.valid_until = timezone.now() - timedelta(seconds=1)
    with somebody():
        grant.save()
    assert not sees(asking, row)


def test_a_view_ended_early_is_gone_with_the_next_click():
    row = ProceedingFactory(internal=True)
    asking = member("proceeding.view")
    request = RequestFactory(proceeding=row, asking_department=asking.departments.get())
    boss = member()
    request.accept(by=boss, expires_at=timezone.now() + timedelta(days=7))
    assert sees(asking, row)
    request.end(by=boss, reason="Zweck ist erfüllt")
    assert not sees(asking, row)


def test_a_declined_request_opens_nothing():
    row = ProceedingFactory(internal=True)
    asking = member("proceeding.view")
    request = RequestFactory(proceeding=row, asking_department=asking.departments.get())
    request.decline(by=member(), answer="Dafür gibt es keine Rechtsgrundlage.")
    assert not sees(asking, row)


def test_a_view_lasts_at_most_half_a_year():
    request = RequestFactory()
    with pytest.raises(Exception, match="180 Tage"):
        request.accept(by=member(), expires_at=timezone.now() + timedelta(days=200))
    assert InformationRequest.objects.get(pk=request.pk).state == "asked"


def test_only_the_two_departments_see_a_request():
    request = RequestFactory()
    assert sees(member("proceeding.view", department=request.asking_department), request)
    assert sees(member("proceeding.view", department=request.asked_department), request)
    assert not sees(member("proceeding.view"), request)


def test_one_department_asks_once_at_a_time():
    request = RequestFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestFactory(proceeding=request.proceeding, asking_department=request.asking_department)


def test_asking_for_a_readable_or_unknown_proceeding_is_not_found(client):
    person = member(*READER)
    client.force_login(person)
    assert client.get(reverse("objects:request_create", args=[ProceedingFactory().pk])).status_code == 404
    assert client.get(reverse("objects:request_create", args=[member().pk])).status_code == 404


def test_asking_and_answering_on_the_pages(client):
    row = ProceedingFactory(internal=True)
    asking = member(*READER)
    client.force_login(asking)
    with somebody():
        ensure_legal_bases()
    basis = LegalBasis.objects.for_requests().first()
    answer = client.post(
        reverse("objects:request_create", args=[row.pk]),
        {"purpose": "Kontrolle am 25.11.", "question": "Wohnt dort jemand?", "legal_basis": basis.pk},
    )
    request = InformationRequest.objects.get()
    assert answer.url == request.get_absolute_url()
    assert client.get(answer.url).status_code == 200
    assert client.get(reverse("objects:request_accept", args=[request.pk])).status_code == 403
    boss = member("proceeding.view", "proceeding.change", department=row.department)
    client.force_login(boss)
    page = client.get(reverse("web:start")).content.decode()
    assert "bittet um Auskunft" in page
    until = timezone.localdate() + timedelta(days=10)
    client.post(
        reverse("objects:request_accept", args=[request.pk]),
        {"how": "look", "expires_on": until.isoformat(), "answer": "Ja"},
    )
    client.force_login(asking)
    assert client.get(row.get_absolute_url()).status_code == 200
