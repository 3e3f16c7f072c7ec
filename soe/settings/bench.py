"""`make bench`: the development settings, a database of its own, and Django's admin to compare with."""

from .database import configure
from .dev import *
from .dev import INSTALLED_APPS, VAR_DIR, env

DEBUG = False
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]
ROOT_URLCONF = "soe.demo.bench.urls"
DATABASES = {
    "default": configure(env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'bench.sqlite3'}"))
}
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "admin.E404", "admin.W411"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost"]
SECURE_SSL_REDIRECT = False
