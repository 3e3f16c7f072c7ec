import pytest

from tests.factories.core import DepartmentFactory, member

COUNSEL = (
    "offer.view",
    "helpneed.view",
    "helpneed.take",
    "contact.view",
    "contact.record",
    "person.view",
    "person.change",
    "case.view",
    "case.change",
)


@pytest.fixture
def caritas(db):
    return DepartmentFactory(code="caritas", name="Caritasverband Herne e.V.", short_name="Caritas")


@pytest.fixture
def planb(db):
    return DepartmentFactory(code="planb", name="Plan B e.V.", short_name="Plan B")


@pytest.fixture
def counsellor(caritas):
    return member(*COUNSEL, department=caritas)


@pytest.fixture
def colleague(caritas):
    return member(*COUNSEL, department=caritas)


@pytest.fixture
def outsider(planb):
    return member(*COUNSEL, department=planb)
