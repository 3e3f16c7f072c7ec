"""U04, I07: letters after DIN 5008 form B from templates that name only what is allowed and evaluate nothing."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.web import registry
from soe.web.letters import placeholders, rendering
from soe.web.letters.defaults import ensure_letter_templates
from soe.web.letters.models import Letter, LetterReach, LetterTemplate
from tests.factories.complaints import ComplaintFactory, LinkFactory, ReporterFactory
from tests.factories.core import UserFactory, member
from tests.factories.proceedings import ProceedingFactory
from tests.factories.register import PropertyFactory
from tests.factories.steering import MeetingFactory, SeatFactory
from tests.web.forms import fields, submit

pytestmark = pytest.mark.django_db
EVIL = ["{{7*7}}", "{{ ''.__class__ }}", "{{ x }}", "{{ zeichen|upper }}", "{% load soe %}", "{{ zeichen"]


@pytest.fixture
def templates(db):
    with acting_as(User.objects.system()):
        ensure_letter_templates()
    return {row.name: row for row in LetterTemplate.objects.all()}


@pytest.fixture
def complaint(db):
    row = ComplaintFactory(text="Ratten {{7*7}} {x.__class__} <b>im Hof</b>")
    ReporterFactory(complaint=row, name="Erika Beispiel", contact="0171")
    return row


@pytest.fixture
def clerk(complaint):
    codes = ("complaint.view", "complaint.route", "complaint.reporter", "register.view")
    return member(*codes, department=complaint.department)


def letter_on(target, by, department, **kwargs):
    with acting_as(by):
        values = {
            "recipient": "Frau\nErika Beispiel\nLampenstubenweg 12\n44649 Herne",
            "subject": "Ihre Beschwerde",
            "body": "Guten Tag,\n\n- eins\n- zwei\n\nEnde",
        }
        row = Letter(department=department, written_by=by, **(values | kwargs))
        row.target = target
        row.save()
        return row


@pytest.mark.parametrize("evil", EVIL)
def test_a_template_with_anything_but_allowed_names_is_refused(templates, evil):
    row = templates["Zwischennachricht"]
    row.body = f"Guten Tag {evil}"
    with acting_as(User.objects.system()), pytest.raises(ValidationError):
        row.save()


def test_single_braces_stay_as_they_are_and_values_are_never_looked_at_again():
    text = "{x.__class__} {{ name }} {{7*7}}"
    assert (
        placeholders.fill(text, {"name": "{{ other }}", "other": "nie"})
        == "{x.__class__} {{ other }} {{7*7}}"
    )


def test_negative_control_the_check_is_what_refuses(templates, monkeypatch):
    monkeypatch.setattr("soe.web.letters.models.check", lambda text, allowed: None)
    row = templates["Zwischennachricht"]
    row.body = EVIL[0]
    with acting_as(User.objects.system()):
        row.save()
    assert row.version == 2


def test_from_complaint_to_paper_in_the_journal_of_the_house(templates, complaint, clerk, client):
    house = PropertyFactory()
    LinkFactory(complaint=complaint, property=house)
    client.force_login(clerk)
    page = client.get(complaint.get_absolute_url()).content.decode()
    address = reverse("web:letter_write", args=["objects.complaint", complaint.pk])
    assert address in page
    address += f"?vorlage={templates['Antwort auf Ihre Beschwerde'].pk}"
    shown = fields(client.get(address))
    assert shown["recipient"] == ["Erika Beispiel"]
    assert "{{7*7}}" in shown["body"][0]  # what the complaint says stays text
    assert complaint.number in shown["subject"][0]
    answer = submit(client, address, recipient="Erika Beispiel\nWeg 1\n44649 Herne")
    letter = Letter.objects.get()
    assert answer["Location"] == letter.get_absolute_url()
    html = client.get(letter.get_absolute_url()).content.decode()
    assert "<b>im Hof" not in html
    assert client.get(reverse("web:letter_pdf", args=[letter.pk])).content[:5] == b"%PDF-"
    entries = registry.timeline.entries(type(house), clerk, house)
    assert any(entry.url == letter.get_absolute_url() for entry in entries)
    sent = submit(
        client, reverse("web:letter_send", args=[letter.pk]), on=str(timezone.localdate()), channel="post"
    )
    assert sent.status_code == 302
    letter.refresh_from_db()
    assert (letter.sent_on, letter.channel) == (timezone.localdate(), "post")
    assert client.get(reverse("web:letter_change", args=[letter.pk])).status_code == 404  # fixed from now on
    assert letter.history.count() == 2


def test_letters_are_for_the_own_department_that_may_know_the_person(templates, complaint, clerk, client):
    letter = letter_on(complaint, clerk, complaint.department)
    others = (
        member("complaint.view", "complaint.route", "complaint.reporter"),
        member("complaint.view", "complaint.route", department=complaint.department),
        member("report.view"),
    )
    for user in others:
        client.force_login(user)
        for name in ("letter", "letter_pdf", "letter_docx", "letter_send", "letter_change"):
            assert client.get(reverse(f"web:{name}", args=[letter.pk])).status_code == 404
        write = client.get(reverse("web:letter_write", args=["objects.complaint", complaint.pk]))
        assert write.status_code in (403, 404)
        assert not Letter.objects.restrict(user, "view").exists()
    assert client.get(reverse("web:letter_write", args=["accounts.user", clerk.pk])).status_code == 404


def test_negative_control_without_the_reach_everybody_reads(complaint, clerk, monkeypatch):
    from django.db.models import Q

    letter_on(complaint, clerk, complaint.department)
    stranger = member("complaint.view", "complaint.route", "complaint.reporter")
    assert not Letter.objects.restrict(stranger, "view").exists()
    monkeypatch.setattr(LetterReach, "part", lambda self, user, target, allowed: Q())
    assert Letter.objects.restrict(stranger, "view").exists()


def test_an_address_that_does_not_fit_the_window_is_refused(complaint, clerk, client):
    client.force_login(clerk)
    address = reverse("web:letter_write", args=["objects.complaint", complaint.pk])
    for wrong, words in (("a\n" * 7, "6 Zeilen"), ("x" * 46, "45 Zeichen")):
        html = submit(client, address, recipient=wrong, subject="s", body="b").content.decode()
        assert words in html
    assert not Letter.objects.exists()


def test_a_letter_cannot_leave_tomorrow_or_twice(complaint, clerk):
    letter = letter_on(complaint, clerk, complaint.department)
    with pytest.raises(ValidationError, match="Zukunft"):
        letter.send(by=clerk, on=timezone.localdate() + timedelta(days=1), channel="post")
    letter.send(by=clerk, on=timezone.localdate(), channel="post")
    with pytest.raises(ValidationError, match="schon vermerkt"):
        letter.send(by=clerk, on=timezone.localdate(), channel="post")


# --- paper -----------------------------------------------------------------------------------------------------------


def boxes(page, name):
    """(left, top, right, bottom) in millimetres of the boxes of a class, as WeasyPrint lays them out."""
    found = []
    for box in page._page_box.descendants(placeholders=True):
        element = getattr(box, "element", None)
        if (
            element is not None
            and box.element_tag != "::before"
            and name in (element.get("class") or "").split()
        ):
            if hasattr(box, "border_width"):
                x, y, w, h = box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()
                found.append(tuple(round(v * 25.4 / 96, 2) for v in (x, y, x + w, y + h)))
    return found


def words_of(page, name):
    """The drawn extent of each line of text of a class."""
    found = []
    for box in page._page_box.descendants(placeholders=True):
        element = getattr(box, "element", None)
        if (
            type(box).__name__ == "TextBox"
            and element is not None
            and name in (element.get("class") or "").split()
        ):
            x, y = box.position_x, box.position_y
            found.append(tuple(round(v * 25.4 / 96, 2) for v in (x, y, x + box.width, y + box.height)))
    return found


LONG = "\n\n".join(
    f"Absatz {n}. " + "Das ist ein längerer Satz, der eine Zeile füllt und weiterläuft. " * 4
    for n in range(20)
)


def test_the_address_stands_in_the_window_and_the_marks_at_their_places(complaint, clerk):
    six = "\n".join(
        [
            "W" * 18,
            "M" * 18,
            "Beispielhausverwaltungsgesellschaft mbH & Co.",
            "c/o Müller",
            "Weg 1",
            "44649 Herne",
        ]
    )
    letter = letter_on(complaint, clerk, complaint.department, recipient=six, body=LONG, reference="B-1")
    paper = rendering.document(letter)
    first = paper.pages[0]
    assert boxes(first, "window") == [(20.0, 45.0, 105.0, 90.0)]
    lines = words_of(first, "line")
    assert len(lines) == 6
    for left, top, right, bottom in lines:
        assert 20 <= left < right <= 105, (left, right)
        assert 45 + 17.7 <= top < bottom <= 90.1, (top, bottom)
    assert sorted(box[1] for box in boxes(first, "fold")) == [105.0, 210.0]
    assert [box[1] for box in boxes(first, "hole")] == [148.5]
    assert all(box[0] == 5.0 for box in boxes(first, "mark"))
    assert len(paper.pages) > 1
    assert not boxes(paper.pages[1], "window")
    text = "".join(
        box.text
        for box in paper.pages[1]._page_box.descendants(placeholders=True)
        if type(box).__name__ == "TextBox"
    )
    assert f"Seite 2 von {len(paper.pages)}" in text


def test_negative_control_the_measure_sees_an_address_outside(complaint, clerk, monkeypatch):
    letter = letter_on(complaint, clerk, complaint.department, recipient="W" * 45)
    right = max(box[2] for box in words_of(rendering.document(letter).pages[0], "line"))
    assert right > 105  # 45 wide letters would not fit: cut off at the window, and seen by this measure


def test_the_word_document_has_the_same_places_and_holds_text_only_as_text(complaint, clerk):
    letter = letter_on(complaint, clerk, complaint.department, body="<w:p> & {{7*7}}\n\n- eins")
    with zipfile.ZipFile(io.BytesIO(rendering.docx(letter))) as archive:
        xml = archive.read("word/document.xml").decode()
        footer = "".join(archive.read(name).decode() for name in archive.namelist() if "footer" in name)
    assert 'w:x="1417" w:y="3555"' in xml  # 25 mm from the left, 62.7 mm from the top
    assert "&lt;w:p&gt; &amp; {{7*7}}" in xml
    assert "NUMPAGES" in footer


@pytest.mark.parametrize("kind", ["proceeding", "meeting"])
def test_every_default_template_fills_without_rest(templates, kind, client):
    if kind == "proceeding":
        target = ProceedingFactory()
        user = member("proceeding.view", "proceeding.change", "owner.view", department=target.department)
    else:
        target, user = MeetingFactory(), member("steering.view", "steering.manage")
    client.force_login(user)
    label = target._meta.label_lower
    names = [row for row in templates.values() if row.kind == label]
    assert names
    for row in names:
        shown = fields(
            client.get(reverse("web:letter_write", args=[label, target.pk]) + f"?vorlage={row.pk}")
        )
        assert "{{" not in shown["body"][0] + shown["subject"][0]


def test_templates_are_edited_with_the_list_of_names_beside_and_shown_with_samples(templates, client):
    client.force_login(member("admin.departments", "register.view"))
    row = templates["Zwischennachricht"]
    html = client.get(reverse("web:letter_template_change", args=[row.pk])).content.decode()
    assert "{{ antwort_bis }}" in html
    bad = submit(
        client, reverse("web:letter_template_change", args=[row.pk]), body="{{7*7}}"
    ).content.decode()
    assert "Diese Platzhalter gibt es nicht: „7*7“" in bad
    assert "B-2026-0042" in client.get(row.get_absolute_url()).content.decode()
    client.force_login(member("register.view"))
    assert client.get(reverse("web:letter_template_change", args=[row.pk])).status_code == 403


def test_an_invitation_becomes_one_letter_for_each_seat(client, templates):
    meeting = MeetingFactory()
    user = member("steering.view", "steering.manage")
    person = UserFactory(first_name="Erika", last_name="Beispiel")
    SeatFactory(committee=meeting.committee, user=person, department=None)
    office = SeatFactory(committee=meeting.committee)
    SeatFactory(committee=meeting.committee, end_date=timezone.localdate() - timedelta(days=400),
                start_date=timezone.localdate() - timedelta(days=500))  # fmt: skip
    client.force_login(user)
    url = reverse("web:letter_series", args=["steering.meeting", meeting.pk])
    assert url in client.get(meeting.get_absolute_url()).content.decode()
    url += f"?vorlage={templates['Einladung zur Sitzung'].pk}"
    assert submit(client, url).url == meeting.get_absolute_url()
    rows = Letter.objects.about(meeting)
    assert sorted(row.address_lines[0] for row in rows) == sorted(["Erika Beispiel", "Stadt Herne"])
    assert any(office.department.name in row.recipient for row in rows)
    assert len({(row.subject, row.body) for row in rows}) == 1
    foreign = fields(client.get(url)) | {"recipients": ["Frau Fremd"]}
    assert client.post(url, foreign).status_code == 200
    assert rows.count() == 2
    proceeding = ProceedingFactory(department=user.departments[0])
    assert client.get(
        reverse("web:letter_series", args=["objects.proceeding", proceeding.pk])
    ).status_code in (403, 404)
