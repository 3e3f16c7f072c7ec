"""What every test stands on: append-only tables that survive a flush, and a client that watches pages."""

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.db.models import QuerySet
from django.test import TransactionTestCase

from soe.accounts.models import SYSTEM_USERNAME, User
from soe.audit.context import acting_as
from soe.audit.triggers import gate

from .clients import WatchingClient
from .factories.core import UserFactory, member

pytest_plugins = ["tests.browser"]

# Kept between transactional tests: what `migrate` itself puts in, which takes seconds to make again.
KEPT = {"django_content_type", "auth_permission", "django_migrations", "audit_maintenancegate"}


def _insert_system_account():
    """The one row without history, as in the migration: nobody was there to write it."""
    if not User.objects.filter(username=SYSTEM_USERNAME).exists():
        QuerySet(User).bulk_create([User(username=SYSTEM_USERNAME, last_name="System", is_active=False)])


def _empty_the_tables(self):
    """Instead of Django's flush, which history refuses: delete the rows through the maintenance gate."""
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    with gate("tests"), connection.cursor() as cursor:
        for name in sorted(names):
            table = connection.ops.quote_name(name)
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
            if cursor.fetchone()[0]:
                cursor.execute(f"DELETE FROM {table}")
    _insert_system_account()


TransactionTestCase._fixture_teardown = _empty_the_tables


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
        _insert_system_account()


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _points_at_once(monkeypatch):
    """Most tests roll back: nothing is ever committed, so points would never be computed."""
    monkeypatch.setattr("objects.priority.once.AT_ONCE", True)


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
