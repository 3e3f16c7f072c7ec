"""PDF: nothing may act on opening it, nothing may hide behind it.

A PDF can unpack to a thousand times its size and its parser is written in C++. So it is looked at in a process of
its own with little memory and time; the application never opens it.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .errors import UploadRefused

PROBE = Path(__file__).with_name("pdf_probe.py")
SECONDS = 30
REASONS = {
    "encrypted": "Das PDF ist mit einem Kennwort geschützt. Bitte speichern Sie es ohne Kennwort.",
    "active": "Das PDF enthält Programmteile oder startet beim Öffnen etwas. Bitte drucken Sie es in ein neues PDF.",
    "embedded": "In dem PDF stecken weitere Dateien. Bitte laden Sie diese einzeln hoch und drucken Sie das PDF neu.",
    "large": "Das PDF ist zu umfangreich, um es zu prüfen. Bitte teilen Sie es auf.",
    "broken": "Das PDF ist beschädigt. Bitte öffnen Sie es in Ihrem Programm und speichern Sie es neu.",
}
TRAILER = "Hinter dem Ende des PDF steht noch etwas anderes. Bitte drucken Sie es in ein neues PDF."


def check(file, size):
    """Raises UploadRefused unless `file` is a passive PDF and nothing else."""
    _end(file, size)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        file.seek(0)
        while chunk := file.read(64 * 1024):
            copy.write(chunk)
        copy.flush()
        answer = probe(copy.name)
    if answer != "ok":
        raise UploadRefused(REASONS.get(answer, REASONS["broken"]), code=f"pdf-{answer}")


def _end(file, size):
    file.seek(max(size - 2048, 0))
    tail = file.read()
    _, marker, after = tail.rpartition(b"%%EOF")
    if not marker:
        raise UploadRefused(REASONS["broken"], code="pdf-broken")
    if after.strip(b"\r\n\t \x00"):
        raise UploadRefused(TRAILER, code="polyglot")
    file.seek(0)
    if zipfile.is_zipfile(file):
        raise UploadRefused(TRAILER, code="polyglot")


def probe(path) -> str:
    """ "ok" or the reason why not, from the process that looks."""
    try:
        done = subprocess.run(  # noqa: S603  (our own program and a file name we made)
            [sys.executable, "-I", str(PROBE), path], capture_output=True, timeout=SECONDS, text=True
        )
    except subprocess.TimeoutExpired:
        return "large"
    answer = done.stdout.strip()
    if done.returncode == 0 and answer in (*REASONS, "ok"):
        return answer
    return "large"  # killed by a limit
