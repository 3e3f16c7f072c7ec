"""Jobs that exist only in the worker processes of the tests. PROBE_KILL names the moments at which a process dies."""

import os
import signal

from django.apps import AppConfig


def die_at(moment):
    """kill -9 of this very process, once per moment: the next worker finds the file and lives."""
    mark = f"{os.environ['PROBE_MARK']}-{moment.replace(' ', '-')}"
    if moment in os.environ.get("PROBE_KILL", "").split(",") and not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)


def steps(run):
    from soe.departments.models import Department

    total = 6
    for number in range(run.checkpoint.get("next", 0), total):
        with run.step(next=number + 1, done=number + 1, total=total):
            Department(
                code=f"probe-{number}", name=f"Probe {number}", short_name="P", kind="department"
            ).save()
            die_at(f"inside {number}")
        die_at(f"after {number}")
    run.result_file("probe.txt", b"fertig")
    die_at("before the end")


def slow(run):
    import time

    for number in range(run.checkpoint.get("next", 0), 200):
        with run.step(next=number + 1, done=number + 1, total=200):
            pass
        time.sleep(0.05)


class ProbeConfig(AppConfig):
    name = "tests.web.jobs.probe"
    label = "probe"

    def ready(self):
        from soe.web.jobs import job

        job("probe", title="Probe", permission="register.view")(steps)
        job("probe_slow", title="Probe", permission="register.view")(slow)
