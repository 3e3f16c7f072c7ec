import pytest

from soe.audit.context import acting_as
from soe.web.files import services
from tests.factories.core import member
from tests.factories.register import PropertyFactory

from . import samples


@pytest.fixture
def house(db):
    return PropertyFactory()


@pytest.fixture
def clerk(house):
    """A member of the lead department, who may change the house."""
    return member("register.view", "register.change", department=house.lead_department)


@pytest.fixture
def add(clerk):
    """add(target, content, name, by=…) → the attachment."""

    def add(target, content=None, name="foto.jpg", *, by=None, **kwargs):
        with acting_as(by or clerk):
            return services.attach(target, samples.upload(content or samples.jpeg(), name), **kwargs)

    return add
