"""Notices: once, for those who may still see the record, with nothing in the title that is not declared."""

import pytest
from django.urls import reverse

from soe.audit.context import acting_as
from soe.departments import asking
from soe.departments.models import Department
from soe.web.context import Shell
from soe.web.notices import kinds, notify, records
from soe.web.notices.models import Notice
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def probe():
    """A kind of our own, so that these tests do not depend on what the apps register."""
    kinds.add("probe", "Probe", about=("objects.complaint",),
              titles=("Beschwerde {number} liegt bei {department}",))  # fmt: skip
    yield
    del kinds.entries["probe"]


def tell(*people, title="Probe", **kwargs):
    return notify(people, "probe", title=title, url="/beschwerden/", **kwargs)


def test_a_notice_ends_with_the_right_to_see_its_record(client, monkeypatch):
    reader, complaint = member("complaint.view"), ComplaintFactory()
    tell(reader, target=complaint)
    client.force_login(reader)
    assert "1 neuer Hinweis" in client.get("/hinweise/").text

    membership = reader.memberships.get()
    with acting_as(reader):
        membership.end(reason="versetzt")
    page = client.get("/hinweise/").text
    assert "1 neuer Hinweis" not in page
    assert "Noch keine Hinweise" in page
    notice = Notice.objects.get()
    assert client.post(reverse("web:notice", args=[notice.pk])).status_code == 404

    # Negative control: without the question about rights the notice would still be there.
    monkeypatch.setattr(records, "possible", lambda *args: True)
    monkeypatch.setattr(records, "rows_of", lambda label, user: type(complaint).objects.all())
    assert "1 neuer Hinweis" in client.get("/hinweise/").text


def test_titles_hold_nothing_but_the_declared_parts():
    kind, known = kinds.get("probe"), Department.objects.first() or _department()
    good = f"Beschwerde 2026-0001 liegt bei {known.short_name}"
    assert kind.checked(good) == good
    for leak in (
        "Beschwerde 2026-0001 liegt bei Erika Kanari",  # no department
        f"Beschwerde Kanari-1 liegt bei {known.short_name}",  # no number of ours
        "Erika Kanari hat geschrieben",
    ):
        assert kind.checked(leak) == "Probe"


def _department():
    from tests.factories.core import DepartmentFactory

    return DepartmentFactory()


def test_a_name_typed_as_a_number_never_becomes_one():
    person, complaint = member("complaint.view"), ComplaintFactory()
    complaint.number = "Kanari"
    tell(person, title="Beschwerde Kanari liegt bei FB 1", target=complaint)
    notice = Notice.objects.get()
    assert (notice.title, notice.number) == ("Probe", "")


def test_who_did_it_gets_no_notice_and_a_key_tells_once():
    one, two = UserFactory(), UserFactory()
    with acting_as(one):
        assert tell(one, two, key="frist:1") == 1
        tell(two, key="frist:1")
    assert Notice.objects.filter(recipient=two).count() == 1
    assert not Notice.objects.filter(recipient=one).exists()
    # Negative control: without the key the second one is written.
    tell(two)
    assert Notice.objects.filter(recipient=two).count() == 2


def test_bundled_notices_count_up_while_unread():
    person, complaint = member("complaint.view"), ComplaintFactory()
    for _ in range(3):
        tell(person, target=complaint, bundle=True)
    assert [n.times for n in Notice.objects.all()] == [3]
    Notice.objects.update(read_at="2026-11-01T10:00Z")
    tell(person, target=complaint, bundle=True)
    assert Notice.objects.count() == 2


def test_a_notice_about_an_undeclared_kind_of_record_is_a_mistake():
    with pytest.raises(ValueError, match="declare it"):
        tell(UserFactory(), target=_department())


def test_reading_the_page_marks_nothing_and_only_the_own_are_marked(client):
    mine, other = member("complaint.view"), member("complaint.view")
    tell(mine, other)
    client.force_login(mine)
    client.get("/hinweise/")
    assert Notice.objects.unread().count() == 2
    foreign = Notice.objects.get(recipient=other)
    assert client.post(reverse("web:notice", args=[foreign.pk])).status_code == 404
    response = client.post(reverse("web:notice", args=[mine.notices.get().pk]), {"oeffnen": "1"})
    assert response.url == "/beschwerden/"
    assert list(Notice.objects.unread()) == [foreign]
    client.post(reverse("web:notices_read"))
    assert list(Notice.objects.unread()) == [foreign]


def test_a_foreign_address_is_never_opened(client):
    person = member("complaint.view")
    notify([person], "probe", title="Probe", url="https://boese.example/")
    client.force_login(person)
    response = client.post(reverse("web:notice", args=[person.notices.get().pk]), {"oeffnen": "1"})
    assert response.url == "/hinweise/"


def test_a_kind_that_is_off_writes_nothing(client):
    person = member("complaint.view")
    client.force_login(person)
    page = client.get("/konto/hinweise/")
    chosen = {name: field.initial for name, field in page.context["form"].fields.items()}
    answer = client.post("/konto/hinweise/", {**chosen, "probe": "off"})
    assert answer.status_code == 302
    person.refresh_from_db()
    tell(person)
    assert not Notice.objects.exists()
    assert client.post("/konto/hinweise/", {**chosen, "probe": "fax"}).status_code == 200


def test_the_bell_asks_only_what_its_notices_are_about(rf, django_assert_num_queries):
    person = member("complaint.view")
    tell(person, person, target=ComplaintFactory())
    request = rf.get("/")
    request.user = person
    # Rights; which kinds of record the unread notices are about; everything that is counted.
    with asking.once(), django_assert_num_queries(3):
        shell = Shell(request)
        assert shell.notices == 1
        assert shell.navigation
