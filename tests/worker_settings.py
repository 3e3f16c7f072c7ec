"""The test settings for a real worker process: the real queue, a lease of a moment, the database of the test."""

import os
from datetime import timedelta

from soe.settings.test import *  # noqa: F403
from soe.settings.test import DATABASES, INSTALLED_APPS
from soe.web.jobs import limits

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": os.environ["PROBE_MAIL"]},
    }
}
MEDIA_ROOT = os.environ["PROBE_MEDIA"]
DATABASES["default"]["NAME"] = os.environ["PROBE_DATABASE"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.web.jobs.probe.apps.ProbeConfig"]
limits.LEASE, limits.BEAT = timedelta(seconds=0.4), timedelta(seconds=0.1)
