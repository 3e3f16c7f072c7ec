"""Every route says what right it needs, and answers as it says."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import override_settings
from django.urls import NoReverseMatch, path, reverse

from soe.departments.catalogue import PERMISSIONS
from soe.web.policy import FOREIGN
from soe.web.routes import routes, table, undeclared
from tests.factories.core import member

GHOST = "00000000-0000-7000-8000-000000000000"


def test_every_route_of_the_application_declares_its_rights():
    assert [f"{route.path} ({route.view})" for route in undeclared()] == []
    assert len(routes()) > 50


def test_every_named_permission_is_in_the_catalogue():
    named = {
        code for route in routes() if route.policy for code in route.policy.permissions if code is not None
    }
    assert named <= set(PERMISSIONS)


def _nobody_asked(request):
    return HttpResponse()


urlpatterns = [path("vergessen/", _nobody_asked)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_route_without_a_declaration_is_an_error():
    with pytest.raises(CommandError, match="1 Adressen"):
        call_command("permission_policy", stderr=StringIO())


def test_the_policy_is_machine_readable(db):
    out = StringIO()
    call_command("permission_policy", "--format", "json", stdout=out)
    rows = json.loads(out.getvalue())
    start = [row for row in rows if row["name"] == "web:start"]
    assert {"route", "method", "role", "expected"} <= set(start[0])
    assert {row["role"] for row in start} > {"(nicht angemeldet)"}


def _address(route):
    """An address of the route with ids that do not exist, or None when it needs more than ids."""
    try:
        return reverse(route.name)
    except NoReverseMatch:
        pass
    try:
        return reverse(route.name, args=[GHOST])
    except NoReverseMatch:
        return None


def test_every_route_answers_as_its_policy_says(client, db):
    """Anonymous: to the login (programs: 401). Signed in without any right: 403 where a right is needed, never a page."""
    nobody, wrong, seen = member(), [], 0
    for route in routes():
        policy = route.policy
        if not route.name or policy is None or policy.public or "GET" not in policy.methods:
            continue
        address = _address(route)
        if address is None:  # more than one id: covered by the tests of its app
            continue
        seen += 1
        client.logout()
        anonymous = client.get(address).status_code
        client.force_login(nobody)
        answer = client.get(address).status_code
        allowed = (200, 302, 404) if policy.allows(()) else (403,)
        if route.name in FOREIGN:  # a package's page may ask for more, never for less
            allowed = (*allowed, 403)
        if anonymous != (401 if policy.api else 302) or answer not in allowed:
            wrong.append((route.name, anonymous, answer, allowed))
    assert wrong == []
    assert seen > 50


def test_the_expectations_of_one_route_by_role():
    rows = {
        row["role"]: row["expected"]
        for row in table({"alle": frozenset(PERMISSIONS), "keine": frozenset()})
        if row["name"] == "web:blocks"
    }
    assert rows == {"(nicht angemeldet)": {"anonymous": 302}, "alle": {"ok": 200}, "keine": {"denied": 403}}
