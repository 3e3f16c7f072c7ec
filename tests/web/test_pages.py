"""The frame: headings, landmarks, navigation by rights, content policy, start page, building blocks."""

import itertools
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from soe.departments.catalogue import PERMISSIONS
from soe.departments.models import Department
from soe.web import registry
from soe.web.views.start import week_end
from tests.factories.core import DepartmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]
PAGES = [
    "/",
    "/suche/",
    "/suche/?q=amt",
    "/konto/bausteine/",
    "/t/",
    "/t/neu/",
    "/t/?kind=gibtsnicht",
    "/barrierefreiheit/",
    "/hilfe/",
]


@pytest.fixture
def everything(as_member):
    return as_member(*PERMISSIONS)[0]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_made(everything, path):
    html = everything.get(path).content.decode()
    # Headings: one of the first order, none left out.
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
    assert (levels.count(1), levels[0]) == (1, 1)
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    # Ids are unique, and what names one finds it.
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), {i for i in ids if ids.count(i) > 1}
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    named = re.findall(r'aria-(?:describedby|labelledby|controls)="([^"]+)"', html)
    assert {i for value in named for i in value.split()} <= set(ids)
    # Tables have captions and row headers.
    for table in re.findall(r"<table.*?</table>", html, re.S):
        assert "<caption" in table
        assert 'scope="row"' in table
    assert "Erklärung zur Barrierefreiheit" in html


def test_the_content_policy_allows_no_inline_code(everything):
    policy = everything.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_every_linked_address_of_the_frame_answers(everything):
    html = everything.get("/konto/bausteine/").content.decode()
    for address in set(re.findall(r'href="(/[^"#?]*)"', html)):
        if not address.startswith("/static/"):
            assert everything.get(address).status_code == 200, address


def test_the_navigation_shows_only_what_rights_allow(as_member):
    client, _ = as_member("register.view")
    assert "Bausteine" not in client.get("/").content.decode()
    client, _ = as_member("system.manage")
    assert "Bausteine" in client.get("/").content.decode()


def test_counts_of_the_navigation_cost_one_query(as_member, monkeypatch, django_assert_num_queries):
    _, person = as_member("register.view")
    navigation = registry.Navigation()
    for name in ("web:start", "web:search", "t:list"):
        navigation.add(
            group="Kataster",
            label=name,
            url_name=name,
            icon="house",
            count=lambda u: Department.objects.restrict(u),
        )
    navigation.add(
        group="Kataster",
        label="leer",
        url_name="t:add",
        icon="house",
        count=lambda u: Department.objects.none(),
    )
    DepartmentFactory.create_batch(3)
    with django_assert_num_queries(2):  # rights; everything that is counted
        [(_, items)] = navigation.groups(person, frozenset())
    total = Department.objects.count()
    assert sorted(count for *_, count in items) == [0, total, total, total]


def test_the_start_page_sorts_tasks_by_urgency(as_member, monkeypatch):
    today = timezone.localdate()
    inbox = registry.Inbox()

    def tasks(user, day):
        yield registry.Task("spät", "/", due=day - timedelta(days=3), button="Tun")
        yield registry.Task("heute", "/", due=day)
        yield registry.Task("später", "/", due=day + timedelta(days=30))
        yield registry.Task("wartend", "/", group="waiting", since=day - timedelta(days=2))
        yield registry.Task("neu", "/", group="new", since=timezone.now())

    inbox.add(tasks)
    monkeypatch.setattr(registry, "inbox", inbox)
    client, _ = as_member("register.view")
    context = client.get("/").context
    titles = {name: [t.title for t in context[name]] for name in ("late", "due", "later", "waiting", "news")}
    assert titles == {
        "late": ["spät"],
        "due": ["heute"],
        "later": ["später"],
        "waiting": ["wartend"],
        "news": ["neu"],
    }
    html = client.get("/").content.decode()
    assert "3 Tage zu spät" in html
    assert f"{today:%d.%m.%Y}" in html
    assert 'aria-label="Tun: spät"' in html


def test_the_week_ends_on_the_next_friday():
    from datetime import date

    assert week_end(date(2026, 11, 17)) == date(2026, 11, 20)
    assert week_end(date(2026, 11, 20)) == date(2026, 11, 27)
    assert week_end(date(2026, 11, 22)) == date(2026, 11, 27)


def test_without_a_membership_the_start_page_says_what_to_do(client, user):
    client.force_login(user)
    html = client.get("/").content.decode()
    assert "gehört noch zu keinem Fachbereich" in html


def test_the_theme_is_kept_and_shown(everything):
    assert (
        everything.post("/konto/darstellung/", {"theme": "dark", "next": "//evil.example"})["Location"] == "/"
    )
    assert 'data-kern-theme="dark"' in everything.get("/").content.decode()
    assert everything.post("/konto/darstellung/", {"theme": "<x>", "next": "/t/"})["Location"] == "/t/"
    assert 'data-kern-theme="dark"' in everything.get("/").content.decode()


def test_building_blocks_are_for_administrators(as_member):
    client, _ = as_member("register.view")
    assert client.get("/konto/bausteine/").status_code == 403
