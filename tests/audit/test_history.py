"""No business row changes without a history row, and no history row changes."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from soe.accounts.models import User
from soe.audit import bulk, triggers
from soe.audit.checks import NOT_AUDITED, our_models
from soe.audit.context import acting_as
from soe.audit.errors import AuditedWriteRefused, ConcurrentChange, NoActor
from soe.audit.models import AuditedModel, ReadLog
from soe.audit.numbers import next_number
from soe.audit.reads import log_read
from soe.departments.models import Department, Role
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_write_without_an_actor_is_refused_and_leaves_nothing():
    with pytest.raises(NoActor):
        Role(code="x", name="X").save()
    assert not Role.objects.filter(code="x").exists()
    assert not Role.history.filter(code="x").exists()


def test_a_history_row_says_who_in_which_role_why_and_what():
    membership = MembershipFactory()
    role = RoleFactory(name="Vorher")
    with acting_as(membership.user, reason="Anlass"):
        role.name = "Nachher"
        role.save(reason="umbenannt")
    row = role.history.first()
    assert row.name == "Nachher"
    assert row.prev_record.name == "Vorher"
    assert row.history_user_id == membership.user.pk
    assert row.actor_name == str(membership.user)
    assert str(membership.department) in row.actor_role
    assert row.history_change_reason == "umbenannt"


def test_the_reason_of_one_save_does_not_stick_to_the_next(acting):
    role = RoleFactory()
    role.save(reason="erster Grund")
    role.save()
    assert [row.history_change_reason for row in role.history.all()[:2]] == ["Test", "erster Grund"]


def test_row_and_history_row_fail_together(acting, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("history is full")

    role = RoleFactory(name="Vorher")
    monkeypatch.setattr("soe.audit.history.history_row", broken)
    role.name = "Nachher"
    with pytest.raises(RuntimeError):
        role.save()
    assert Role.objects.get(pk=role.pk).name == "Vorher"
    assert role.version == Role.objects.get(pk=role.pk).version


def test_deleting_keeps_what_was_there(acting):
    role = RoleFactory(name="Weg")
    pk = role.pk
    role.delete(reason="doppelt")
    row = Role.history.filter(id=pk).first()
    assert (row.history_type, row.name, row.history_change_reason) == ("-", "Weg", "doppelt")


@pytest.mark.parametrize(
    "shortcut",
    [
        lambda: Role.objects.update(name="x"),
        lambda: Role.objects.filter(pk=None).delete(),
        lambda: Role.objects.bulk_create([]),
        lambda: Role.objects.bulk_update([], ["name"]),
        lambda: Role.objects.all()._raw_delete("default"),
    ],
)
def test_shortcuts_that_write_no_history_are_refused(shortcut):
    with pytest.raises(AuditedWriteRefused):
        shortcut()


def test_the_second_of_two_writers_is_refused(acting):
    role = RoleFactory(name="Anfang")
    first, second = Role.objects.get(pk=role.pk), Role.objects.get(pk=role.pk)
    first.name = "Erste"
    first.save()
    second.name = "Zweite"
    with pytest.raises(ConcurrentChange):
        second.save()
    assert Role.objects.get(pk=role.pk).name == "Erste"
    assert role.history.count() == 2


def test_without_the_version_check_the_second_writer_would_win(acting, monkeypatch):
    """Negative control: the test above turns red when the protection is off."""
    monkeypatch.delattr(AuditedModel, "_do_update")
    role = RoleFactory(name="Anfang")
    first, second = Role.objects.get(pk=role.pk), Role.objects.get(pk=role.pk)
    first.name = "Erste"
    first.save()
    second.name = "Zweite"
    second.save()
    assert Role.objects.get(pk=role.pk).name == "Zweite"


def _history_tables():
    return sorted({model._meta.db_table for model in triggers.append_only_models()})


def test_every_append_only_table_has_its_trigger():
    assert triggers.missing(connection) == []
    assert len(triggers.append_only_tables(connection)) == len(_history_tables()) > 10


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor_name = 'x'", "DELETE FROM {}"])
def test_a_raw_change_of_history_is_refused(statement):
    RoleFactory()
    table = Role.history.model._meta.db_table
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_the_orm_cannot_change_history_either(acting):
    row = RoleFactory().history.first()
    row.actor_name = "jemand anderes"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


@pytest.mark.postgresql
def test_truncating_history_is_refused():
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {Role.history.model._meta.db_table}")


def test_without_the_trigger_the_change_would_pass():
    """Negative control: what the two tests above rely on."""
    RoleFactory()
    table = Role.history.model._meta.db_table
    with triggers.gate("Gegenprobe"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET actor_name = 'x'")
        assert cursor.rowcount >= 1


def test_after_the_gate_history_is_closed_again():
    RoleFactory()
    with triggers.gate("Gegenprobe"):
        pass
    test_a_raw_change_of_history_is_refused("UPDATE {} SET actor_name = 'x'")


def test_every_model_of_ours_is_audited_or_says_why_not():
    for model in our_models():
        reason = NOT_AUDITED.get(model._meta.label) or getattr(model, "not_audited_because", "")
        assert issubclass(model, AuditedModel) or reason, model


def test_no_password_in_history():
    assert "password" not in {field.name for field in User.history.model._meta.fields}


def test_bulk_create_writes_one_history_row_each(acting):
    roles = bulk.create([Role(code=f"b{i}", name=f"B{i}") for i in range(5)], reason="Import")
    rows = Role.history.filter(id__in=[role.pk for role in roles])
    assert rows.count() == 5
    assert {(row.history_type, row.history_change_reason, row.actor_name) for row in rows} == {
        ("+", "Import", str(acting))
    }


def test_bulk_update_raises_the_version_and_keeps_history(acting):
    roles = bulk.create([Role(code=f"b{i}", name=f"B{i}") for i in range(3)], reason="Import")
    assert bulk.update_where(Role.objects.filter(code__startswith="b"), reason="Text", description="neu") == 3
    for role in Role.objects.filter(pk__in=[role.pk for role in roles]):
        assert (role.version, role.description) == (2, "neu")
        assert [row.history_type for row in role.history.all()] == ["~", "+"]


def test_bulk_writes_need_an_actor():
    with pytest.raises(NoActor):
        bulk.create([Role(code="x", name="x")], reason="Import")


def test_reads_are_logged_and_cannot_be_changed(acting):
    department = DepartmentFactory()
    log_read("view", Department, obj=department, basis="Prüfung")
    row = ReadLog.objects.get(object_id=department.pk)
    assert (row.user_id, row.model, row.basis) == (acting.pk, "departments.department", "Prüfung")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_numbers_have_no_gaps_when_a_transaction_fails():
    def draw_and_fail():
        with transaction.atomic():
            next_number("probe")
            raise RuntimeError

    with transaction.atomic():
        assert next_number("probe") == 1
    with pytest.raises(RuntimeError):
        draw_and_fail()
    with transaction.atomic():
        assert next_number("probe") == 2


def test_changing_an_account_keeps_its_history(acting):
    person = UserFactory(last_name="Alt")
    person.last_name = "Neu"
    person.save(reason="Heirat")
    assert [row.last_name for row in person.history.all()] == ["Neu", "Alt"]


def test_every_field_of_a_history_table_is_its_own():
    """A shared instance would send the erasure's UPDATE to another model's table."""
    for model in triggers.append_only_models():
        for field in model._meta.concrete_fields:
            assert field.model._meta.db_table == model._meta.db_table, field


def test_history_models_are_found_for_every_app():
    labels = {model._meta.app_label for model in apps.get_models() if hasattr(model, "instance_type")}
    assert {"accounts", "departments"} <= labels
