"""Making a backup: database first, then the files its rows name, then the list; visible only when all is there."""

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connections
from django.utils import timezone

from . import engines, manifest
from .errors import BackupError
from .stored import aliases, columns

UNFINISHED = ".unfertig-"
PREFIX = "soe-"


@contextmanager
def _alone(folder):
    """One backup into a folder at a time; whatever else lies unfinished there is the remains of a crash."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"In {folder} wird gerade schon eine Sicherung angelegt.") from error
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def make(folder, *, using="default", progress=lambda *args: None) -> tuple[Path, manifest.Manifest]:
    """A new backup as a folder of its own inside `folder`; returns its path and its manifest."""
    folder = Path(folder).absolute()
    before = os.umask(0o077)  # copies of social data: for this account only
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(folder):
                return _make(folder, using, progress)
        except OSError as error:
            raise BackupError(
                f"{folder}: {error.strerror or error}. Es ist keine Sicherung entstanden."
            ) from error
    finally:
        os.umask(before)


def _make(folder, using, progress):
    connection, now = connections[using], timezone.now()
    stamp = timezone.localtime(now).strftime("%Y-%m-%d-%H%M%S")
    unfinished, final = folder / f"{UNFINISHED}{stamp}", folder / f"{PREFIX}{stamp}"
    if final.exists():
        final = folder / f"{PREFIX}{stamp}-{now.microsecond:06d}"
    unfinished.mkdir()
    try:
        progress("Datenbank", 0, 1)
        target = unfinished / manifest.DATABASE[connection.vendor]
        contents = engines.copy(connection, target)
        progress("Datenbank", 1, 1)
        files, missing = _copy_files(contents.files, unfinished, connection, progress)
        listed = unfinished / manifest.ERASURES
        listed.write_text(json.dumps(contents.erasures))
        result = manifest.Manifest(
            format=manifest.FORMAT,
            version=manifest.soe_version(),
            at=now.isoformat(),
            engine=connection.vendor,
            database=_entry(target),
            migrations=contents.migrations,
            rows=contents.rows,
            seal=contents.seal,
            storages=sorted(aliases()),
            files=files,
            missing=missing,
            erasures=_entry(listed),
        )
        result.write(unfinished)
        _to_disk(unfinished)
        unfinished.rename(final)
        _to_disk(folder, deep=False)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return final, result


def _entry(path):
    size, sha256 = manifest.hash_of(path)
    return {"name": path.name, "size": size, "sha256": sha256}


def _copy_files(names, folder, connection, progress):
    files, missing, stores = [], [], aliases()
    for number, (alias, name) in enumerate(names, start=1):
        try:
            files.append({"storage": alias, "name": name, **_copy_file(stores[alias], name, folder)})
        except FileNotFoundError:
            missing.append((alias, name))
        progress("Dateien", number, len(names))
    # What was erased while the backup ran belongs into none; what the rows still name is really lost.
    lost = [{"storage": a, "name": n} for a, n in missing if _still_named(connection, a, n)]
    return files, lost


def _copy_file(storage, name, folder):
    digest, size, passing = hashlib.sha256(), 0, folder / "datei"
    with storage.open(name, "rb") as source, passing.open("wb") as target:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    final = manifest.content_path(folder, digest.hexdigest())
    final.parent.mkdir(parents=True, exist_ok=True)
    passing.replace(final)
    return {"size": size, "sha256": digest.hexdigest()}


def _still_named(connection, alias, name):
    with connection.cursor() as cursor:
        for known, table, column in columns():
            if known == alias:
                table, column = connection.ops.quote_name(table), connection.ops.quote_name(column)
                cursor.execute(f"SELECT 1 FROM {table} WHERE {column} = %s LIMIT 1", [name])  # noqa: S608
                if cursor.fetchone():
                    return True
    return False


def _to_disk(folder, deep=True):
    """A rename may reach the disk before the content does; after this it cannot."""
    paths = [folder, *(folder.rglob("*") if deep else ())]
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def backups(folder):
    """Finished backups in `folder`, oldest first, by the time in their manifest."""
    found = [
        (manifest.read(path).at, path)
        for path in folder.glob(f"{PREFIX}*")
        if (path / manifest.NAME).exists()
    ]
    return [path for _, path in sorted(found, key=lambda entry: datetime.fromisoformat(entry[0]))]
