"""The yearly review: a frozen list, a decision per line by somebody else, a signature that closes it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from openpyxl import load_workbook

from soe.administration.notices import reviews_due
from soe.administration.reviews.models import ReviewLine, ReviewSheet, RightsReview
from soe.administration.reviews.registration import open_sheets
from soe.audit.context import acting_as
from soe.departments.granting import Escalation
from soe.web.models import Notice
from soe.web.notices import digests, reminders
from tests.factories.core import MembershipFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return member("admin.members")


@pytest.fixture
def sheet(lead):
    own = lead.memberships.get().department
    MembershipFactory(department=own)
    MembershipFactory()  # somewhere else
    with acting_as(member("admin.all")):
        review = RightsReview(title="Probe 2026", due_on=timezone.localdate() + timedelta(days=30))
        review.save()
        review.freeze()
    return ReviewSheet.objects.get(department=own)


def line_of(sheet, user=None, but=None):
    rows = sheet.lines.all()
    return (rows.filter(membership__user=user) if user else rows.exclude(membership__user=but)).get()


def test_the_list_is_frozen_and_reminds_in_the_inbox(sheet, lead):
    assert sheet.lines.count() == 2
    MembershipFactory(department=sheet.department)
    assert sheet.lines.count() == 2
    assert [task.title for task in open_sheets(lead, timezone.localdate())] == [
        f"Rechte prüfen: {sheet.department}"
    ]
    assert open_sheets(member("admin.members"), timezone.localdate()) == []


def test_who_administers_the_department_hears_of_it_at_once_before_and_after_the_day(sheet, lead, mailoutbox):
    def told():
        return list(
            Notice.objects.filter(recipient=lead).order_by("at", "pk").values_list("title", flat=True)
        )

    due = sheet.review.due_on
    assert told() == [f"Rechte prüfen bis {due:%d.%m.%Y}"]
    reminders.send(due - timedelta(days=20))
    reminders.send(due - timedelta(days=3))
    reminders.send(due + timedelta(days=1))
    reminders.send(due + timedelta(days=2))
    assert told()[1:] == [
        f"Rechte prüfen bis {due:%d.%m.%Y}",
        f"Rechte sind nicht geprüft seit {due:%d.%m.%Y}",
    ]
    digests.send_all(timezone.localdate())
    assert [mail.to for mail in mailoutbox if lead.email in mail.to] == [[lead.email]]
    # A signed list reminds nobody.
    with acting_as(lead):
        for line in sheet.lines.all():
            line.decision, line.decided_by, line.decided_at = "confirmed", member("admin.all"), timezone.now()
            line.save()
        sheet.sign(by=lead, statement="Geprüft.")
    assert sheet not in [deadline.record for deadline in reviews_due(due, due)]


def test_line_by_line_then_the_signature_closes_it(client, sheet, lead):
    client.force_login(lead)
    path = f"/verwaltung/ueberpruefung/{sheet.pk}/"
    other, mine = line_of(sheet, but=lead), line_of(sheet, user=lead)
    client.post(f"/verwaltung/ueberpruefung/zeilen/{other.pk}/beenden/")
    other.membership.refresh_from_db()
    assert other.membership.ended_at
    client.post(f"/verwaltung/ueberpruefung/zeilen/{mine.pk}/bestaetigen/")  # her own: refused
    mine.refresh_from_db()
    assert mine.decision == "open"
    page = client.get(f"{path}unterschreiben/")
    data = {"form_token": page.context["form_token"], "seen": page.context["seen"], "statement": "Geprüft."}
    assert "noch nicht entschieden" in client.post(f"{path}unterschreiben/", data).content.decode()
    assert client.get(f"{path}liste.pdf").status_code == 404
    mine.decide("confirmed", by=member("admin.all"))
    assert client.post(f"{path}unterschreiben/", data).status_code == 302
    sheet.refresh_from_db()
    assert sheet.signed_by == lead
    with pytest.raises(ValidationError, match="unterschrieben"):
        ReviewLine.objects.get(pk=mine.pk).decide("ended", by=member("admin.all"))
    pdf = client.get(f"{path}liste.pdf")
    assert pdf.content.startswith(b"%PDF")
    book = load_workbook(BytesIO(b"".join(client.get(f"{path}liste.xlsx").streaming_content)))
    words = {cell for row in book.active.iter_rows(values_only=True) for cell in row}
    assert {"beendet", "bestätigt", str(lead)} <= words


def test_another_department_is_out_of_reach(client, sheet):
    client.force_login(member("admin.members"))
    assert client.get(f"/verwaltung/ueberpruefung/{sheet.pk}/").status_code == 404
    line = sheet.lines.first()
    assert client.post(f"/verwaltung/ueberpruefung/zeilen/{line.pk}/beenden/").status_code == 404
    line.membership.refresh_from_db()
    assert line.membership.ended_at is None


def test_nobody_decides_about_herself(sheet, lead):
    with pytest.raises(Escalation):
        line_of(sheet, user=lead).decide("confirmed", by=lead)


def test_only_the_administration_begins_a_review(as_member):
    client, _ = as_member("admin.members")
    assert client.get("/verwaltung/ueberpruefung/neu/").status_code == 403
    client, _ = as_member("admin.all")
    page = client.get("/verwaltung/ueberpruefung/neu/")
    data = {"title": "Probe", "due_on": timezone.localdate() + timedelta(days=9)}
    answer = client.post("/verwaltung/ueberpruefung/neu/", data | {"form_token": page.context["form_token"]})
    assert answer.status_code == 302
    assert ReviewSheet.objects.exists()
