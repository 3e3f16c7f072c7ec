"""Pages for those who check: complete, fast, without contents, and each look leaves an event."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Person
from soe.administration.audit import anomalies, changes
from soe.audit import bulk
from soe.audit.context import acting_as
from soe.audit.events import log_security
from soe.audit.models import ReadLog, SecurityEvent
from soe.audit.sealing import chain
from soe.departments.models import Role
from tests.factories.cases import PersonFactory
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, UserFactory, member

pytestmark = pytest.mark.django_db
CHANGES = reverse("administration:changes")


def shown(response):
    return [(row.actor, row.verb, row.what, row.number) for row, _ in response.context["rows"]]


def test_changes_of_all_kinds_newest_first_without_contents(as_member):
    with acting_as(UserFactory(first_name="Nadine", last_name="Brinkhoff"), reason="KANARI"):
        PersonFactory(given_name="KANARI", by=UserFactory())
        RoleFactory(name="KANARI")
    client, _ = as_member("audit.view")
    response = client.get(CHANGES)
    html = response.content.decode()
    assert "KANARI" not in html
    kinds = [what for _, _, what, _ in shown(response)]
    assert {"Person", "Rolle"} <= set(kinds)
    moments = [row.at for row, _ in response.context["rows"]]
    assert moments == sorted(moments, reverse=True)


def test_filter_by_person_record_department_kind_and_time(as_member):
    person = member("register.view", department=DepartmentFactory(short_name="FB 77"))
    with acting_as(person):
        department = DepartmentFactory(code="neu-77", number="NR-77")
    client, _ = as_member("audit.view")

    def count(**query):
        return len(client.get(CHANGES, query).context["rows"])

    assert count(person=person.username) == 1
    assert count(person=str(person.pk)) == 1
    assert count(record="NR-77") == 1
    assert count(record=str(department.pk)) == 1
    assert count(department=person.memberships.get().department_id) == 1
    assert count(label="departments.department", person=person.username) == 1
    assert count(label="departments.role", person=person.username) == 0
    assert count(kind="-", person=person.username) == 0
    assert count(since="2100-01-01") == 0
    assert count(person=person.username, until=timezone.localdate().isoformat()) == 1
    assert count(person="niemand-dieses-namens") == 0
    assert count(since="kaputt") == 0
    assert count(label="'; DROP TABLE", nach="x|y|z") == 0


def test_pages_hold_each_row_once_also_when_a_thousand_share_a_moment(as_member):
    with acting_as(UserFactory()):
        bulk.create([Role(code=f"k{i}", name=f"K{i}") for i in range(120)], reason="Import")
    client, _ = as_member("audit.view")
    seen, query = [], {"label": "departments.role"}
    while True:
        response = client.get(CHANGES, query)
        seen += [row.history_id for row, _ in response.context["rows"]]
        if not response.context["next_query"]:
            break
        query["nach"] = response.context["rows"][-1][0].cursor
    assert len(seen) == len(set(seen)) == Role.history.count()


def test_the_number_of_queries_does_not_depend_on_rows_or_tables(as_member, django_assert_max_num_queries):
    with acting_as(UserFactory()):
        PersonFactory()
        RoleFactory()
    client, _ = as_member("audit.view", "privacy.view")
    client.get(CHANGES)
    with django_assert_max_num_queries(20):
        client.get(CHANGES)


def test_a_history_is_linked_only_for_kinds_the_reader_may_see(as_member):
    with acting_as(UserFactory()):
        PersonFactory()
    client, _ = as_member("audit.view")
    urls = {row.what: url for row, url in client.get(CHANGES).context["rows"]}
    assert urls["Person"] == ""
    client, _ = as_member("audit.view", "person.view")
    urls = {row.what: url for row, url in client.get(CHANGES).context["rows"]}
    assert urls["Person"].startswith("/verlauf/cases.person/")


def test_each_look_and_each_export_is_an_event_that_names_no_value(as_member):
    client, person = as_member("audit.view", "privacy.view")
    for address in ("changes", "security", "anomalies", "seals", "read_log", "sign_ins"):
        assert client.get(reverse(f"administration:{address}"), {"user_name": "KANARI"}).status_code == 200
    events = SecurityEvent.objects.filter(user_id=person.pk, kind="audit")
    assert events.count() == 6
    assert not any("KANARI" in event.detail for event in events)
    answer = client.get(CHANGES, {"export": "csv"})
    body = b"".join(answer.streaming_content).decode()
    assert "Zugehörigkeit" in body
    assert SecurityEvent.objects.filter(user_id=person.pk, kind="export").count() == 1


def test_only_those_who_check_may_look(as_member):
    client, _ = as_member("register.view", "admin.all", "admin.members")
    for address in ("changes", "security", "anomalies", "seals"):
        assert client.get(reverse(f"administration:{address}")).status_code == 403
    client, _ = as_member("audit.view")
    assert client.get(reverse("administration:anomalies")).status_code == 403


def test_events_can_be_filtered(as_member):
    client, person = as_member("privacy.view")
    with acting_as(person):
        log_security("settings", detail="Probe 77")
    page = client.get(reverse("administration:security"), {"kind": "settings", "user_id": str(person.pk)})
    assert "Probe 77" in page.content.decode()
    assert "Probe 77" not in client.get(reverse("administration:security"), {"kind": "role"}).content.decode()


def test_the_newest_seal_can_be_written_down(as_member):
    client, _ = as_member("audit.view")
    chain.seal()
    newest = chain.newest_seal()
    assert f"{newest.number}:{newest.digest}" in client.get(reverse("administration:seals")).content.decode()


# --- striking readers


def reads(user, count, *, at=None, kind="view"):
    at = at or datetime.now(ZoneInfo("Europe/Berlin")).replace(hour=11)
    while at.isoweekday() > 5:
        at -= timedelta(days=1)
    rows = [
        ReadLog(
            at=at, user_id=user.pk, user_name=str(user), role="", kind=kind, model="cases.person",
            object_id=f"00000000-0000-7000-8000-{n:012d}", basis="Prüfung",
        )
        for n in range(count)
    ]  # fmt: skip
    ReadLog.objects.bulk_create(rows)


@pytest.fixture
def colleagues():
    role = RoleFactory(name="Beratung")
    people = [MembershipFactory(role=role).user for _ in range(5)]
    for number, person in enumerate(people[1:]):
        reads(person, 10 + number)
    return people


def striking():
    now = timezone.now()
    return anomalies.striking(now - timedelta(days=30), now + timedelta(days=1))


def test_who_opens_far_more_records_than_her_peers_is_named_with_the_threshold(colleagues):
    reads(colleagues[0], 60)
    [found] = striking()
    assert (found.user_id, found.records) == (colleagues[0].pk, 60)
    [reason] = found.reasons
    assert reason == (
        "Hat 60 verschiedene Datensätze geöffnet. Die Mitte von 4 anderen mit der Rolle „Beratung“ liegt bei 11,5; "
        "auffällig sind mehr als 34,5."
    )


def test_who_reads_a_little_more_or_the_same_record_often_is_not(colleagues):
    reads(colleagues[0], 30)
    for _ in range(5):
        reads(colleagues[1], 10)
    assert striking() == []


def test_a_heavy_reader_does_not_hide_herself_by_raising_the_average(colleagues):
    """Negative control: with the mean instead of the median two heavy readers would cover each other."""
    reads(colleagues[0], 400)
    reads(colleagues[1], 400)
    assert {reader.user_id for reader in striking()} == {colleagues[0].pk, colleagues[1].pk}
    counts = [11, 12, 13, 400]
    assert sum(counts) / 4 * 3 > 300 > anomalies.threshold(counts)[1]


def test_nights_weekends_and_refusals_are_named(colleagues, as_member):
    night = datetime.now(ZoneInfo("Europe/Berlin")).replace(hour=23) - timedelta(days=1)
    reads(colleagues[2], 6, at=night)
    with acting_as(colleagues[3]):
        for _ in range(10):
            log_security("denial", detail="x")
    reasons = {reader.user_id: " ".join(reader.reasons) for reader in striking()}
    assert "6 Zugriffe zwischen 20 und 6 Uhr" in reasons[colleagues[2].pk]
    assert "10 Mal verweigert" in reasons[colleagues[3].pk]
    client, _ = as_member("privacy.view")
    html = client.get(reverse("administration:anomalies")).content.decode()
    assert f"user_id={colleagues[2].pk}" in html


def test_every_history_is_among_the_sources():
    labels = set(changes.sources())
    assert {"accounts.user", "cases.person", "objects.property", "departments.membership"} <= labels
    assert Person._meta.label_lower in labels
