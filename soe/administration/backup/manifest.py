"""The list of what a backup holds: written last, checked first."""

import hashlib
import json
import re
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

from .errors import BackupError

FORMAT = 1
NAME, SUM = "manifest.json", "manifest.sha256"
DATABASE = {"sqlite": "datenbank.sqlite3", "postgresql": "datenbank.dump"}
ERASURES = "loeschnachweise.json"
_HASH = re.compile(r"[0-9a-f]{64}")


def soe_version():
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)]


@dataclass
class Manifest:
    """`files`: {storage, name, size, sha256}; a file lies under the hash of its content, never under its name."""

    format: int
    version: str
    at: str
    engine: str
    database: dict
    migrations: list
    rows: dict
    seal: str = ""  # NUMBER:DIGEST of the newest one
    storages: list = field(default_factory=list)
    files: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    erasures: dict = field(default_factory=dict)

    def write(self, folder):
        data = json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()
        (folder / NAME).write_bytes(data)
        (folder / SUM).write_text(f"{hashlib.sha256(data).hexdigest()}  {NAME}\n")


def read(folder) -> Manifest:
    """The manifest of a backup. Raises BackupError when it is no backup, damaged or made by a newer SOE."""
    try:
        data, listed = (folder / NAME).read_bytes(), (folder / SUM).read_text().split()
    except OSError as error:
        raise BackupError(f"{folder} ist keine vollständige Sicherung: {NAME} oder {SUM} fehlt.") from error
    if not listed or hashlib.sha256(data).hexdigest() != listed[0]:
        raise BackupError(f"{folder / NAME} ist beschädigt: Die Prüfsumme stimmt nicht.")
    try:
        raw = json.loads(data)
        if raw["format"] > FORMAT:
            raise BackupError(
                "Die Sicherung stammt von einer neueren Fassung von SOE. Bitte zuerst SOE aktualisieren."
            )
        manifest = Manifest(**raw)
        _check(manifest)
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(f"{folder / NAME} ist kein Inhaltsverzeichnis von SOE.") from error
    return manifest


def _check(manifest):
    """Everything in a manifest may be wrong or hostile: engine, hashes and names are checked before use."""
    if manifest.engine not in DATABASE:
        raise ValueError("engine")
    entries = [manifest.database, manifest.erasures, *manifest.files]
    if not all(_HASH.fullmatch(entry["sha256"]) and int(entry["size"]) >= 0 for entry in entries):
        raise ValueError("hash")
    for entry in manifest.files:
        parts = Path(entry["name"]).parts
        if not parts or ".." in parts or Path(entry["name"]).is_absolute():
            raise ValueError("name")


def content_path(folder, sha256):
    return folder / "dateien" / sha256[:2] / sha256


def hash_of(path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()
