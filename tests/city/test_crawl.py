"""Every demo account follows the links it is offered: no error, no dead link, nothing that belongs to others."""

import re
from collections import deque
from html import unescape

import pytest

from cases.casework.models import Case
from cases.people.models import Person
from objects.proceedings.models import Proceeding
from soe.audit.models import SecurityEvent

pytestmark = pytest.mark.django_db

LINK = re.compile(r'href="(/[^"#]*)')
# Addresses that act, leave the application, or repeat the same list in another order.
PASSED_OVER = ("/abmelden/", "/static/", "sortierung=", "je_seite=", "/konto/zweiter-faktor", "/anmelden/")
PAGES_PER_ROLE = 32
ROLES = [
    "koordination", "bauordnung", "wohnungsaufsicht", "jugend", "planb", "caritas",
    "kim", "dezernat3", "polizei", "datenschutz", "revision", "admin",
]  # fmt: skip


def _shape(address):
    """Addresses that differ only in ids or in a filter are one kind of page."""
    path, _, query = address.partition("?")
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", path)
    return path, tuple(sorted(part.split("=")[0] for part in query.split("&") if part))


def walk(client, start="/", limit=PAGES_PER_ROLE, per_kind=2):
    """(address, response) of what the links lead to: each kind of page at most `per_kind` times."""
    queue, seen, kinds = deque([start]), {start}, {}
    while queue and limit > 0:
        address = queue.popleft()
        kind = _shape(address)
        if kinds.get(kind, 0) >= per_kind:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        response = client.get(address)
        limit -= 1
        yield address, response
        if response.get("Content-Type", "").startswith("text/html") and response.status_code == 200:
            for found in LINK.findall(response.content.decode()):
                target = unescape(found)
                if target not in seen and not any(part in target for part in PASSED_OVER):
                    seen.add(target)
                    queue.append(target)


def _text(response):
    if response.streaming:
        return b"".join(response.streaming_content).decode("utf-8", "replace")
    return response.content.decode("utf-8", "replace")


def _canaries(user, city):
    """Strings that this reader may never see: numbers of persons and cases, file numbers of hidden proceedings."""
    strings = set()
    for model in (Person, Case):
        visible = set(model.objects.restrict(user, "view").values_list("pk", flat=True))
        strings |= {row.number for row in model._base_manager.all() if row.pk not in visible}
    visible = set(Proceeding.objects.restrict(user, "view").values_list("pk", flat=True))
    for row in Proceeding._base_manager.all():
        if row.pk not in visible:
            strings.add(row.file_number)
    return strings


@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_to_an_error_and_nothing_foreign_appears(sign_in, city, role):
    client = sign_in(role)
    canaries = _canaries(city.users[role], city)
    visited = noted = 0
    for address, response in walk(client):
        visited += 1
        if response.get("Content-Disposition", "").startswith("attachment") and "/vorlage" not in address:
            noted, before = SecurityEvent.objects.filter(kind="export").count(), noted
            assert noted == before + 1, f"{role}: nobody learns that {address} was taken"
        assert response.status_code in (200, 302), f"{role}: {address} answers {response.status_code}"
        text = _text(response)
        leaked = {canary for canary in canaries if canary in text}
        assert not leaked, f"{role}: {address} shows {sorted(leaked)[:5]}"
    assert visited > 5


def test_the_canaries_are_there_for_somebody(sign_in, city):
    """Negative control: the strings the crawl looks for do stand on the pages of those who may see them."""
    canaries = _canaries(city.users["koordination"], city)
    client = sign_in("planb")
    found = set()
    for start in ("/faelle/", "/personen/"):
        text = _text(client.get(start))
        found |= {canary for canary in canaries if canary in text}
    assert found


def test_the_coordination_office_sees_no_person_at_all(city):
    user = city.users["koordination"]
    assert not Person.objects.restrict(user, "view").exists()
    assert not Case.objects.restrict(user, "view").exists()
    assert Person.objects.exists()


def test_one_carrier_sees_no_case_of_another(city):
    planb = city.users["planb"]
    foreign = Case.objects.restrict(planb, "view").exclude(offer__carrier__code="planb")
    # Only what a referral or a consent opened, and that is dated and reasoned.
    for case in foreign:
        assert case.department_grants.current().filter(group__department__code="planb").exists(), case
    assert Case.objects.filter(offer__carrier__code="caritas").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/objekte/",
        "/beschwerden/",
        "/kontrollen/",
        "/verfahren/",
        "/massnahmen/",
        "/eigentuemer/",
        "/beschluesse/",
    ],
)
def test_lists_cost_at_most_twenty_queries(sign_in, django_assert_max_num_queries, path):
    client = sign_in("wohnungsaufsicht")
    client.get(path)
    with django_assert_max_num_queries(20):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/faelle/", "/personen/", "/kontakte/", "/angebote/"])
def test_lists_of_social_data_cost_at_most_twenty_queries(sign_in, django_assert_max_num_queries, path):
    client = sign_in("planb")
    client.get(path)
    with django_assert_max_num_queries(20):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("bauordnung", "/verfahren/"),
        ("planb", "/faelle/"),
        ("koordination", "/objekte/"),
        ("bauordnung", "/beschwerden/"),
    ],
)
def test_exports_hold_nothing_foreign(sign_in, city, role, path, kind):
    response = sign_in(role).get(f"{path}?export={kind}")
    assert response.status_code == 200
    text = _text(response)
    if kind == "csv":
        assert not {canary for canary in _canaries(city.users[role], city) if canary in text}
