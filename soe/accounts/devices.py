"""Which browser on which system, in words a person recognises; and whether the account was used with it before."""

import re
from hashlib import sha256
from secrets import token_urlsafe

from django.conf import settings

MAX_AGE = 180 * 24 * 60 * 60

# The first match counts: every Chromium also says "Chrome" and "Safari", every Edge also "Chrome".
BROWSERS = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"HeadlessChrome/|Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"Linux|X11", "Linux"),
)


def in_words(client):
    """ "Firefox auf Windows"; never the whole line, which says more than anybody needs."""
    browser = next((name for pattern, name in BROWSERS if re.search(pattern, client or "")), "")
    system = next((name for pattern, name in SYSTEMS if re.search(pattern, client or "")), "")
    if browser and system:
        return f"{browser} auf {system}"
    return browser or system or "unbekanntes Programm"


def cookie_name():
    return f"{settings.SOE_COOKIE_PREFIX}soe_device"


def token_of(request):
    """The random mark of this browser; a new one is handed out with the answer."""
    token = request.COOKIES.get(cookie_name(), "")
    if not re.fullmatch(r"[\w-]{20,80}", token):
        token = request.soe_new_device = token_urlsafe(32)
    return token


def digest(token):
    return sha256(f"soe device:{settings.SECRET_KEY}:{token}".encode()).hexdigest()


def remember(request, response):
    """Set the mark of a browser in which somebody has just signed in for the first time."""
    if token := getattr(request, "soe_new_device", None):
        response.set_cookie(
            cookie_name(),
            token,
            max_age=MAX_AGE,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response
