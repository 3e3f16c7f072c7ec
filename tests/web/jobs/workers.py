"""Real worker processes on the database of the test, on both engines."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


class Workers:
    """In-memory SQLite is copied into a file for the processes, and back for the test to look at."""

    def __init__(self, folder):
        self.folder, self.started = folder, []
        self.memory = connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"])
        self.database = str(folder / "probe.sqlite3" if self.memory else connection.settings_dict["NAME"])

    def share(self):
        if self.memory:
            with closing(sqlite3.connect(self.database)) as file:
                connection.connection.backup(file)

    def fetch(self):
        if self.memory:
            with closing(sqlite3.connect(self.database)) as file:
                file.backup(connection.connection)

    def start(self, *arguments, kill=""):
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
            "PROBE_DATABASE": self.database,
            "PROBE_MEDIA": settings.MEDIA_ROOT,
            "PROBE_MAIL": str(self.folder / "mail"),
            "PROBE_MARK": str(self.folder / "killed"),
            "PROBE_KILL": kill,
        }
        command = [sys.executable, "manage.py", *(arguments or ("worker", "--once", "--interval", "0.1"))]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE)
        self.started.append(process)
        return process

    def run(self, *arguments, kill=""):
        """Start one and wait; returns its exit code (−9 when it was killed)."""
        process = self.start(*arguments, kill=kill)
        process.communicate(timeout=60)
        return process.returncode


@pytest.fixture
def workers(transactional_db, tmp_path, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    fleet = Workers(tmp_path)
    yield fleet
    for process in fleet.started:
        if process.poll() is None:
            process.kill()
            process.communicate()
