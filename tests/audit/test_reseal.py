"""A sealed column that is renamed or dropped: sealed anew as an event of the chain, never to cover up a change."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from soe.audit import triggers
from soe.audit.events import log_security
from soe.audit.models import Seal
from soe.audit.sealing import chain
from soe.audit.sealing.rows import Table
from soe.audit.sealing.verify import verify
from soe.departments.models import Role
from tests.factories.core import RoleFactory
from tests.threads import at_once

HISTORY = Role.history.model._meta.db_table


def seal(**kwargs):
    return chain.seal(grace=timedelta(minutes=-1), **kwargs)


def findings():
    return [str(finding) for finding in verify().findings]


def rename(monkeypatch):
    """As after a migration: the sealed `description` is called otherwise now (or, the same, is gone)."""
    fields = Table.__init__

    def without(self, model):
        fields(self, model)
        if self.name == HISTORY:
            self.fields.pop("description", None)

    monkeypatch.setattr(Table, "__init__", without)


@pytest.fixture
def sealed(acting):
    role = RoleFactory(name="Anfang")
    for number in range(4):
        role.name = f"Name {number}"
        role.save()
    log_security("settings", detail="x")
    seal(batch=2)
    return list(Role.history.order_by("history_id"))


def tamper(sql, *params):
    with triggers.gate("Gegenprobe"), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.mark.django_db
def test_after_a_change_of_the_table_resealing_makes_the_chain_whole_again(sealed, monkeypatch, capsys):
    rename(monkeypatch)
    assert "Gesiegelte Spalten fehlen: description" in findings()[0]
    before = list(Seal.objects.order_by("number").values_list("digest", flat=True))
    call_command("seal_audit", reseal="Spalte umbenannt")
    assert findings() == []
    assert list(Seal.objects.order_by("number").values_list("digest", flat=True))[: len(before)] == before
    assert Seal.objects.filter(kind="reseal").first().detail.endswith("Spalte umbenannt")
    # What came after is found as before: a change, a row that is missing, one that was put in.
    row = sealed[1]
    tamper(f"UPDATE {HISTORY} SET actor_name = 'jemand' WHERE history_id = %s", row.history_id)
    assert findings() == [f"{HISTORY}, Zeile {row.history_id}: wurde verändert."]
    tamper(f"DELETE FROM {HISTORY} WHERE history_id = %s", row.history_id)
    assert f"{HISTORY}, Zeile {row.history_id}: fehlt." in findings()
    with pytest.raises(CommandError, match="Es wurde nichts neu gesiegelt"):
        call_command("seal_audit", reseal="vertuschen")


@pytest.mark.django_db
def test_resealing_covers_up_nothing(sealed, monkeypatch):
    rename(monkeypatch)
    other = Seal.objects.filter(kind="rows").first()
    tamper("UPDATE audit_seal SET count = count + 1 WHERE number = %s", other.number)
    with pytest.raises(CommandError, match="nicht von der Umstellung"):
        call_command("seal_audit", reseal="Grund")
    assert not Seal.objects.filter(kind="reseal").exists()


@pytest.mark.django_db
def test_without_a_change_there_is_nothing_to_reseal(sealed):
    with pytest.raises(CommandError, match="nichts neu zu siegeln"):
        call_command("seal_audit", reseal="Grund")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_sealing_beside_writers_loses_no_row_and_seals_none_twice():
    """Numbers are drawn before they are committed: a sealer that did not wait would step over the slow one."""

    def write():
        for number in range(15):
            log_security("settings", detail=str(number))

    def change():
        from soe.audit.context import acting_as
        from tests.factories.core import UserFactory

        with acting_as(UserFactory()):
            role = RoleFactory()
            for number in range(15):
                role.name = f"{role.pk} {number}"
                role.save()

    def seals():
        return [seal(batch=3).rows for _ in range(6)]

    results = at_once(write, change, change, seals, seals)
    assert [result for result in results if isinstance(result, Exception)] == []
    seal()
    report = verify()
    assert (report.findings, report.backlog) == ([], {})
    assert Role.history.count() == 32
