import io

import pikepdf
import pytest
from django.urls import reverse

from steering.models import Addendum, Attendance
from tests.factories.core import member
from tests.factories.steering import MeetingFactory, decided, running, system

pytestmark = pytest.mark.django_db


def test_calendar_file_is_sent_to_readers(client):
    meeting = MeetingFactory()
    client.force_login(member("steering.view"))
    response = client.get(reverse("steering:meeting_ics", args=[meeting.pk]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert response["Content-Disposition"].endswith('.ics"')


# --- PDF ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def approved():
    meeting = running()
    meeting.attendances.first().set(Attendance.Status.SUBSTITUTE, by=system(), substitute="Frau Vertretung")
    decided(meeting, votes=(3, 0, 0), conditions=[("Eigenanteil klären.", None)])
    meeting.items.get().write(by=system(), text="Die Geschäftsstelle berichtet.\n\nEs wird beraten.")
    meeting.minutes.write(by=system(), opening="Eröffnet um 14 Uhr.")
    meeting.close(by=system())
    meeting.approve_minutes(by=system())
    Addendum.add(meeting, by=system(), text="Gemeint ist Wanne.")
    return meeting


def test_minutes_pdf_is_tagged_and_names_its_language(client, approved):
    client.force_login(member("steering.view"))
    response = client.get(reverse("steering:meeting_pdf", args=[approved.pk]))
    assert response["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == "de"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert str(approved) in metadata["dc:title"]
        tags = {str(node.S) for node in walk(pdf.Root.StructTreeRoot)}
    assert {"/H1", "/H2", "/Table", "/TH", "/P"} <= tags


def walk(node):
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from walk(kid)


def test_draft_is_marked_and_before_the_meeting_there_is_none(client):
    client.force_login(member("steering.view"))
    early = MeetingFactory()
    assert client.get(reverse("steering:meeting_pdf", args=[early.pk])).status_code == 404
    response = client.get(reverse("steering:meeting_pdf", args=[running().pk]))
    with pikepdf.open(io.BytesIO(response.content)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"].startswith("Entwurf")


def test_pdf_fetches_nothing_from_the_network():
    from steering.pdf import _fetch

    for address in ("https://example.org/x.png", "file:///etc/passwd", "static:gibt-es-nicht.png"):
        with pytest.raises(ValueError):
            _fetch(address)
