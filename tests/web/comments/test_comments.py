"""Comments: the rights of the record first, then their own visibility; mentions never open or tell anything."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.departments.models import Visibility
from soe.web.comments import mentions, numbers, services
from soe.web.comments.models import Comment, Watch
from soe.web.notices.models import Notice
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, UserFactory, member
from tests.factories.register import PropertyFactory

pytestmark = pytest.mark.django_db
SEEN = ("complaint.view", "register.view")


@pytest.fixture
def complaint():
    return ComplaintFactory()


@pytest.fixture
def author(complaint):
    return member(*SEEN, department=complaint.department)


def write(complaint, author, text="Bitte prüfen.", visibility=Visibility.OPEN):
    return services.write(
        complaint, by=author, department=complaint.department, text=text, visibility=visibility
    )


def seen_by(user):
    return set(Comment.objects.restrict(user))


def test_visibility_decides_after_the_rights_of_the_record(complaint, author):
    comments = {value: write(complaint, author, visibility=value) for value in Visibility.values}
    taking_part = DepartmentFactory()
    with acting_as(author):
        complaint.involvements.create(department=taking_part)
    assert seen_by(author) == set(comments.values())
    assert seen_by(member(*SEEN)) == {comments["open"]}
    assert seen_by(member(*SEEN, department=taking_part)) == {comments["open"], comments["participating"]}
    assert seen_by(member("offer.view", department=complaint.department)) == set()


def test_the_panel_shows_what_may_be_read_and_nothing_of_the_text_is_markup(client, complaint, author):
    write(complaint, author, "<script>alert(1)</script>\nzweite Zeile zu HER-0042")
    write(complaint, author, "nur für uns: Kanari", visibility=Visibility.INTERNAL)
    client.force_login(member(*SEEN))
    page = client.get(complaint.get_absolute_url()).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>zweite Zeile" in page
    assert '<a href="/nummer/HER-0042/">HER-0042</a>' in page
    assert "Kanari" not in page
    client.force_login(author)
    assert "Kanari" in client.get(complaint.get_absolute_url()).text


def test_writing_needs_the_right_to_see_the_record(client, complaint, author):
    address = reverse("web:comment_create", args=["objects.complaint", complaint.pk])
    data = {"text": "Hallo", "visibility": "open"}
    client.force_login(member("register.view"))
    assert client.post(address, data).status_code == 403
    client.force_login(author)
    assert client.post(address, {**data, "visibility": "geheim"}).status_code == 200
    assert client.post(address, {**data, "text": " \n "}).status_code == 200
    assert not Comment.objects.exists()
    # Fields that are not offered change nothing.
    other = DepartmentFactory()
    answer = client.post(address, {**data, "author": UserFactory().pk, "department": other.pk})
    assert answer.status_code == 302
    comment = Comment.objects.get()
    assert (comment.author, comment.department) == (author, complaint.department)
    assert answer.url == comment.get_absolute_url()
    unknown = reverse("web:comment_create", args=["accounts.user", author.pk])
    assert client.post(unknown, data).status_code == 404


def test_free_text_is_read_for_origin(client, complaint, author):
    client.force_login(author)
    address = reverse("web:comment_create", args=["objects.complaint", complaint.pk])
    answer = client.post(address, {"text": "Das sind Roma.", "visibility": "open"}, follow=True)
    assert "Angaben zur Herkunft" in answer.text


def test_own_comments_change_for_fifteen_minutes_and_removing_leaves_a_trace(client, complaint, author):
    comment = write(complaint, author, "Tippfeler")
    change, remove = (reverse(f"web:comment_{step}", args=[comment.pk]) for step in ("edit", "remove"))
    client.force_login(member(*SEEN, department=complaint.department))
    assert client.post(change, {"text": "fremd"}).status_code == 404
    assert client.post(remove).status_code == 404
    client.force_login(author)
    assert client.post(change, {"text": "Tippfehler"}).status_code == 302
    with acting_as(author):
        comment.refresh_from_db()
        comment.at = timezone.now() - timedelta(minutes=16)
        comment.save()
    assert "nur 15 Minuten" in client.post(change, {"text": "zu spät"}).text
    assert client.post(remove).status_code == 302
    page = client.get(complaint.get_absolute_url()).text
    assert "Kommentar entfernt am" in page
    assert "Tippfehler" not in page
    comment.refresh_from_db()
    assert comment.text == ""
    assert client.post(remove).status_code == 404


def test_who_lost_the_record_lost_her_comment_on_it(client, complaint, author):
    comment = write(complaint, author)
    with acting_as(author):
        author.memberships.get().end(reason="versetzt")
    client.force_login(author)
    member("offer.view", user=author)
    assert client.post(reverse("web:comment_remove", args=[comment.pk])).status_code == 404
    assert not seen_by(author)


def test_mentioning_tells_those_who_may_see_the_comment(complaint, author):
    colleague = member(*SEEN, user=UserFactory(first_name="Ayşe", last_name="Öz-Kaya"))
    write(complaint, author, "Bitte lesen, @Ayşe Öz-Kaya, und @Ayşe Öz-Kaya!")
    [notice] = Notice.objects.shown_to(colleague)
    assert notice.title == f"Sie wurden in einem Kommentar zu {complaint.number} erwähnt"


@pytest.mark.parametrize("visibility", ["open", "internal"])
def test_mentioning_somebody_who_may_not_see_it_is_refused_like_an_unknown_name(
    complaint, author, visibility, monkeypatch
):
    rights = () if visibility == "open" else SEEN  # without the record, or in another department
    stranger = member(*rights, user=UserFactory(first_name="Kana", last_name="Rifremd"))
    answers = []
    for name in ("Kana Rifremd", "Nie Mand"):
        with pytest.raises(ValidationError) as refused:
            write(complaint, author, f"Siehe @{name}", visibility=visibility)
        answers.append(" ".join(refused.value.messages).replace(name, "…").replace("Nie", "…"))
    assert answers[0] == answers[1]
    assert not Comment.objects.exists()
    assert not Notice.objects.exists()
    # Negative control: without the check the stranger would be told.
    monkeypatch.setattr(mentions, "sees", lambda user, comment: True)
    write(complaint, author, "Siehe @Kana Rifremd", visibility=visibility)
    assert Notice.objects.filter(recipient=stranger).exists()


def test_type_ahead_offers_only_people_who_may_see_the_record(client, complaint, author):
    member(*SEEN, user=UserFactory(first_name="Kana", last_name="Darf"))
    member("register.view", user=UserFactory(first_name="Kana", last_name="Darfnicht"))
    client.force_login(author)
    address = reverse("web:mention", args=["objects.complaint", complaint.pk])
    assert [row["text"] for row in client.get(address, {"q": "kana"}).json()["results"]] == ["Kana Darf"]
    client.force_login(member("register.view"))
    assert client.get(address, {"q": "kana"}).status_code == 403


def test_a_number_leads_only_to_what_may_be_seen(client, complaint):
    client.force_login(member(*SEEN))
    assert client.get(f"/nummer/{complaint.number}/").url == complaint.get_absolute_url()
    client.force_login(member("offer.view"))
    assert client.get(f"/nummer/{complaint.number}/").status_code == 404
    assert 'href="/nummer/V-2026/003/"' in numbers.linked("siehe V-2026/003.")
    assert "href" not in numbers.linked("am 27.11.2026 um 9-12 Uhr, 15 Stück, a@HER-1.de <HER-x>")


def test_watching_tells_of_changes_bundled_and_ends_with_the_right(client, complaint, author):
    watcher = member(*SEEN)
    client.force_login(watcher)
    address = reverse("web:watch", args=["objects.complaint", complaint.pk])
    assert client.post(address).status_code == 302
    client.post(address)
    assert Watch.objects.count() == 1
    assert "Nicht mehr beobachten" in client.get(complaint.get_absolute_url()).text
    for text in ("eins", "zwei"):
        with acting_as(author):
            complaint.text = text
            complaint.save()
    write(complaint, author)
    write(complaint, author, visibility=Visibility.INTERNAL)  # not for her eyes
    told = Notice.objects.shown_to(watcher).values_list("kind", "title", "times")
    assert sorted(told) == [
        ("comment", f"Neuer Kommentar zu {complaint.number}", 1),
        ("watched", f"Änderung an {complaint.number}", 2),
    ]
    assert complaint.number in client.get("/konto/beobachtet/").text
    with acting_as(author):
        watcher.memberships.get().end(reason="versetzt")
    assert not Notice.objects.shown_to(watcher).exists()
    page = client.get("/konto/beobachtet/").text
    assert complaint.number not in page
    assert "Nicht mehr sichtbar" in page
    assert client.post(address, {"ende": "1", "liste": "1"}).url == "/konto/beobachtet/"
    assert client.post(address).status_code == 403
    assert not Watch.objects.exists()


def test_a_comment_stands_in_the_timeline_of_its_property_by_its_rights(client):
    house = PropertyFactory()
    author = member(*SEEN, department=house.lead_department)
    write_to = {"by": author, "department": house.lead_department}
    services.write(house, text="Kanari intern", visibility="internal", **write_to)
    services.write(house, text="offen gesagt", visibility="open", **write_to)
    client.force_login(member(*SEEN))
    page = client.get(reverse("objects:property_tab", args=[house.pk, "zeitleiste"])).text
    history = client.get(reverse("web:history", args=["objects.property", house.pk])).text
    for text in (page, history):
        assert "offen gesagt" in text
        assert "Kanari" not in text


def _late_edit(client, complaint, author):
    comment = write(complaint, author, "Früher")
    with acting_as(author):
        comment.at = timezone.now() - timedelta(minutes=16)
        comment.save()
    client.force_login(author)
    client.post(reverse("web:comment_edit", args=[comment.pk]), {"text": "Später"})
    comment.refresh_from_db()
    return comment.text


def test_negative_control_without_the_question_a_late_edit_goes_through(
    client, complaint, author, monkeypatch
):
    assert _late_edit(client, complaint, author) == "Früher"
    monkeypatch.setattr(Comment, "is_editable", property(lambda self: True))
    assert _late_edit(client, complaint, author) == "Später"


def test_negative_control_a_longer_period_lets_the_late_edit_through(client, complaint, author, monkeypatch):
    monkeypatch.setattr("soe.web.comments.models.EDITABLE_FOR", timedelta(minutes=20))
    assert _late_edit(client, complaint, author) == "Später"
