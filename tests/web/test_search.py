"""Search finds what the reader may see, in groups, and never breaks on what is typed."""

import pytest

from soe.audit.models import ReadLog
from soe.departments.models import Department, Membership
from soe.web import registry
from soe.web.templatetags.soe import highlight
from tests.factories.core import DepartmentFactory, MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]


@pytest.fixture(autouse=True)
def searched(monkeypatch):
    search = registry.Search()
    search.add(
        kind="Stellen",
        icon="house",
        order=1,
        find=lambda user, query, limit: [
            registry.Hit(d.name, f"/t/{d.pk}/", d.short_name)
            for d in Department.objects.restrict(user).filter(name__icontains=query)[:limit]
        ],
    )
    search.add(
        kind="Mitglieder",
        icon="people",
        order=2,
        permission="admin.members",
        model=Membership,
        find=lambda user, query, limit: [
            registry.Hit(str(m.user), "/t/")
            for m in Membership.objects.restrict(user).filter(user__last_name__icontains=query)[:limit]
        ],
    )
    monkeypatch.setattr(registry, "search", search)


def test_hits_come_in_groups_and_lead_to_the_record(as_member):
    house = DepartmentFactory(name="Wohnungsaufsicht Nord")
    client, _ = as_member("register.view")
    html = client.get("/suche/", {"q": "nord"}).content.decode()
    assert "Stellen" in html
    assert f"/t/{house.pk}/" in html
    assert '<span class="soe-hit">Nord</span>' in html


def test_a_kind_without_its_right_is_not_searched_at_all(as_member):
    MembershipFactory(user=UserFactory(last_name="Kanari"))
    client, _ = as_member("register.view")
    for path in ("/suche/", "/suche/treffer/"):
        html = client.get(path, {"q": "kanari"}).content.decode()
        assert "Mitglieder" not in html
        assert "Nichts gefunden" in html


def test_a_row_out_of_reach_is_not_found(as_member):
    MembershipFactory(user=UserFactory(first_name="Fern", last_name="Kanari"))
    client, person = as_member("admin.members")
    MembershipFactory(
        user=UserFactory(first_name="Nah", last_name="Kanari"), department=person.memberships.get().department
    )
    html = client.get("/suche/", {"q": "kanari"}).content.decode()
    assert "Nah" in html
    assert "Fern" not in html


def test_searching_social_data_is_logged_with_the_number_of_hits(as_member, monkeypatch):
    monkeypatch.setattr(Membership, "social_data", True)
    client, person = as_member("admin.members")
    client.get("/suche/treffer/", {"q": "brinkhoff"})
    entry = ReadLog.objects.get()
    assert (entry.user_id, entry.kind, entry.model) == (person.pk, "search", "departments.membership")
    assert entry.hits == 1


@pytest.mark.parametrize(
    "query", ["", "a", "%", "\x00\x00", "'; DROP TABLE", "<b>x</b>", "(" * 300, "ß" * 300, "\ud83d\ude00"]
)
def test_whatever_is_typed_gets_a_page(as_member, query):
    client, _ = as_member("register.view")
    for path in ("/suche/", "/suche/treffer/"):
        assert client.get(path, {"q": query.encode("utf-8", "replace").decode()}).status_code == 200


def test_highlight_escapes_everything_but_its_own_mark():
    assert highlight("<b>Nord</b>", "nord") == '&lt;b&gt;<span class="soe-hit">Nord</span>&lt;/b&gt;'
    assert highlight("Lampenweg 14", "weg") == 'Lampen<span class="soe-hit">weg</span> 14'
    assert highlight("Mann", "an") == "Mann"
