"""The two probes of whoever watches the installation."""

from unittest.mock import patch

import pytest
from django.db import OperationalError, connections


class Away:
    def __getattr__(self, name):
        raise OperationalError("could not connect")


def test_alive_needs_no_database(client):
    with patch.object(connections, "__getitem__", side_effect=OperationalError):
        response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_when_the_database_answers_and_is_migrated(client, db):
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_the_database(client, db):
    with patch("soe.web.health.connections", {"default": Away()}):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content.decode() == "nicht bereit: database\n"


def test_not_ready_with_an_open_migration(client, db):
    with patch("soe.web.health.MigrationExecutor") as executor:
        executor.return_value.migration_plan.return_value = [("objects.0002", False)]
        response = client.get("/readyz")
    assert response.status_code == 503
    assert b"migrations" in response.content


def test_not_ready_when_history_lost_its_guard(client, db):
    with patch("soe.web.health.missing", return_value=["objects_historicalproperty"]):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert b"history" in response.content


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_set_no_cookie_and_say_nothing_about_the_machine(client, db, path):
    response = client.get(path)
    assert not response.cookies
    assert len(response.content) < 20


def test_probes_take_no_login_host(client, db):
    assert client.get("/livez", headers={"host": "10.1.2.3"}).status_code == 200
