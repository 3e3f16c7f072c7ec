"""The test suite: fast, and without any outside effect."""

import tempfile

from .base import *
from .base import DATABASES, STORAGES, VAR_DIR, attachment_storage, env

SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests-only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SOE_DEMO = True
SOE_REQUIRE_SECOND_FACTOR = False  # on in the tests of it

VAR_DIR.mkdir(exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Browser tests read and write from several threads: they need a file, as in real use. NAME as well as TEST:
    # the live server shares one connection between threads when it sees a database in memory.
    if env.bool("TEST_SQLITE_FILE", default=False):
        DATABASES["default"]["NAME"] = str(VAR_DIR / "unused.sqlite3")
        DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    else:
        DATABASES["default"]["NAME"] = ":memory:"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # Argon2 costs seconds per login on purpose
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
MEDIA_ROOT = tempfile.mkdtemp(prefix="soe-test-media-")
STORAGES = {**STORAGES, "attachments": attachment_storage(env, MEDIA_ROOT)}
STATIC_ROOT = tempfile.mkdtemp(prefix="soe-test-static-")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
