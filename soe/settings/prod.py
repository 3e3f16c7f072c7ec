"""Real use. Refuses to start with anything that is only good for trying out."""

from django.core.exceptions import ImproperlyConfigured

from .base import *
from .base import ALLOWED_HOSTS, DATABASES, STORAGES, configure, env

if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG darf im Betrieb nicht eingeschaltet sein.")

SECRET_KEY = env("SECRET_KEY", default="")
if (
    len(SECRET_KEY) < 50
    or len(set(SECRET_KEY)) < 15
    or "insecure" in SECRET_KEY
    or "only-for-tests" in SECRET_KEY
):
    raise ImproperlyConfigured(
        "SECRET_KEY fehlt oder ist zu schwach: mindestens 50 zufällige Zeichen, "
        "zum Beispiel aus „openssl rand -base64 60“."
    )
if not env("ALLOWED_HOSTS", default="") or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS fehlt: Bitte die Rechnernamen nennen, unter denen SOE erreichbar ist."
    )

DATABASES["default"] = configure(
    env.db_url("DATABASE_URL", default=f"sqlite:///{DATABASES['default']['NAME']}"),
    pool_size=env.int("DATABASE_POOL", default=8),
)

# --- HTTPS only -----------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if env.bool("BEHIND_PROXY", default=True):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"  # the browser refuses it without HTTPS and for other hosts
CSRF_COOKIE_NAME = "__Host-csrftoken"
SOE_COOKIE_PREFIX = "__Host-"

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

_mail = env.email_url("EMAIL_URL", default="smtp://localhost:25")
MAILERS = {
    "default": {
        "BACKEND": _mail["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": _mail["EMAIL_HOST"],
            "port": _mail["EMAIL_PORT"],
            "username": _mail["EMAIL_HOST_USER"] or "",
            "password": _mail["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": _mail.get("EMAIL_USE_TLS", False),
            "use_ssl": _mail.get("EMAIL_USE_SSL", False),
            "timeout": 10,
        },
    }
}
