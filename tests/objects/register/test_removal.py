"""What was entered by mistake goes, is named when something hangs on it, and comes back within thirty days."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from objects.register.models import Dwelling, Note, Ownership
from soe.audit.context import acting_as
from soe.web.removal import services
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import DwellingFactory, NoteFactory, OwnershipFactory, PropertyFactory
from tests.web.forms import submit

pytestmark = pytest.mark.django_db
CODES = ("register.view", "register.change", "owner.view")


@pytest.fixture
def department():
    return DepartmentFactory(short_name="FB 53")


@pytest.fixture
def house(department):
    return PropertyFactory(lead_department=department)


@pytest.fixture
def clerk(client, department):
    user = member(*CODES, department=department)
    client.force_login(user)
    client.user = user
    return client


def remove(row):
    pk = row.pk
    row.delete(reason="falsch")
    row.pk = pk  # Django forgets it


def url(kind, obj):
    return reverse(f"web:{kind}", args=[obj._meta.label_lower, obj.pk])


def test_a_wrong_entry_is_removed_listed_and_restored_with_the_same_id(clerk, house):
    row = OwnershipFactory(property=house)
    page = submit(clerk, url("remove", row), reason="Falsches Haus")
    assert page.status_code == 302
    assert not Ownership.objects.filter(pk=row.pk).exists()
    html = clerk.get(house.get_absolute_url()).content.decode()
    assert url("restore", row) in html  # the message offers to undo
    assert "Falsches Haus" in clerk.get(reverse("web:bin")).content.decode()
    assert submit(clerk, url("restore", row)).status_code == 302
    back = Ownership.objects.get(pk=row.pk)
    assert (back.party_id, back.since, back.version) == (row.party_id, row.since, row.version + 1)
    assert [entry.history_type for entry in back.history.all()] == ["+", "-", "+"]
    assert back.history.first().history_change_reason == "wiederhergestellt: versehentlich entfernt"
    assert clerk.get(url("restore", row)).status_code == 404  # it is there
    assert str(back) not in clerk.get(reverse("web:bin")).content.decode()


def test_what_hangs_on_it_is_named_in_german(clerk, house):
    from tests.factories.inspections import InspectionFactory, VisitFactory

    row = DwellingFactory(property=house)
    VisitFactory(inspection=InspectionFactory(property=house), dwelling=row)
    page = submit(clerk, url("remove", row), reason="doppelt")
    assert page.status_code == 200
    assert "Daran hängt noch 1" in page.content.decode()
    assert Dwelling.objects.filter(pk=row.pk).exists()


def test_foreign_rows_and_foreign_bins_are_out_of_reach(clerk, client, house):
    row = NoteFactory(property=house, department=DepartmentFactory())
    elsewhere = OwnershipFactory()
    assert clerk.get(url("remove", row)).status_code == 404  # another department's note
    assert clerk.post(url("remove", elsewhere), {"reason": "x"}).status_code == 404
    assert clerk.get(reverse("web:remove", args=["objects.property", house.pk])).status_code == 404
    mine = OwnershipFactory(property=house)
    submit(clerk, url("remove", mine), reason="falsch")
    client.force_login(member(*CODES, department=house.lead_department))
    assert client.get(url("restore", mine)).status_code == 404
    assert str(mine) not in client.get(reverse("web:bin")).content.decode()


def test_rights_are_asked_again_when_restoring(clerk, house, monkeypatch):
    row = OwnershipFactory(property=house)
    with acting_as(clerk.user):
        remove(row)
        house.refresh_from_db()
        house.lead_department = DepartmentFactory()
        house.save(reason="abgegeben")
        with pytest.raises(PermissionDenied):
            services.restore(Ownership, row.pk, user=clerk.user, reason="zurück")
        assert not Ownership.objects.filter(pk=row.pk).exists()
        assert services.newest(Ownership, row.pk).history_type == "-"  # not even a history row stays
        # Negative control: without the question about rights it would come back.
        monkeypatch.setattr(type(Ownership.objects.all()), "restrict", lambda rows, user, action: rows)
        services.restore(Ownership, row.pk, user=clerk.user, reason="zurück")
    assert Ownership.objects.filter(pk=row.pk).exists()


def test_after_thirty_days_it_stays_gone(clerk, house):
    row = OwnershipFactory(property=house)
    with acting_as(clerk.user):
        remove(row)
        assert [found.id for _, found in services.removed(clerk.user)] == [row.pk]
        with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
            assert services.removed(clerk.user) == []
            with pytest.raises(ValidationError, match="30 Tage"):
                services.restore(Ownership, row.pk, user=clerk.user, reason="zurück")


def test_what_was_entered_again_meanwhile_is_not_doubled(clerk, house):
    row = OwnershipFactory(property=house)
    with acting_as(clerk.user):
        remove(row)
        OwnershipFactory(property=house, party=row.party, role=row.role, since=row.since)
        with pytest.raises(ValidationError, match="passt der Eintrag nicht mehr"):
            services.restore(Ownership, row.pk, user=clerk.user, reason="zurück")


def test_a_restored_row_comes_back_once(clerk, house):
    row = NoteFactory(property=house, department=house.lead_department)
    with acting_as(clerk.user):
        remove(row)
        services.restore(Note, row.pk, user=clerk.user, reason="zurück")
        with pytest.raises(ValidationError, match="schon wiederhergestellt"):
            services.restore(Note, row.pk, user=clerk.user, reason="zurück")
