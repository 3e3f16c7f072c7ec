"""German words for values: numbers, dates, yes and no, how late something is."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


def local_date(value):
    """The calendar day of a date or moment in Germany."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def number(value, places=None) -> str:
    """1234.5 → "1.234,5"; minus is a real minus sign."""
    if value is None or value == "":
        return ""
    amount = value if isinstance(value, int) else Decimal(str(value))
    if places is not None:
        digits = f"{amount:,.{int(places)}f}"
    elif isinstance(amount, int):
        digits = f"{amount:,d}"
    else:
        digits = f"{amount.normalize():,f}" if amount == amount.to_integral() else f"{amount:,}"
    return digits.replace(",", "\0").replace(".", ",").replace("\0", ".").replace("-", "−")


def euro(value) -> str:
    return "" if value in (None, "") else f"{number(value, 2)} €"


def day(value) -> str:
    """17.11.2026"""
    value = local_date(value)
    return f"{value:%d.%m.%Y}" if value else ""


def long_day(value) -> str:
    """Dienstag, 17. November 2026"""
    value = local_date(value)
    return f"{DAYS[value.weekday()]}, {value.day}. {MONTHS[value.month - 1]} {value.year}" if value else ""


def clock(value) -> str:
    """9.12 Uhr"""
    if not value:
        return ""
    value = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return f"{value.hour}.{value.minute:02d} Uhr"


def moment(value) -> str:
    """17.11.2026, 9.12 Uhr"""
    return f"{day(value)}, {clock(value)}" if value else ""


def distance(due, today=None) -> str:
    """ "6 Tage zu spät", "heute", "morgen", "in 3 Tagen"."""
    days = (local_date(due) - (today or timezone.localdate())).days
    if days < 0:
        return "1 Tag zu spät" if days == -1 else f"{number(-days)} Tage zu spät"
    return {0: "heute", 1: "morgen"}.get(days) or f"in {number(days)} Tagen"


def since(value, today=None) -> str:
    """ "seit 3 Tagen", "seit heute"."""
    days = ((today or timezone.localdate()) - local_date(value)).days
    if days < 0:
        return distance(value, today)
    if days == 0:
        return "seit heute"
    return "seit 1 Tag" if days == 1 else f"seit {number(days)} Tagen"


def plain(value) -> str:
    """Any stored value as a reader expects it."""
    if value is None or value == "":
        return "leer"
    if value is True:
        return "ja"
    if value is False:
        return "nein"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float | Decimal):
        return number(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(plain(item) for item in value) or "leer"
    return str(value)
