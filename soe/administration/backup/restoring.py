"""Putting a backup back. Everything is checked before anything is changed; ready is only said at the very end."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.core.files import File
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from soe.accounts.models import SYSTEM_USERNAME, User
from soe.administration.retention import services as retention
from soe.administration.retention.models import RetentionRule
from soe.audit import triggers
from soe.audit.context import acting_as
from soe.audit.events import log_security
from soe.audit.models import AuditedModel
from soe.audit.sealing.verify import verify

from . import engines, manifest, running
from .errors import BackupError
from .making import PREFIX, backups
from .stored import aliases


@dataclass
class Restored:
    path: Path
    manifest: manifest.Manifest
    rows: int = 0
    files: int = 0
    erased: int = 0
    unreadable: int = 0  # backups beside this one that are damaged: what they know of erasures is lost
    unknown: int = 0  # certificates of rules that this version does not have


def find(folder) -> Path:
    """The backup itself, or the newest one in a folder of backups."""
    folder = Path(folder).absolute()
    if not folder.is_dir():
        raise BackupError(f"{folder} gibt es nicht.")
    if (folder / manifest.NAME).exists():
        return folder
    if not (found := backups(folder)):
        raise BackupError(f"In {folder} liegt keine vollständige Sicherung.")
    return found[-1]


def check(path, *, using="default", progress=lambda *args: None) -> manifest.Manifest:
    """Can this backup be restored here? Reads every byte of it. Raises BackupError."""
    connection, found = connections[using], manifest.read(path)
    if found.engine != connection.vendor:
        raise BackupError(
            f"Die Sicherung stammt von {found.engine}, eingestellt ist {connection.vendor}. "
            "Bitte DATABASE_URL anpassen."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = [name for name in found.migrations if name.split(".")[0] in _labels() and name not in known]
    if newer or manifest.numbers(found.version) > manifest.numbers(manifest.soe_version()):
        raise BackupError(
            f"Die Sicherung stammt von einer neueren Fassung von SOE ({found.version}). Bitte zuerst SOE aktualisieren."
            + (f" Unbekannt ist: {newer[0]}." if newer else "")
        )
    if lost := set(found.storages) - set(aliases()):
        raise BackupError(f"Diese Ablage ist hier nicht eingerichtet: {', '.join(sorted(lost))}.")
    entries = [
        (path / manifest.DATABASE[found.engine], found.database),
        (path / manifest.ERASURES, found.erasures),
    ]
    entries += [(manifest.content_path(path, entry["sha256"]), entry) for entry in found.files]
    for number, (file, entry) in enumerate(entries, start=1):
        if not file.is_file():
            raise BackupError(f"In der Sicherung fehlt „{entry['name']}“. Es wurde nichts verändert.")
        if manifest.hash_of(file) != (entry["size"], entry["sha256"]):
            raise BackupError(
                f"In der Sicherung ist „{entry['name']}“ beschädigt. Es wurde nichts verändert."
            )
        progress("Prüfsummen", number, len(entries))
    return found


def _labels():
    return {config.label for config in apps.get_app_configs()}


def is_empty(using="default"):
    """Nothing but what `migrate` itself puts in."""
    existing = set(connections[using].introspection.table_names())
    for model in apps.get_models():
        if not issubclass(model, AuditedModel) or model._meta.db_table not in existing:
            continue
        rows = model._base_manager.using(using)
        if model is User:
            rows = rows.exclude(username=SYSTEM_USERNAME)
        if rows.exists():
            return False
    return True


def read_erasures(paths):
    """{(rule, id)} from lists that `backup` and `retention --list-erasures` wrote."""
    found = {}
    for path in paths:
        try:
            for entry in json.loads(Path(path).read_text()):
                found[(str(entry["rule"]), UUID(entry["object_id"]))] = None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(f"{path} ist keine lesbare Liste von Löschnachweisen.") from error
    return found


def _lists_beside(path):
    """Lists of erasures in the other backups of the same folder, and how many of those backups are damaged."""
    lists, damaged = [], 0
    for other in path.parent.glob(f"{PREFIX}*"):
        try:
            entry = manifest.read(other).erasures
            if manifest.hash_of(other / manifest.ERASURES) == (entry["size"], entry["sha256"]):
                lists.append(other / manifest.ERASURES)
                continue
        except (BackupError, OSError):
            pass
        damaged += 1
    return lists, damaged


def _known_here(using):
    """Certificates of the database that is about to be replaced."""
    if "audit_erasure" not in connections[using].introspection.table_names():
        return {}
    return {(entry["rule"], UUID(entry["object_id"])): None for entry in retention.certificates()}


def restore(
    folder,
    *,
    replace=False,
    erasures=(),
    while_running=False,
    using="default",
    progress=lambda *args: None,
) -> Restored:
    path, connection = find(folder), connections[using]
    if not while_running and (signs := running.signs(connection)):
        raise BackupError(
            f"SOE läuft noch: {'; '.join(signs)}. Bitte SOE und den Worker anhalten, zwei Minuten warten, dann noch "
            "einmal. "
            "Wenn Sie sicher sind, dass niemand mehr schreibt: --while-running. Es wurde nichts verändert."
        )
    found = check(path, using=using, progress=progress)
    # A restore that broke off has replaced the data already: it may simply be repeated.
    if not replace and not engines.is_marked(connection) and not is_empty(using):
        raise BackupError(
            "Die Datenbank ist nicht leer. Mit --replace wird alles darin durch die Sicherung ersetzt."
        )
    # Everybody who knows of an erasure is asked: the list given, backups beside this one, the data to be replaced.
    beside, unreadable = _lists_beside(path)
    listed = read_erasures([*erasures, path / manifest.ERASURES, *beside]) | _known_here(using)
    if engines.is_marked(connection):
        listed |= read_marked(connection)

    result = Restored(path, found, unreadable=unreadable)
    result.files = _put_files_back(path, found, progress)
    progress("Datenbank", 0, 1)
    engines.put_back(
        connection, path / manifest.DATABASE[found.engine], sorted((r, pk.hex) for r, pk in listed)
    )
    progress("Datenbank", 1, 1)
    result.rows = _compare_rows(connection, found)

    call_command("migrate", database=using, interactive=False, verbosity=0)
    triggers.install(connection)
    already = {(entry["rule"], UUID(entry["object_id"])) for entry in retention.certificates()}
    wanted = [entry for entry in listed if entry not in already]
    with acting_as(User.objects.system(), reason="Wiederherstellung einer Sicherung"):
        result.unknown = len({rule for rule, _ in wanted} - set(RetentionRule.all_of_them()))
        result.erased = retention.erase_again(wanted)
        log_security("restore", detail=f"Sicherung vom {found.at[:19]} eingespielt")
    pinned = [(int(found.seal.split(":")[0]), found.seal.split(":")[1])] if found.seal else []
    report = verify(using, pinned=pinned)
    if report.findings:
        raise BackupError(
            f"Die Prüfung der Siegel hat {len(report.findings)} Abweichungen gefunden. Zuerst: {report.findings[0]} "
            "Bitte SOE nicht öffnen."
        )
    if result.unknown:
        raise BackupError(
            f"{result.unknown} Löschregeln aus den Nachweisen gibt es hier nicht. "
            "Bitte SOE nicht öffnen, bevor das geklärt ist."
        )
    engines.unmark(connection)
    return result


def read_marked(connection):
    return {(rule, UUID(pk)): None for rule, pk in engines.marked(connection)}


def _put_files_back(path, found, progress):
    """Before the database: a row never points at a file that is not there. A file that is there stays."""
    stores = aliases()
    for number, entry in enumerate(found.files, start=1):
        storage, name = stores[entry["storage"]], entry["name"]
        content = manifest.content_path(path, entry["sha256"])
        if not storage.exists(name) or not _same(storage, name, content):
            storage.delete(name)
            with content.open("rb") as source:
                stored = storage.save(name, File(source, name=name))
            if stored != name:
                raise BackupError(f"Die Datei {name} ließ sich nicht unter ihrem Namen ablegen.")
        progress("Dateien", number, len(found.files))
    return len(found.files)


def _same(storage, name, content):
    if storage.size(name) != content.stat().st_size:
        return False
    with storage.open(name, "rb") as one, content.open("rb") as other:
        while chunk := one.read(1 << 20):
            if chunk != other.read(len(chunk)):
                return False
    return True


def _compare_rows(connection, found):
    there = engines.counts(connection)
    for name, rows in found.rows.items():
        if name not in engines.TRANSIENT and there.get(name) != rows:
            raise BackupError(f"Nach dem Einspielen hat {name} {there.get(name, 0)} statt {rows} Zeilen.")
    return sum(there.values())
