"""What a cell of text may mean: numbers with comma or point, German dates, choices. Each raises CellError in German."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ..folding import norm


class CellError(ValueError):
    """What is wrong with one cell, as a German sentence."""


def words(max_length=200) -> Callable:
    def parse(text):
        if len(text) > max_length:
            raise CellError(f"Höchstens {max_length} Zeichen.")
        return text

    return parse


def day(text) -> date:
    """30.09.2026, 30.9.26, 2026-09-30. Never guesses between day and month."""
    plain = text.removesuffix(" 00:00").removesuffix(" 00:00:00")
    for pattern in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y"):
        try:
            found = datetime.strptime(plain, pattern).date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
        if not 1800 <= found.year <= 2200:
            break
        return found
    raise CellError(f"„{text[:20]}“ ist kein Datum. Beispiel: 30.09.2026")


def integer(text) -> int:
    """3148, 3.148, −9. 3.14 is a mistake and not three hundred and fourteen."""
    sign, digits = _signed(text)
    groups = digits.split(".")
    grouped = len(groups) > 1 and 0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    digits = "".join(groups) if grouped else digits
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise CellError(f"„{text[:20]}“ ist keine ganze Zahl. Beispiel: 3148 oder 3.148")
    return sign * int(digits)


def decimal(text) -> Decimal:
    """1.234,56 and 1234.56 and 1,5: the last sign of two is the decimal one; 1.234 alone is a thousand."""
    sign, digits = _signed(text)
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, decimal_sign = (".", ",") if comma > point else (",", ".")
        digits = digits.replace(thousands, "").replace(decimal_sign, ".")
    elif comma >= 0:
        digits = digits.replace(",", ".") if digits.count(",") == 1 else digits.replace(",", "")
    elif point >= 0 and len(digits) - point - 1 == 3 and digits[0] != "0":
        digits = digits.replace(".", "")
    try:
        value = Decimal(digits)
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or not set(digits) <= set("0123456789.") or len(digits) > 18:
        raise CellError(f"„{text[:20]}“ ist keine Zahl. Beispiel: 1.234,56")
    return sign * value


def _signed(text):
    plain = text.replace("−", "-").replace(" ", "").replace("\u202f", "").replace("€", "").replace("%", "")
    return (-1 if plain.startswith("-") else 1), plain[1:] if plain[:1] in ("-", "+") else plain


def yes_no(text) -> bool:
    folded = norm(text)
    if folded in ("ja", "j", "x", "1", "wahr", "true", "yes"):
        return True
    if folded in ("nein", "n", "0", "falsch", "false", "no"):
        return False
    raise CellError(f"„{text[:20]}“ ist weder „ja“ noch „nein“.")


def email(text) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise CellError(f"„{text[:60]}“ ist keine E-Mail-Adresse. Beispiel: name@herne.de") from None
    return text


def choice(choices) -> Callable:
    """`choices`: pairs, or a class of TextChoices; label or value, in any writing."""
    pairs = [
        (value, str(label))
        for value, label in getattr(choices, "choices", choices)
        if value not in ("", None)
    ]
    known = {norm(str(value)): value for value, _ in pairs} | {norm(label): value for value, label in pairs}

    def parse(text):
        try:
            return known[norm(text)]
        except KeyError:
            offered = ", ".join(f"„{label}“" for _, label in pairs[:12])
            raise CellError(f"„{text[:40]}“ ist nicht bekannt. Möglich sind {offered}.") from None

    parse.offered = [label for _, label in pairs]
    return parse
