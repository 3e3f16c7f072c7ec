"""`make setup`: Python packages from uv.lock, front-end packages from package-lock.json. Quick when nothing changed."""

import os
import shutil
import subprocess
import sys

import frontend
from common import PYTHON, ROOT, TOOLS, run, stop

NO_UV = (
    "uv ließ sich nicht einrichten. Bitte installieren Sie es selbst (https://docs.astral.sh/uv/) oder "
    "sorgen Sie für „python3 -m venv“ (Debian: apt-get install python3-venv) und Zugang zum Paketverzeichnis."
)


def works(command):
    try:
        return subprocess.run([*command, "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def find_uv():
    """uv of this machine, or one in `.tools`, fetched once."""
    local = TOOLS / "bin" / "uv"
    for command in ([os.environ.get("UV", "uv")], [str(local)], [sys.executable, "-m", "uv"]):
        if works(command):
            return command
    print("uv wird eingerichtet …", flush=True)
    shutil.rmtree(TOOLS, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], capture_output=True)
    if made.returncode == 0:
        subprocess.run([TOOLS / "bin" / "python", "-m", "pip", "install", "-q", "uv"], capture_output=True)
    if not works([str(local)]):
        stop(NO_UV)
    return [str(local)]


def sync(uv):
    """The locked packages. Without the Python of .python-version any newer one does, if it is on the machine."""
    command = [*uv, "sync", "--frozen", "--quiet"]
    first = run(command, quiet=True, check=False)
    if first.returncode == 0:
        return
    other = run([*command, "--python", ">=3.12", "--no-python-downloads"], quiet=True, check=False)
    if other.returncode:
        print(first.stdout)
        stop(
            "Die Python-Pakete ließen sich nicht einrichten: nötig sind Python ≥ 3.12 und das Paketverzeichnis."
        )


def main():
    if sys.version_info < (3, 9):  # noqa: UP036  (runs on the machine's own Python)
        stop("Für die Einrichtung ist Python 3.9 oder neuer nötig; „python3 --version“ zeigt, was da ist.")
    uv = find_uv()
    fresh = not PYTHON.exists()
    if fresh:
        print("Python-Pakete werden eingerichtet …", flush=True)
    sync(uv)
    frontend.main(uv)
    (ROOT / "var").mkdir(exist_ok=True)


if __name__ == "__main__":
    main()
