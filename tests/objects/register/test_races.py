"""Two people at once: one acts, the other is told. Row locks need PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from objects import services
from objects.models import Participation, Property, PropertyTransfer
from soe.audit.errors import IllegalTransition
from tests.factories.core import member
from tests.factories.register import AddressFactory, ParticipationFactory, PropertyFactory, StreetFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def at_once(*steps):
    """Run the steps in parallel threads; what each raised (None: it went through)."""
    barrier = Barrier(len(steps))

    def run(step):
        try:
            barrier.wait(timeout=20)
            step()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_two_answers_to_one_offer_one_counts():
    clerk = member("register.view", "register.change")
    part = ParticipationFactory(department=clerk.departments[0])
    first, second = (Participation.objects.get(pk=part.pk) for _ in range(2))
    errors = at_once(
        lambda: first.accept(by=clerk), lambda: second.decline(by=clerk, reason="Dafür ist Umwelt zuständig.")
    )
    assert sorted(type(error) for error in errors if error) == [IllegalTransition]
    part.refresh_from_db()
    assert part.state in ("accepted", "declined")
    assert part.history.count() == 2


def test_two_retirements_one_counts():
    clerk = member("register.view", "register.change")
    house = PropertyFactory(lead_department=clerk.departments[0])
    rows = [Property.objects.get(pk=house.pk) for _ in range(2)]
    errors = at_once(
        *(lambda row=row: row.retire(by=clerk, outcome="solved", reason="behoben") for row in rows)
    )
    assert [type(error) for error in errors if error] == [IllegalTransition]
    assert house.periods.count() == 1


def test_numbers_have_no_gap_and_no_double_when_drawn_at_once():
    clerk = member("register.view", "register.change")
    own, street = clerk.departments[0], StreetFactory(name="Lorenkippe")
    addresses = [AddressFactory(street=street, number=number) for number in range(1, 6)]
    errors = at_once(
        *(lambda a=address: services.open_property(a, by=clerk, lead_department=own) for address in addresses)
    )
    assert not any(errors), errors
    assert sorted(Property.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5]


def test_one_house_opened_twice_at_once_stands_once():
    clerk = member("register.view", "register.change")
    own, address = clerk.departments[0], AddressFactory()
    errors = at_once(
        *(lambda: services.open_property(address, by=clerk, lead_department=own) for _ in range(2))
    )
    assert len([error for error in errors if error]) == 1
    assert isinstance(next(filter(None, errors)), ValidationError)
    assert Property.objects.count() == 1


def test_two_merges_at_once_one_counts():
    clerk = member("register.view", "register.change", "register.steer")
    own = clerk.departments[0]
    a, b, c = (PropertyFactory(lead_department=own, address=AddressFactory(number=n)) for n in (1, 2, 3))
    moved = a.addresses.get()

    def merge(source, into):
        rows = Property.objects.in_bulk([source.pk, into.pk])
        return lambda: services.merge_property(rows[source.pk], rows[into.pk], by=clerk, reason="dasselbe")

    # a into b, b into a, a into c: whoever comes second finds one of the two gone.
    errors = [error for error in at_once(merge(a, b), merge(b, a), merge(a, c)) if error]
    assert all(isinstance(error, ValidationError) for error in errors), errors
    done = PropertyTransfer.objects.count()
    assert done == 3 - len(errors) >= 1
    assert Property.objects.filter(merged_into=None).count() == 3 - done
    for house in Property.objects.filter(merged_into__isnull=False):
        assert not house.addresses.exists()
    moved.refresh_from_db()
    assert moved.history.count() <= 1 + done * 2


def test_two_undos_at_once_one_counts():
    clerk = member("register.view", "register.change", "register.steer")
    a, b = (PropertyFactory(lead_department=clerk.departments[0]) for _ in range(2))
    transfer = services.merge_property(a, b, by=clerk, reason="dasselbe")
    rows = [PropertyTransfer.objects.get(pk=transfer.pk) for _ in range(2)]
    errors = at_once(
        *(lambda row=row: services.undo_merge(row, by=clerk, reason="doch nicht") for row in rows)
    )
    assert [type(error) for error in errors if error] == [ValidationError]
    a.refresh_from_db()
    assert a.merged_into is None
    assert a.periods.count() == 1
