"""`make test`: `make check`, then the whole suite on SQLite and on PostgreSQL, browser tests included.

What cannot run on this machine is named at the end and makes the run fail: never a silent skip.
"""

import os
import shutil
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

from common import PYTHON, ROOT, apt_install, run
from postgres import Cluster, find_binaries

RESULTS = ROOT / "var" / "test"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def has_chromium():
    return any(shutil.which(name) for name in CHROMIUM)


def has_pango():
    probe = "import ctypes.util, sys; sys.exit(not ctypes.util.find_library('pangoft2-1.0'))"
    return run([PYTHON, "-c", probe], check=False, quiet=True).returncode == 0


def prepare_machine():
    """Debian packages that the suite needs; returns what is missing all the same."""
    wanted = {
        "Chromium": (has_chromium, ["chromium"]),
        "PostgreSQL": (lambda: find_binaries() is not None, ["postgresql"]),
        "GDAL (ogrinfo)": (lambda: shutil.which("ogrinfo") is not None, ["gdal-bin"]),
        "Pango (PDF)": (has_pango, ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]),
    }
    absent = {name: packages for name, (there, packages) in wanted.items() if not there()}
    if absent:
        print(f"Wird installiert: {', '.join(absent)} …", flush=True)
        apt_install([package for packages in absent.values() for package in packages])
    return [name for name, (there, _) in wanted.items() if not there()]


def count(file):
    """(tests, failed, skipped with reason) from pytest's own result file."""
    if not file.exists():
        return None
    tests = failed = 0
    skipped = []
    for case in ElementTree.parse(file).iter("testcase"):
        tests += 1
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif (skip := case.find("skipped")) is not None:
            skipped.append(f"{case.get('classname')}.{case.get('name')}: {skip.get('message')}")
    return tests, failed, skipped


def pytest(name, arguments, env):
    """One pytest run; its summary stands in the output, its counts come back."""
    print(f"\n=== {name} ===", flush=True)
    file = RESULTS / f"{name}.xml"
    file.unlink(missing_ok=True)
    start = time.monotonic()
    chosen = os.environ.get("ARGS", "").split()  # make test ARGS="tests/house -k login"
    done = run(
        [PYTHON, "-m", "pytest", "-q", f"--junitxml={file}", *arguments, *chosen], env=env, check=False
    )
    counted = count(file)
    seconds = round(time.monotonic() - start)
    if counted is None:
        return {
            "name": name,
            "passed": 0,
            "failed": 1,
            "skipped": [f"{name}: pytest brach ab"],
            "seconds": seconds,
        }
    tests, failed, skipped = counted
    if done.returncode and not failed:
        failed = 1  # an error outside of any test (collection, plug-in)
    return {
        "name": name,
        "passed": max(tests - failed - len(skipped), 0),
        "failed": failed,
        "skipped": skipped,
        "seconds": seconds,
    }


def engines(missing):
    """(name, DATABASE_URL) of each engine this machine can run, one after the other."""
    (ROOT / "var").mkdir(exist_ok=True)
    yield "sqlite", "sqlite://:memory:"
    if os.environ.get("TEST_POSTGRES_URL"):
        yield "postgresql", os.environ["TEST_POSTGRES_URL"]
    elif "PostgreSQL" not in missing:
        with Cluster() as cluster:
            yield "postgresql", cluster.url


def main():
    os.chdir(ROOT)
    RESULTS.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    missing = prepare_machine()
    checked = run([sys.executable, str(Path(__file__).with_name("check.py"))], check=False).returncode
    results = []
    for name, url in engines(missing):
        env = {"DATABASE_URL": url}
        results.append(pytest(name, ["-n", "2", "-m", "not browser"], env))
        # What the browser shows does not depend on the engine: once is enough, and keeps the run short.
        if name == "sqlite" and "Chromium" not in missing:
            results.append(pytest("browser", ["-n", "2", "-m", "browser"], {**env, "TEST_SQLITE_FILE": "1"}))
    report(results, missing, checked, time.monotonic() - start)


def report(results, missing, checked, seconds):
    print("\n=== Ergebnis ===")
    print(f"make check: {'bestanden' if checked == 0 else 'NICHT bestanden'}")
    for row in results:
        print(
            f"{row['name']}: {row['passed']} bestanden, {row['failed']} fehlgeschlagen, "
            f"{len(row['skipped'])} nicht gelaufen ({row['seconds']} s)"
        )
    for line in dict.fromkeys(line for row in results for line in row["skipped"]):
        print(f"  nicht gelaufen: {line}")
    for name in missing:
        print(f"  nicht gelaufen: alles, was {name} braucht; {name} fehlt und ließ sich nicht installieren")
    passed, failed = sum(row["passed"] for row in results), sum(row["failed"] for row in results)
    skipped = sum(len(row["skipped"]) for row in results)
    print(f"Dauer: {seconds / 60:.1f} Minuten")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or missing or checked or not passed else 0)


if __name__ == "__main__":
    main()
