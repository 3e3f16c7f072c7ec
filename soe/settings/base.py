"""What holds everywhere. Each value that differs between installations comes from an environment variable."""

from pathlib import Path

import environ
from django.utils.csp import CSP

from . import basemap
from .database import configure
from .files import attachment_storage
from .logs import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")  # silent when there is none

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- the city -------------------------------------------------------------------------------------------------------
SOE_CITY = env("SOE_CITY", default="Stadt Herne")
SOE_CITY_ADDRESS = env("SOE_CITY_ADDRESS", default="Friedrich-Ebert-Platz 2, 44623 Herne")
SOE_MUNICIPALITY_KEY = env("SOE_MUNICIPALITY_KEY", default="05916000")
SOE_CONTACT_EMAIL = env("SOE_CONTACT_EMAIL", default="soe@example.org")
SOE_BASE_URL = env("SOE_BASE_URL", default="http://localhost:8000")  # where links in mails and calendars lead
SOE_DEMO = False  # True only in dev and test: `seed_demo` refuses anywhere else

# --- applications: the upper may import the lower, never the reverse ------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "simple_history",
    "django_filters",
    "django_tables2",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "axes",
    "django_tasks_db",
    "soe.audit",
    "soe.accounts",
    "soe.departments",
    "soe.web",
    "soe.administration",
    "objects",
    "cases",
    "steering",
    "reports",
    "soe.demo",
]

MIDDLEWARE = [
    "soe.web.requestid.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "soe.web.headers.HeadersMiddleware",
    "soe.web.health.HealthMiddleware",
    "soe.web.errors.EmptyErrorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "soe.accounts.middleware.SessionLimitsMiddleware",
    "soe.accounts.middleware.LoginMiddleware",
    "soe.accounts.middleware.SecondFactorMiddleware",
    "soe.audit.middleware.ActorMiddleware",
    "soe.departments.asking.AskingMiddleware",
    "soe.web.downloads.DownloadMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "objects.priority.once.ScoresOnceMiddleware",
]

ROOT_URLCONF = "soe.urls"
WSGI_APPLICATION = "soe.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "soe.web.context.site",
            ],
        },
    },
]

# --- data -----------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": configure(
        env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'soe.sqlite3'}"),
        pool_size=env.int("DATABASE_POOL", default=0),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES: dict[str, str] = {}

# Shared by all processes, so that limits and used one-time codes count once, not once per process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "soe_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_DATE_INDEX = "Composite"

# guardian keeps dated grants on single rows; soe.departments.scope reads them, so its own backend is not needed.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# --- who may come in ------------------------------------------------------------------------------------------------
from .login import *  # noqa: E402  (one subject, one file)

# --- German, always -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))  # never served by URL, only through views
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": attachment_storage(env, MEDIA_ROOT),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # the on-site form of a house with 60 dwellings
DATA_UPLOAD_MAX_NUMBER_FILES = 40
FILE_UPLOAD_HANDLERS = [
    "soe.web.files.uploading.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
SOE_MAX_UPLOAD_MB = env.int("SOE_MAX_UPLOAD_MB", default=20)
SOE_CLAMD = env("SOE_CLAMD", default="")  # tcp://host:3310 or unix:/path; then nothing unscanned is taken in
SOE_EXPORT_JOB_ROWS = env.int("SOE_EXPORT_JOB_ROWS", default=5000)  # longer lists are exported by the worker

# --- browser --------------------------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CSP = basemap.policy(SECURE_CSP)
SOE_BASEMAP = basemap.SOE_BASEMAP
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SOE_PERMISSIONS_POLICY = (
    "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()"
)
CSRF_COOKIE_HTTPONLY = True  # scripts take the token from the page
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "soe.web.errors.csrf_failure"

# --- seals of the history (decision 0009) ---------------------------------------------------------------------------
# Secrets that are not in the database; the first one signs, older ones still verify.
SOE_SEAL_KEYS = env.list("SOE_SEAL_KEYS", default=[])
# Who gets the newest seal by mail, to keep it outside of the application.
SOE_SEAL_RECIPIENTS = env.list("SOE_SEAL_RECIPIENTS", default=[])

# --- mail and logs --------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=SOE_CONTACT_EMAIL)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
LOGGING = logging_config(env("LOG_LEVEL", default="INFO"))
