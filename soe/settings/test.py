"""The test suite: the dev settings, faster and without any outside effect."""

import tempfile

from .base import *  # noqa: F403
from .base import DATABASES

SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests-only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SOE_DEMO = True

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = ":memory:"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # Argon2 costs seconds per login on purpose
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
MEDIA_ROOT = tempfile.mkdtemp(prefix="soe-test-media-")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = tempfile.mkdtemp(prefix="soe-test-static-")
