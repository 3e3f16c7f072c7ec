"""A PostgreSQL cluster of our own for the tests: started in a temporary folder, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from common import is_root, stop

# The data are thrown away: durability would only cost time.
# Putting a backup back locks every table and index at once, some two thousand: hence the room for locks.
FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
    " -c max_locks_per_transaction=256"
)


def find_binaries():
    """The folder with initdb and pg_ctl of the newest PostgreSQL (15 or newer) on this machine, or None."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True
    )
    return next(
        (folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """Use as a context manager; `url` is the DATABASE_URL. PostgreSQL refuses to run as root, so root steps down."""

    def __enter__(self):
        self.bin = find_binaries()
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="soe-postgres-"))
        self.data = self.folder / "data"
        if is_root():
            self.user = self._other_user()
            shutil.chown(self.folder, self.user)
        self._run(
            "initdb",
            "-D",
            self.data,
            "-U",
            "soe",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} {FAST}"
        )
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")
        self.url = f"postgres://soe@127.0.0.1:{self.port}/postgres"
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _other_user(self):
        for name in ("postgres", "nobody"):
            try:
                pwd.getpwnam(name)
                return name
            except KeyError:
                continue
        stop(
            "PostgreSQL läuft nicht als root, und es gibt kein anderes Konto („postgres“) auf dieser Maschine."
        )

    def _run(self, program, *arguments, check=True):
        command = [str(self.bin / program), *map(str, arguments)]
        if is_root():
            command = ["runuser", "-u", self.user, "--", *command]
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if check and done.returncode:
            stop(
                f"PostgreSQL ließ sich nicht starten ({program}): {done.stderr.strip() or done.stdout.strip()}"
            )
