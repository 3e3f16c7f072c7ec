"""A small demo city, built once per module and rolled back at its end; each test works in a savepoint of its own."""

import random

import pytest
from django.db import transaction
from django.utils import timezone

from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.demo.builder import PARTS
from soe.demo.city import City


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """The demo city at a twentieth of its size."""
    with django_db_blocker.unblock(), transaction.atomic():
        with acting_as(User.objects.system(), reason="Demostadt"):
            town = City(today=timezone.localdate(), rng=random.Random(7), scale=0.06, say=lambda text: None)
            for part in PARTS:
                part(town)
        yield town
        transaction.set_rollback(True)


@pytest.fixture
def sign_in(city, client):
    """sign_in("planb") → client signed in as that demo account."""

    def sign_in(username):
        client.force_login(city.users[username])
        return client

    return sign_in
