"""What the make targets share. Standard library only: some of it runs before anything is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = Path(os.environ.get("UV_PROJECT_ENVIRONMENT", ROOT / ".venv"))
TOOLS = ROOT / ".tools"
PYTHON = VENV / "bin" / "python"


def stop(sentence):
    """End with one clear sentence instead of a stack trace."""
    sys.exit(f"\n{sentence}")


def run(command, *, env=None, quiet=False, check=True, **kwargs):
    """Run in the project folder. With `check`, a failure ends everything with the command's own exit code."""
    merged = {**os.environ, **(env or {})}
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} if quiet else {}
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, env=merged, **pipe, **kwargs)
    except FileNotFoundError:
        stop(f"„{command[0]}“ fehlt auf dieser Maschine.")
    if check and done.returncode:
        if quiet:
            print(done.stdout)
        sys.exit(done.returncode)
    return done


def manage(*arguments, settings="soe.settings.dev", env=None, **kwargs):
    return run(
        [PYTHON, "manage.py", *arguments], env={"DJANGO_SETTINGS_MODULE": settings, **(env or {})}, **kwargs
    )


def is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def apt_install(packages):
    """Install Debian packages when we may; True when the machine can and did."""
    if not (is_root() and shutil.which("apt-get")):
        return False
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=env, quiet=True, check=False)
    done = run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=env,
        quiet=True,
        check=False,
    )
    return done.returncode == 0
