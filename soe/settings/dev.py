"""Development and `make demo`: one machine, SQLite, an invented city."""

from .base import *
from .base import VAR_DIR, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="insecure-for-development-only-never-for-real-data")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SOE_DEMO = True
SOE_REQUIRE_SECOND_FACTOR = env.bool(
    "SOE_REQUIRE_SECOND_FACTOR", default=False
)  # the demo accounts have none

VAR_DIR.mkdir(exist_ok=True)  # database, mails, uploads: everything that is not in git
WHITENOISE_USE_FINDERS = True  # no collectstatic while developing
WHITENOISE_AUTOREFRESH = DEBUG
STATIC_ROOT = VAR_DIR / "staticfiles"
STATIC_ROOT.mkdir(exist_ok=True)

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": VAR_DIR / "mail"},
    }
}
