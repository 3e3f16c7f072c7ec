"""File numbers in a text become links; where they lead is decided when somebody follows one, by her rights."""

import re

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from .. import targets
from ..notices.kinds import NUMBER

# As in kinds.NUMBER, but never a bare number: letters in front, or year and serial.
_NUMBER = re.compile(r"(?<![\w/.@-])(?=[A-ZÄÖÜ]|\d{4}-\d{4})(" + NUMBER + r")(?![\w/-])")


def linked(text) -> str:
    """Plain text as HTML: lines kept, numbers linked, mentions strong; nothing of the text is markup."""
    blocks = [b.strip() for b in re.split(r"\n\s*\n", str(text or "").replace("\r", "")) if b.strip()]
    return mark_safe("".join(f"<p>{_block(block)}</p>" for block in blocks))  # noqa: S308


def _block(block):
    result, end = [], 0
    for match in _NUMBER.finditer(block):
        result += [escape(block[end : match.start()]), _link(match.group(1))]
        end = match.end()
    return "".join([*result, escape(block[end:])]).replace("\n", "<br>")


def _link(number):
    return format_html('<a href="{}">{}</a>', reverse("web:number", args=[number]), number)


def find(user, number):
    """The record of this number that the reader may see, or None."""
    for target in targets.registered("comments"):
        try:
            field = target.model._meta.get_field("number")
        except FieldDoesNotExist:
            continue
        if isinstance(field, CharField):
            record = target.rows(user).filter(number=number).first()
            if record is not None:
                return record
    return None
