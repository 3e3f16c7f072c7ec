"""Backup and restore: everything comes back, nothing damaged or newer goes in, and what was erased stays erased."""

import json
import re
from copy import deepcopy
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases.models import Contact, Person
from objects.models import Complaint
from soe.accounts.models import OpenSession, User
from soe.administration.backup import engines, making, manifest, restoring, running, stored
from soe.administration.backup.errors import BackupError
from soe.administration.models import RetentionRule
from soe.audit import triggers
from soe.audit.context import acting_as
from soe.audit.erasure import erase
from soe.audit.sealing import chain
from soe.web.files.models import Attachment, private_storage
from soe.web.files.services import attach
from soe.web.health import problem
from soe.web.jobs.models import WorkerBeat
from tests.factories.cases import ContactFactory, PersonFactory
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import UserFactory, somebody
from tests.web.files.samples import upload

pytestmark = pytest.mark.django_db(transaction=True)
# Putting 290 tables back takes PostgreSQL seconds: what does not depend on the engine is shown on SQLite.
ENGINE_NEUTRAL = pytest.mark.skipif(connection.vendor == "postgresql", reason="shown on SQLite")
ROOT = Path(__file__).resolve().parents[3]


def run(command, *args, **options):
    out = StringIO()
    call_command(command, *map(str, args), stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def city():
    """One person with a contact, one complaint with a file, sealed."""
    with acting_as(UserFactory(), reason="Test"):
        person = PersonFactory(family_name="Kanarivogel")
        ContactFactory(person=person, note="Kanarivogel")
        complaint = ComplaintFactory()
        file = attach(
            complaint, upload(b"Kanarivogel im Brief", "brief.txt"), department=complaint.department
        )
    RetentionRule.set_up()  # as after every migrate
    chain.seal(grace=timedelta(minutes=-1))
    return person, complaint, file


def content(file):
    with private_storage().open(file.file.name) as stored_file:
        return stored_file.read()


def wipe(file):
    """What a crash leaves: other data, the file gone, a history that was tampered with."""
    private_storage().delete(file.file.name)
    with triggers.gate("Test"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_contact")
        cursor.execute("DELETE FROM cases_historicalcontact")
    with somebody():
        ComplaintFactory()


def test_everything_comes_back(city, client, tmp_path):
    _, complaint, file = city
    client.force_login(User.objects.exclude(username="system").first())
    assert Session.objects.exists()
    run("backup", tmp_path)
    before, history = engines.counts(connection), Contact.history.count()
    wipe(file)
    said = run("restore", tmp_path, "--replace", "--while-running")
    assert "SOE ist bereit" in said
    after = engines.counts(connection)
    assert {k: v for k, v in after.items() if before[k] != v} == {
        "audit_securityevent": before["audit_securityevent"] + 1,
        "django_session": 0,  # a restored session would sign somebody in
    }
    assert content(Attachment.objects.get()) == b"Kanarivogel im Brief"
    assert (Complaint.objects.get(), Contact.objects.get().note) == (complaint, "Kanarivogel")
    assert Contact.history.count() == history
    assert triggers.problems(connection) == []
    assert problem() is None


def test_what_was_erased_after_the_backup_is_erased_again(city, tmp_path):
    person = city[0]
    run("backup", tmp_path)
    with acting_as(UserFactory()):
        rule = RetentionRule.all_of_them()["person"]
        erase(rule.kind.parts(person), ground=rule.ground, model=Person, object_id=person.pk)
    listed = tmp_path / "nachweise.json"
    run("retention", list_erasures=listed)
    assert "Kanari" not in listed.read_text()
    assert Person.objects.get().family_name == ""

    # Known from the database that is replaced.
    assert "1 Datensätze erneut gelöscht" in run("restore", tmp_path, "--replace")
    assert (Person.objects.get().family_name, Contact.objects.get().note) == ("", "")
    assert not Contact.history.filter(note__contains="Kanari").exists()


def test_what_went_wrong_is_named_and_not_the_notice_before_it():
    script = "echo NOTICE: drop cascades >&2; echo ERROR: out of shared memory >&2; exit 3"
    with pytest.raises(BackupError, match="sh ist gescheitert: ERROR: out of shared memory"):
        engines._run(["/bin/sh", "-c", script], {})


@ENGINE_NEUTRAL
def test_nothing_is_replaced_while_soe_is_running(city, tmp_path):
    run("backup", tmp_path)
    now = timezone.now()
    beat = WorkerBeat.objects.create(id="w", host="h", pid=1, seen_at=now)
    OpenSession.objects.create(user=User.objects.exclude(username="system").first(), seen_at=now)
    with pytest.raises(CommandError, match="ein Worker läuft; 1 Person arbeitet gerade") as refused:
        run("restore", tmp_path, "--replace")
    assert "nichts verändert" in str(refused.value)
    assert WorkerBeat.objects.filter(pk="w").exists()
    # Negative control: told to, it does, and the same signs are gone with the replaced data.
    assert "SOE ist bereit" in run("restore", tmp_path, "--replace", "--while-running")
    assert not WorkerBeat.objects.filter(pk=beat.pk).exists()
    # A worker that ended, or was killed a while ago, does not stand in the way.
    WorkerBeat.objects.create(id="a", host="h", pid=1, stopped_at=now)
    WorkerBeat.objects.create(id="b", host="h", pid=2, seen_at=now - timedelta(minutes=3))
    assert running.signs(connection) == []


@ENGINE_NEUTRAL
def test_with_the_database_lost_the_list_tells_what_was_erased(city, tmp_path, monkeypatch):
    run("backup", tmp_path)
    listed = tmp_path / "nachweise.json"
    listed.write_text(json.dumps([{"rule": "person", "object_id": city[0].pk.hex}]))
    run("restore", tmp_path, "--replace", f"--erasures={listed}")
    assert Person.objects.get().family_name == ""
    # Negative control: without the list the person is back.
    monkeypatch.setattr(restoring, "_known_here", lambda using: {})
    run("restore", tmp_path, "--replace")
    assert Person.objects.get().family_name == "Kanarivogel"
    (tmp_path / "falsch.json").write_text("[{}]")
    with pytest.raises(CommandError, match="keine lesbare Liste"):
        run("restore", tmp_path, "--replace", f"--erasures={tmp_path / 'falsch.json'}")


@ENGINE_NEUTRAL
def test_a_restore_that_breaks_off_is_not_ready_and_forgets_no_erasure(city, tmp_path, monkeypatch):
    person = city[0]
    run("backup", tmp_path)
    with acting_as(UserFactory()):
        rule = RetentionRule.all_of_them()["person"]
        erase(rule.kind.parts(person), ground=rule.ground, model=Person, object_id=person.pk)
    with monkeypatch.context() as patch:
        patch.setattr(triggers, "install", lambda connection: 1 / 0)
        patch.setattr("soe.audit.triggers.install_after_migrate", lambda **kwargs: None)
        with pytest.raises(ZeroDivisionError):
            run("restore", tmp_path, "--replace")
    assert problem() == "restore"
    assert "SOE ist bereit" in run(
        "restore", tmp_path
    )  # no --replace: what stands there is no data of its own
    assert Person.objects.get().family_name == ""
    assert problem() is None


def test_a_database_with_data_is_left_alone_without_replace(city, tmp_path):
    run("backup", tmp_path)
    with pytest.raises(CommandError, match="nicht leer"):
        run("restore", tmp_path)
    with triggers.gate("Test"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_seal")
    assert not restoring.is_empty()


@pytest.mark.parametrize("part", ["database", "file", "erasures", "manifest"])
def test_a_damaged_backup_changes_nothing(city, tmp_path, part):
    run("backup", tmp_path)
    path = restoring.find(tmp_path)
    found = manifest.read(path)
    damaged = {
        "database": path / manifest.DATABASE[connection.vendor],
        "file": manifest.content_path(path, found.files[0]["sha256"]),
        "erasures": path / manifest.ERASURES,
        "manifest": path / manifest.NAME,
    }[part]
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    before = engines.counts(connection)
    with pytest.raises(CommandError, match="beschädigt"):
        run("restore", tmp_path, "--replace")
    assert engines.counts(connection) == before


@ENGINE_NEUTRAL
def test_without_comparing_hashes_a_damaged_file_would_come_back(city, tmp_path, monkeypatch):
    """Negative control."""
    run("backup", tmp_path)
    path = restoring.find(tmp_path)
    found = manifest.read(path)
    manifest.content_path(path, found.files[0]["sha256"]).write_bytes(b"Kanarivogel im Brikf")
    entries = {entry["name"]: (entry["size"], entry["sha256"]) for entry in [found.database, found.erasures]}
    wrong = (found.files[0]["size"], found.files[0]["sha256"])
    monkeypatch.setattr(manifest, "hash_of", lambda file: entries.get(file.name, wrong))
    run("restore", tmp_path, "--replace")
    assert content(Attachment.objects.get()) == b"Kanarivogel im Brikf"


def rewrite(path, found, **changes):
    found = deepcopy(found)
    for name, value in changes.items():
        setattr(found, name, value)
    found.write(path)


def test_a_newer_backup_is_refused(city, tmp_path):
    run("backup", tmp_path)
    path = restoring.find(tmp_path)
    found = manifest.read(path)
    for changes in ({"version": "99.0"}, {"migrations": ["cases.9999_later"]}, {"format": 99}):
        rewrite(path, found, **changes)
        with pytest.raises(CommandError, match="neueren Fassung"):
            run("restore", tmp_path, "--replace")


def test_a_hostile_manifest_is_refused(city, tmp_path):
    run("backup", tmp_path)
    path = restoring.find(tmp_path)
    found = manifest.read(path)
    for name in ("../../etc/cron.d/x", "/etc/passwd"):
        rewrite(path, found, files=[{**found.files[0], "name": name}])
        with pytest.raises(CommandError, match="kein Inhaltsverzeichnis"):
            run("restore", tmp_path, "--replace")


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_bad_folders_get_a_sentence(tmp_path, command):
    (tmp_path / "datei").write_text("x")
    with pytest.raises(CommandError, match=re.escape(str(tmp_path / "datei"))):
        run(command, tmp_path / "datei")
    if command == "restore":
        with pytest.raises(CommandError, match="keine vollständige Sicherung"):
            run(command, tmp_path)


def test_a_crash_leaves_no_half_backup(city, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(making.shutil, "rmtree", lambda *args, **kwargs: None)  # kill -9: nobody tidies up
        patch.setattr(manifest.Manifest, "write", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run("backup", tmp_path)
    assert list(tmp_path.glob(".unfertig-*"))
    with pytest.raises(CommandError, match="keine vollständige Sicherung"):
        run("restore", tmp_path)
    run("backup", tmp_path)
    assert not list(tmp_path.glob(".unfertig-*"))
    path = restoring.find(tmp_path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_lost_file_does_not_stop_the_backup_but_is_said(city, tmp_path):
    private_storage().delete(city[2].file.name)
    with pytest.raises(CommandError, match="1 Dateien fehlen"):
        run("backup", tmp_path)
    assert manifest.read(restoring.find(tmp_path)).missing[0]["name"] == city[2].file.name


def test_every_model_and_every_storage_is_in_the_backup(city, tmp_path, settings):
    run("backup", tmp_path)
    found = manifest.read(restoring.find(tmp_path))
    tables = {
        model._meta.db_table for model in apps.get_models() if model._meta.managed and not model._meta.proxy
    }
    assert tables - set(found.rows) == set()
    assert set(settings.STORAGES) - set(found.storages) == {"staticfiles"}
    assert [entry["name"] for entry in found.files] == [city[2].file.name]
    assert (found.rows["cases_person"], found.rows["django_session"]) == (1, 0)
    assert found.seal.split(":")[0].isdigit()
    if connection.vendor == "sqlite":
        assert "Kanarivogel" not in json.dumps(found.__dict__)


def test_whoever_keeps_files_is_known_to_the_backup():
    """A new place that stores files by name must be added to `stored.NAMED`, or its files would be in no backup."""
    users = {
        str(path.relative_to(ROOT))
        for app in ("soe", "objects", "cases", "steering", "reports")
        for path in (ROOT / app).rglob("*.py")
        if re.search(
            r"(default_storage|private_storage\(\)|storages\[.*\]|storage)\.save\(", path.read_text()
        )
    }
    assert users == {
        "soe/web/jobs/run.py",  # Job.result
        "soe/web/imports/process.py",  # Import.stored
        "soe/web/files/services.py",  # Attachment.file, .preview
        "soe/administration/backup/restoring.py",
    }
    known = {(table, column) for _, table, column in stored.columns()}
    assert {
        ("web_job", "result"),
        ("web_import", "stored"),
        ("web_attachment", "file"),
        ("web_attachment", "preview"),
    } == known
