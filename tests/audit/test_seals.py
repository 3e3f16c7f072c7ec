"""Seals: whoever changes, removes or inserts a row of history or of a log is found, and the row is named."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from soe.audit import triggers
from soe.audit.events import log_security
from soe.audit.models import ReadLog, Seal, SecurityEvent
from soe.audit.reads import log_read
from soe.audit.sealing import chain
from soe.audit.sealing.rows import tables
from soe.audit.sealing.verify import verify
from soe.departments.models import Department, Role
from tests.factories.core import DepartmentFactory, RoleFactory

pytestmark = pytest.mark.django_db
HISTORY = Role.history.model._meta.db_table


def seal(**kwargs):
    return chain.seal(grace=timedelta(minutes=-1), **kwargs)


def tamper(sql, *params):
    """What somebody with the database password does: past the triggers."""
    with triggers.gate("Gegenprobe"), connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount == 1


def findings(**kwargs):
    return [str(finding) for finding in verify(**kwargs).findings]


@pytest.fixture
def sealed(acting):
    """Five changes of a role, two reads, one event; all of it sealed in batches of two."""
    role = RoleFactory(name="Anfang")
    for number in range(4):
        role.name = f"Name {number}"
        role.save()
    for department in (DepartmentFactory(), DepartmentFactory()):
        log_read("view", Department, obj=department, basis="Prüfung")
    log_security("settings", detail="x")
    result = seal(batch=2)
    assert result.rows > 8
    return list(Role.history.order_by("history_id"))


def test_what_nobody_touched_is_in_order(sealed):
    report = verify()
    assert report.findings == []
    assert report.rows == sum(table.count(connection) for table in tables(connection).values())
    assert report.backlog == {}


def test_sealing_again_adds_nothing_and_new_rows_follow(sealed):
    before = Seal.objects.count()
    assert seal().rows == 0
    log_security("settings", detail="neu")
    assert verify().backlog == {"audit_securityevent": 1}
    assert seal().rows == 1
    assert Seal.objects.count() == before + 1
    assert findings() == []


def test_an_altered_row_is_named(sealed):
    row = sealed[2]
    tamper(f"UPDATE {HISTORY} SET actor_name = 'jemand' WHERE history_id = %s", row.history_id)
    assert findings() == [f"{HISTORY}, Zeile {row.history_id}: wurde verändert."]


def test_a_missing_row_is_named_also_inside(sealed):
    row = sealed[1]
    tamper(f"DELETE FROM {HISTORY} WHERE history_id = %s", row.history_id)
    assert findings() == [f"{HISTORY}, Zeile {row.history_id}: fehlt."]


def test_an_inserted_row_is_named_also_between_sealed_ones(sealed):
    row = sealed[1]
    tamper(f"DELETE FROM {HISTORY} WHERE history_id = %s", row.history_id)
    row.actor_name, gap = "jemand", row.history_id
    row.save(force_insert=True)
    assert findings() == [f"{HISTORY}, Zeile {gap}: wurde verändert."]
    lower = sealed[0]
    lower.history_id = -5
    lower.save(force_insert=True)
    assert f"{HISTORY}, Zeile -5: wurde nachträglich eingefügt." in findings()


@pytest.mark.parametrize("model", [ReadLog, SecurityEvent])
def test_logs_are_sealed_too(sealed, model):
    row = model.objects.first()
    with triggers.gate("Gegenprobe"):
        row.delete()
    assert any(text.startswith(model._meta.db_table) and "fehlt" in text for text in findings())


def test_who_repairs_the_list_of_rows_is_found_by_the_chain(sealed):
    number = Seal.objects.filter(table=HISTORY).order_by("number").first().number
    tamper("UPDATE audit_seal SET count = count - 1 WHERE number = %s", number)
    assert f"Siegel {number} wurde verändert." in findings()
    tamper("DELETE FROM audit_seal WHERE number = %s", number)
    assert f"Siegel {number} bis {number} fehlen." in findings()


def test_who_makes_the_chain_anew_is_found_by_the_seal_kept_outside(sealed):
    newest = chain.newest_seal()
    kept = [(newest.number, newest.digest)]
    assert findings(pinned=kept) == []
    tamper("DELETE FROM audit_seal WHERE number = %s", newest.number)
    assert any("Das Ende der Kette ist weg" in text for text in findings(pinned=kept))
    seal(batch=1)
    assert findings() == []  # the forged chain is sound in itself …
    assert any("hinterlegte" in text for text in findings(pinned=kept))  # … but not the one kept outside


def test_with_a_key_nobody_else_can_make_seals(sealed, settings):
    settings.SOE_SEAL_KEYS = ["geheim"]
    log_security("settings", detail="x")
    seal()
    assert findings() == []
    settings.SOE_SEAL_KEYS = []
    log_security("settings", detail="y")
    seal()
    settings.SOE_SEAL_KEYS = ["geheim"]
    assert any("ohne Schlüssel" in text for text in findings())
    settings.SOE_SEAL_KEYS = ["anderer"]
    assert any("nicht eingestellt" in text for text in findings())


def test_without_comparing_rows_nothing_would_be_found(sealed, monkeypatch):
    """Negative control: the findings above come from the hashes of the rows."""
    tamper(f"UPDATE {HISTORY} SET actor_name = 'jemand' WHERE history_id = %s", sealed[2].history_id)
    monkeypatch.setattr("soe.audit.sealing.verify.Verifier._rows", lambda *args: None)
    assert findings() == []


def test_a_removed_or_hollow_trigger_is_found(sealed):
    assert findings() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(triggers.PG_FUNCTION.replace("RAISE EXCEPTION", "RAISE NOTICE"))
        else:
            name = f'"soe_no_delete_{HISTORY}"'
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f'CREATE TRIGGER {name} BEFORE DELETE ON "{HISTORY}" BEGIN SELECT 1; END')
    assert any("Schutz" in text for text in findings())
    triggers.install(connection)
    assert findings() == []


def test_a_second_sealer_at_the_same_time_adds_nothing_twice(sealed, monkeypatch):
    log_security("settings", detail="x")
    stale = chain.last_keys()
    seal()
    monkeypatch.setattr(chain, "last_keys", lambda using: stale)
    assert seal().rows == 0
    assert findings() == []


def test_young_log_rows_wait_for_hosts_whose_clock_is_behind(acting):
    log_read("view", Department, obj=DepartmentFactory(), basis="Prüfung")
    chain.seal()
    assert verify().backlog == {"audit_readlog": 1}
    seal()
    assert verify().backlog == {}


def test_a_new_column_does_not_break_old_seals(sealed, monkeypatch):
    monkeypatch.setattr("soe.audit.sealing.rows.Table.columns", ["history_id", "name"])
    RoleFactory()
    seal()
    monkeypatch.undo()
    assert findings() == []


def test_commands_say_what_they_found_and_fail(sealed):
    out, errors = StringIO(), StringIO()
    call_command("seal_audit", stdout=out)
    newest = chain.newest_seal()
    assert f"Neuestes Siegel: {newest.number}:{newest.digest}" in out.getvalue()
    call_command("verify_audit", pinned=[f"{newest.number}:{newest.digest}"], stdout=out)
    assert "Keine Abweichung." in out.getvalue()
    tamper(f"UPDATE {HISTORY} SET actor_name = 'jemand' WHERE history_id = %s", sealed[0].history_id)
    with pytest.raises(CommandError, match="1 Abweichungen"):
        call_command("verify_audit", stdout=out, stderr=errors)
    assert f"{HISTORY}, Zeile {sealed[0].history_id}: wurde verändert." in errors.getvalue()
    with pytest.raises(CommandError, match="NUMMER:SIEGEL"):
        call_command("verify_audit", pinned=["x"])


def test_the_seal_is_mailed_to_those_who_keep_it(sealed, settings, mailoutbox):
    settings.SOE_SEAL_RECIPIENTS = ["revision@example.org"]
    call_command("seal_audit", mail=True, verbosity=0)
    assert chain.newest_seal().digest in mailoutbox[0].body
