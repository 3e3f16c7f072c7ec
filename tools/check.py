"""`make check`: format, lint, layers, migrations, deployment settings, templates. Runs all, then says what failed."""

import os
import secrets
import sys
import time

from common import ROOT, VENV, run

BIN = VENV / "bin"
PROD = {
    "DJANGO_SETTINGS_MODULE": "soe.settings.prod",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "soe.example.org",
    "DATABASE_URL": "sqlite://:memory:",
}
TEST = {"DJANGO_SETTINGS_MODULE": "soe.settings.test"}

CHECKS = [
    ("Format", [BIN / "ruff", "format", "--check", "--quiet", "."], {}),
    ("Regeln für den Code", [BIN / "ruff", "check", "--quiet", "."], {}),
    ("Schichten", [BIN / "lint-imports", "--no-cache"], {}),
    ("Migrationen", [BIN / "python", "manage.py", "makemigrations", "--check", "--dry-run"], TEST),
    (
        "Betriebseinstellungen",
        [BIN / "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PROD,
    ),
    ("Vorlagen", [BIN / "djlint", "templates", "--lint", "--quiet"], {}),
]


def main():
    failed = []
    for name, command, env in CHECKS:
        start = time.monotonic()
        done = run(command, env=env, quiet=True, check=False)
        seconds = time.monotonic() - start
        print(f"{'in Ordnung' if done.returncode == 0 else 'FEHLER':<11}{name} ({seconds:.1f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    if failed:
        sys.exit(
            f"make check: {len(failed)} von {len(CHECKS)} Prüfungen nicht bestanden: {', '.join(failed)}"
        )
    print(f"make check: alle {len(CHECKS)} Prüfungen bestanden")


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
