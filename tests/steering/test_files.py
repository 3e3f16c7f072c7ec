import io
import re

import pikepdf
import pytest
from django.urls import reverse

from steering.ics import fold, invitation
from steering.models import Addendum, Attendance, Meeting
from tests.factories.core import UserFactory, member
from tests.factories.steering import MeetingFactory, SeatFactory, bring, decided, moment, running, system

pytestmark = pytest.mark.django_db


def lines(meeting, **kwargs):
    return invitation(meeting, **kwargs).decode().replace("\r\n ", "").split("\r\n")


def test_calendar_entry_has_a_fixed_uid_and_local_time():
    meeting = MeetingFactory(start=moment(2026, 7, 1, 14))
    found = lines(meeting)
    assert f"UID:{meeting.pk}@sitzungen.soe" in found
    assert "SEQUENCE:0" in found
    assert "DTSTART;TZID=Europe/Berlin:20260701T140000" in found
    assert "DTEND;TZID=Europe/Berlin:20260701T160000" in found
    assert "TZID:Europe/Berlin" in found
    assert "METHOD:PUBLISH" in found


def test_moved_meeting_replaces_the_entry_and_a_cancelled_one_removes_it():
    meeting = MeetingFactory()
    before = [line for line in lines(meeting) if line.startswith("UID")]
    meeting.reschedule(by=system(), start=moment(2026, 12, 9), reason="Raum belegt")
    assert "SEQUENCE:1" in lines(meeting)
    meeting.cancel(by=system(), reason="Erkrankung")
    found = lines(meeting)
    assert [line for line in found if line.startswith("UID")] == before
    assert {"SEQUENCE:2", "METHOD:CANCEL", "STATUS:CANCELLED"} <= set(found)


def test_calendar_entry_names_no_person():
    meeting = MeetingFactory()
    SeatFactory(committee=meeting.committee, department=None, user=UserFactory(last_name="Brinkhoff-Geheim"))
    bring(meeting, Meeting.State.INVITED)
    text = invitation(meeting, url="https://soe.example/x").decode()
    assert "Geheim" not in text
    assert not re.search(r"ATTENDEE|ORGANIZER|mailto", text, re.IGNORECASE)


def test_lines_are_folded_at_75_octets_and_special_signs_escaped():
    meeting = MeetingFactory(location="Rathaus; Saal 2, Flügel Süd " + "ü" * 60)
    for line in invitation(meeting).split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert "LOCATION:Rathaus\\; Saal 2\\, Flügel Süd " + "ü" * 60 in lines(meeting)
    assert fold("kurz") == b"kurz\r\n"


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
