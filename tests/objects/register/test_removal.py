"""What was entered by mistake goes, is named when something hangs on it, and comes back within thirty days."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from objects.register.models import Dwelling, Note, Ownership
from soe.audit import erasure
from soe.audit.context import acting_as
from soe.web.removal import registry, services
from tests.factories.core import DepartmentFactory, UserFactory, member
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
    client.force_login(member(*CODES, department=DepartmentFactory()))  # may not change this property
    assert client.get(url("restore", mine)).status_code == 404
    assert str(mine) not in client.get(reverse("web:bin")).content.decode()


def test_who_may_change_the_property_brings_back_what_others_removed(clerk, client, house):
    right, note = (
        OwnershipFactory(property=house),
        NoteFactory(property=house, department=house.lead_department),
    )
    elsewhere = DepartmentFactory()
    hidden = NoteFactory(property=house, department=elsewhere)
    with acting_as(member(*CODES, department=elsewhere)):
        for row in (right, note, hidden):
            remove(row)
    page = clerk.get(reverse("web:bin")).content.decode()
    assert [url("restore", row) in page for row in (right, note, hidden)] == [True, True, False]
    assert clerk.get(url("restore", hidden)).status_code == 404  # an internal note of another department
    assert submit(clerk, url("restore", right)).status_code == 302
    assert Ownership.objects.filter(pk=right.pk).exists()


def test_negative_control_without_the_narrowing_an_internal_note_would_show(clerk, house, monkeypatch):
    hidden = NoteFactory(property=house, department=DepartmentFactory())
    with acting_as(UserFactory()):
        remove(hidden)
    kind = replace(registry.find("objects.note"), shared=None)
    monkeypatch.setitem(registry._known, "objects.note", kind)
    assert url("restore", hidden) in clerk.get(reverse("web:bin")).content.decode()


@pytest.mark.parametrize("blank", [erasure.REMOVE, {"text": "gelöscht"}])
def test_after_an_erasure_nothing_comes_back(clerk, house, blank):
    row = NoteFactory(property=house, department=house.lead_department)
    with acting_as(clerk.user):
        remove(row)
        ground = erasure.Ground("probe", "Probe", "Art. 17 DSGVO")
        erasure.erase(
            [erasure.Part(Note, [row.pk], blank)], ground=ground, model=Note, object_id=row.pk, reason="x"
        )
        with pytest.raises(ValidationError):
            services.restore(Note, row.pk, user=clerk.user, reason="zurück")
    assert services.removed(clerk.user) == []
    assert not Note.objects.filter(pk=row.pk).exists()


def test_negative_control_without_asking_for_erasures_an_empty_shell_would_come_back(
    clerk, house, monkeypatch
):
    monkeypatch.setattr(services, "erased", lambda kind, rows: set())
    with pytest.raises(pytest.fail.Exception):
        test_after_an_erasure_nothing_comes_back(clerk, house, {"text": "gelöscht"})


def test_the_history_shows_only_what_was_removed(clerk, house):
    row = OwnershipFactory(property=house)
    with acting_as(clerk.user):
        remove(row)
    page = clerk.get(reverse("web:history", args=["objects.property", house.pk]), {"art": "entfernt"})
    assert [e.kind for _, day in page.context["days"] for e in day] == ["-"]


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
