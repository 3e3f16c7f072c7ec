"""Requests for information: purpose, basis, question, answer; opened only when the asked department says so; logged."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from objects.models import InformationRequest, LegalBasis
from objects.proceedings.defaults import ensure_legal_bases
from soe.audit.models import ReadLog
from soe.web.notices.models import Notice
from soe.web.registry import search, timeline
from tests.factories.core import member, somebody
from tests.factories.proceedings import MeasureFactory, ProceedingFactory, RequestFactory

pytestmark = pytest.mark.django_db
READER = ("register.view", "proceeding.view")
CANARY = "Kanarienvogel"


@pytest.fixture
def basis():
    with somebody():
        ensure_legal_bases()
    return LegalBasis.objects.for_requests().first()


def hidden():
    return ProceedingFactory(internal=True, subject=CANARY, file_number=f"{CANARY}-1", note=CANARY)


def test_without_basis_purpose_and_question_nothing_is_asked(client, basis):
    row = hidden()
    client.force_login(member(*READER))
    url = reverse("objects:request_create", args=[row.pk])
    whole = {"purpose": "Kontrolle", "question": "Wohnt dort jemand?", "legal_basis": basis.pk}
    for name in whole:
        page = client.post(url, {key: value for key, value in whole.items() if key != name})
        assert page.status_code == 200
        assert CANARY not in page.content.decode()
    order = LegalBasis.objects.for_orders().first()
    assert client.post(url, whole | {"legal_basis": order.pk}).status_code == 200  # not on the list
    assert not InformationRequest.objects.exists()
    client.post(url, whole)
    assert InformationRequest.objects.get().legal_basis == basis


def test_an_answer_in_words_opens_nothing(client):
    row = hidden()
    request = RequestFactory(proceeding=row)
    asking = member(*READER, department=request.asking_department)
    client.force_login(member(*READER, "proceeding.change", department=row.department))
    url = reverse("objects:request_accept", args=[request.pk])
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    assert "braucht die Auskunft eine Antwort" in client.post(url, {"how": "words"}).content.decode()
    client.post(url, {"how": "words", "answer": "Ja, zwei Haushalte.", "expires_on": until})
    request.refresh_from_db()
    assert (request.state, request.expires_at) == ("accepted", None)
    assert not row.department_grants.exists()
    client.force_login(asking)
    assert client.get(row.get_absolute_url()).status_code == 404
    assert "zwei Haushalte" in client.get(request.get_absolute_url()).content.decode()
    with pytest.raises(ValidationError):
        RequestFactory().accept(by=asking)


def test_the_answer_is_read_by_the_two_departments_and_nobody_else(client):
    request = RequestFactory(question="Frage", answer=CANARY, state="accepted", answered_at=timezone.now())
    for person, status in (
        (member(*READER, department=request.asking_department), 200),
        (member(*READER, department=request.asked_department), 200),
        (member(*READER, "register.steer"), 404),
    ):
        client.force_login(person)
        pages = [
            request.get_absolute_url(),
            reverse("web:history", args=["objects.informationrequest", request.pk]),
        ]
        for address in pages:
            answer = client.get(address)
            assert answer.status_code == status
            assert (CANARY in answer.content.decode()) == (status == 200)
        assert (CANARY in client.get("/auskunft/?export=csv").getvalue().decode()) is False


def test_every_look_at_a_request_and_at_what_it_opened_is_logged(client):
    row = hidden()
    request = RequestFactory(proceeding=row)
    asking = member(*READER, department=request.asking_department)
    request.accept(by=member(department=row.department), expires_at=timezone.now() + timedelta(days=7))
    client.force_login(asking)
    client.get(request.get_absolute_url())
    client.get(row.get_absolute_url())
    looks = ReadLog.objects.filter(user_id=asking.pk, kind="view")
    assert {(look.model, look.object_id, look.basis) for look in looks} == {
        ("objects.informationrequest", request.pk, "Auskunftsersuchen"),
        ("objects.proceeding", row.pk, "Auskunftsersuchen"),
    }
    # Negative control: who reads it by right, in her own department, leaves no such line.
    own = member(*READER, department=row.department)
    client.force_login(own)
    assert client.get(row.get_absolute_url()).status_code == 200
    assert not ReadLog.objects.filter(user_id=own.pk, model="objects.proceeding").exists()


def test_stub_search_timeline_and_notices_tell_nothing_of_an_internal_proceeding(client, basis):
    row = hidden()
    stranger = member(*READER, "complaint.view", "measure.change")
    boss = member(*READER, "proceeding.change", department=row.department)
    client.force_login(stranger)
    client.post(
        reverse("objects:request_create", args=[row.pk]),
        {"purpose": CANARY, "question": CANARY, "legal_basis": basis.pk},
    )
    pages = [
        row.property.get_absolute_url(),
        "/verfahren/",
        "/verfahren/?export=csv",
        reverse("objects:property_tab", args=[row.property.pk, "zeitleiste"]),
        f"/suche/?q={CANARY}",
        "/hinweise/",
    ]
    for address in pages:
        answer = client.get(address, follow=True)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert CANARY not in text.replace(f"q={CANARY}", "").replace(f'value="{CANARY}"', "").replace(
            f"„{CANARY}“", ""
        ), address
    assert not search.find(stranger, {"proceeding.view", "register.view"}, CANARY)
    stubs = [entry for entry in timeline.entries(type(row.property), stranger, row.property) if entry.stub]
    assert CANARY not in f"{stubs}"
    titles = [notice.title for notice in Notice.objects.shown_to(boss)]
    assert titles
    assert CANARY not in "".join(titles)
    # Negative control: for those who may read it, the word is there.
    client.force_login(boss)
    assert CANARY in client.get("/verfahren/").content.decode()


def test_the_stub_of_a_measure_can_be_asked_about_and_is_answered_in_words(client, basis):
    row = MeasureFactory(internal=True, what=CANARY)
    asking = member(*READER)
    client.force_login(asking)
    url = reverse("objects:measure_request_create", args=[row.pk])
    tab = reverse("objects:property_tab", args=[row.property_id, "verfahren"])
    assert url in client.get(tab).content.decode()
    values = {"purpose": "Kontrolle", "question": "Was ist geplant?", "legal_basis": basis.pk}
    page = client.post(url, values, follow=True).content.decode()
    assert CANARY not in page + client.get(tab).content.decode() + client.get("/auskunft/").content.decode()
    request = InformationRequest.objects.get()
    assert (request.measure, request.proceeding, request.house) == (row, None, row.property)
    assert "schon eine offene Anfrage" in client.post(url, values).content.decode()
    boss = member(*READER, "proceeding.change", department=row.department)
    client.force_login(boss)
    assert "bittet um Auskunft" in client.get("/").content.decode()
    assert CANARY in client.get(request.get_absolute_url()).content.decode()  # her own measure
    accept = reverse("objects:request_accept", args=[request.pk])
    client.post(accept, {"how": "look", "expires_on": "2026-12-20", "answer": "Reinigung im Dezember"})
    request.refresh_from_db()
    assert (request.state, request.answer, request.expires_at) == ("accepted", "Reinigung im Dezember", None)
    with pytest.raises(ValidationError, match="keine Einsicht"):
        InformationRequest(measure=row).accept(by=boss, expires_at=timezone.now() + timedelta(days=3))
    client.force_login(asking)
    assert client.get(row.get_absolute_url()).status_code == 404
    client.force_login(member(*READER, department=row.department))
    assert client.get(url).status_code == 404  # who reads it need not ask
