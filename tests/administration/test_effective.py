"""Was darf diese Person?, Wer darf diesen Datensatz sehen?: the pages say what restrict() does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Person
from cases.people.protection import ConflictOfInterest
from objects.models import Proceeding
from soe.departments import effective, grants
from soe.departments.models import Membership
from tests.factories.cases import CaseFactory
from tests.factories.core import (
    DepartmentFactory,
    MembershipFactory,
    RoleFactory,
    UserFactory,
    member,
    somebody,
)
from tests.factories.proceedings import ProceedingFactory

pytestmark = pytest.mark.django_db
CODES = ["proceeding.view", "proceeding.change", "person.view", "case.view", "register.view", "admin.all"]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    data=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2), st.sets(st.sampled_from(CODES), max_size=3)),
        max_size=6,
    ),
    shared=st.sets(st.integers(0, 3), max_size=2),
    conflict=st.integers(0, 3),
)
def test_who_may_see_agrees_with_restrict(data, shared, conflict):
    case = CaseFactory()
    proceeding = ProceedingFactory(visibility="internal")
    places = [case.offer.carrier, proceeding.department, DepartmentFactory()]
    users = [UserFactory() for _ in range(4)]
    for user, place, codes in data:
        MembershipFactory(user=users[user], department=places[place], role=RoleFactory(permissions=codes))
    with somebody():
        for user in shared:
            grants.grant(proceeding, to=users[user], basis="sharing", reason="Probe")
        grants.grant(case, to=places[2], basis="sharing", reason="Probe")
        ConflictOfInterest(user=users[conflict], person=case.person, reason="Probe").save()
    for row in (case, case.person, proceeding):
        rows = type(row).objects
        expected = {u.pk for u in users if rows.restrict(u).filter(pk=row.pk).exists()}
        found = {u.pk for u in effective.viewers(row)} & {u.pk for u in users}
        assert found == expected
        reasons = effective.reasons(row, users)
        assert all(reasons[pk] for pk in found), "ein Zugriff ohne Grund"


def test_the_number_of_queries_does_not_depend_on_the_number_of_accounts():
    row = ProceedingFactory(visibility="internal")
    role = RoleFactory(permissions={"proceeding.view"})

    def asked():
        with CaptureQueriesContext(connection) as queries:
            able = effective.viewers(row)
            found = effective.reasons(row, able)
        assert all(found[user.pk] for user in able)
        return len(able), len(queries)

    MembershipFactory(department=row.department, role=role)
    one, few = asked()
    MembershipFactory.create_batch(25, department=row.department, role=role)
    assert asked() == (one + 25, few)


def test_negative_control_a_candidate_left_out_would_show(monkeypatch):
    row = ProceedingFactory(visibility="internal")
    seen = member("proceeding.view", department=row.department)
    assert seen in effective.viewers(row)
    whole = effective.candidates
    monkeypatch.setattr(effective, "candidates", lambda *a: whole(*a).exclude(pk=seen.pk))
    assert Proceeding.objects.restrict(seen).filter(pk=row.pk).exists()
    assert seen not in effective.viewers(row)


def test_the_page_names_the_record_only_to_those_who_may_see_it(as_member):
    client, _ = as_member("privacy.view")
    case = CaseFactory()
    worker = member("person.view", department=case.offer.carrier)
    page = client.get(f"/verwaltung/einsicht/cases.person/{case.person.pk}/")
    text = page.content.decode()
    assert str(worker) in text
    assert case.person.family_name not in text
    assert client.get(f"/verwaltung/einsicht/cases.person/{case.pk}/").status_code == 404
    assert client.get(f"/verwaltung/einsicht/accounts.user/{worker.pk}/").status_code == 404


def test_who_checks_no_rights_does_not_ask(as_member):
    client, _ = as_member("register.view", "admin.members")
    person = Person.objects.get(pk=CaseFactory().person.pk)
    assert client.get(f"/verwaltung/einsicht/cases.person/{person.pk}/").status_code == 403


def test_rights_exceptions_and_denials_stand_on_the_account(as_member):
    client, _ = as_member("admin.all", "admin.members")
    case, proceeding = CaseFactory(), ProceedingFactory()
    person = member("person.view", "case.view", department=case.offer.carrier)
    with somebody():
        ConflictOfInterest(user=person, person=case.person, reason="Probe").save()
        grants.grant(proceeding, to=person, basis="request", reason="Probe")
    page = client.get(f"/verwaltung/konten/{person.pk}/")
    text = page.content.decode()
    assert "eigene Stelle" in text
    assert "Auskunftsersuchen" in text
    assert proceeding.file_number not in text  # the administrator sees no proceeding
    assert ("Personen", 1) in page.context["denials"]
    assert Membership.objects.current().filter(user=person).exists()
