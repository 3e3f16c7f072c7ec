"""Production settings refuse what is only good for trying out. Each refusal in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from soe.accounts.checks import demo_data, refuse_demo_data
from soe.demo.accounts import email
from tests.factories.core import UserFactory

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "soe.settings.prod",
    "SECRET_KEY": "kR8wq2ZJ6xT1mV9dYb4NcL7gPs5hFe3uAi0oXzQWtEyMnBjCvDGrHK-_4s",
    "ALLOWED_HOSTS": "soe.example.org",
    "DATABASE_URL": "sqlite://:memory:",
}


def start(code="from django.conf import settings; settings.DEBUG", **env):
    environment = {"PATH": os.environ["PATH"], **GOOD, **env}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_production_settings_start_with_what_the_readme_asks_for():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY fehlt"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY fehlt oder ist zu schwach"),
        ({"SECRET_KEY": "insecure-for-development-only-never-for-real-data-1234567890"}, "zu schwach"),
        ({"DEBUG": "true"}, "DEBUG darf im Betrieb nicht"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS fehlt"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS fehlt"),
        ({"DATABASE_URL": "mysql://u@h/d"}, "DATABASE_URL"),
    ],
)
def test_production_settings_refuse(change, words):
    done = start(**change)
    assert done.returncode != 0
    assert words in done.stderr


def test_production_refuses_a_database_that_holds_the_demo_city(db, settings):
    settings.SOE_DEMO = False
    refuse_demo_data()
    UserFactory(email=email("koordination"))
    with pytest.raises(ImproperlyConfigured, match="Demostadt"):
        refuse_demo_data()
    assert [found.id for found in demo_data(None, databases=["default"])] == ["accounts.E001"]


def test_negative_control_the_demo_itself_may_hold_it(db, settings):
    UserFactory(email=email("koordination"))
    assert settings.SOE_DEMO
    refuse_demo_data()


def test_sqlite_is_durable_and_checks_foreign_keys(db):
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            shown = {}
            for name in ("lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SHOW {name}")
                shown[name] = cursor.fetchone()[0]
        assert shown == {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "1min"}
        return
    with connection.cursor() as cursor:
        values = {}
        for name in ("synchronous", "foreign_keys"):
            cursor.execute(f"PRAGMA {name}")
            values[name] = cursor.fetchone()[0]
    assert values == {"synchronous": 2, "foreign_keys": 1}
    assert connection.transaction_mode == "IMMEDIATE"


def test_a_database_file_uses_the_write_ahead_log(tmp_path):
    code = (
        "import django; django.setup(); from django.db import connection as c; k = c.cursor();"
        "print(k.execute('PRAGMA journal_mode').fetchone()[0], k.execute('PRAGMA synchronous').fetchone()[0])"
    )
    done = start(code, DATABASE_URL=f"sqlite:///{tmp_path}/soe.sqlite3")
    assert done.stdout.split() == ["wal", "2"], done.stderr


def test_german_is_not_a_choice(settings):
    assert settings.LANGUAGE_CODE == "de"
    assert settings.TIME_ZONE == "Europe/Berlin"


def test_passwords_are_argon2_outside_of_tests():
    done = start("from django.conf import settings; print(settings.PASSWORD_HASHERS[0])")
    assert "Argon2" in done.stdout


def test_production_cookies_are_bound_to_host_and_https():
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    assert start(code).stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True"]
