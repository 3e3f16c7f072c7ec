"""What every test stands on: append-only tables that survive a flush, and a client that watches pages."""

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.db.models import QuerySet
from django.test import TransactionTestCase

from soe.accounts.models import SYSTEM_USERNAME, User
from soe.audit.context import acting_as
from soe.audit.triggers import maintenance

from .clients import WatchingClient
from .factories.core import UserFactory, member

pytest_plugins = ["tests.browser"]

_flush = TransactionTestCase._fixture_teardown


def _flush_and_restore(self):
    """History refuses the flush of transactional tests; and what migrations inserted must be there again."""
    with maintenance(connection):
        _flush(self)
    connection.creation.deserialize_db_from_string(connection._test_serialized_contents)


TransactionTestCase._fixture_teardown = _flush_and_restore


def pytest_collection_modifyitems(config, items):
    """Tests of row locks say nothing on SQLite: they are left out there, and the summary says how many."""
    if connections["default"].vendor == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash[_LEFT_OUT] = len(left_out)


_LEFT_OUT = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter, config):
    if count := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(f"{count} Tests gelten nur für PostgreSQL und laufen dort.")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tables come straight from the models (a test of its own runs the migrations); what a migration inserts
    for everybody is inserted here."""
    with django_db_blocker.unblock():
        if not User.objects.filter(username=SYSTEM_USERNAME).exists():
            # The one row without history, as in the migration: nobody was there to write it.
            QuerySet(User).bulk_create([User(username=SYSTEM_USERNAME, last_name="System", is_active=False)])
            connection._test_serialized_contents = connection.creation.serialize_db_to_string()


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def client():
    """Fails on a GET that writes, on inline scripts and styles, and on pages without a language."""
    return WatchingClient()


@pytest.fixture
def user(db):
    """An account without any membership."""
    return UserFactory()


@pytest.fixture
def acting(user):
    """Everything the test writes is done by `user`."""
    with acting_as(user, reason="Test"):
        yield user


@pytest.fixture
def as_member(db, client):
    """as_member("case.view", department=…) → (client signed in as a new member with these permissions, user)."""

    def sign_in(*permissions, **kwargs):
        person = member(*permissions, **kwargs)
        client.force_login(person)
        return client, person

    return sign_in
