"""Flurstückskennzeichen: the 20 characters of the land register, as people write them and as they are stored.

Land 2, Gemarkung 4, Flur 3, Zähler 5, Nenner 4, Folge 2; padded with zeros, empty parts filled with "_".
"""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

GENERAL = re.compile(r"^(0[1-9]|1[0-6])\d{4}(\d{3}|_{3})\d{5}(\d{4}|_{4})(\d{2}|_{2})$", re.ASCII)
NRW = re.compile(r"^05\d{4}(\d{3}|_{3})\d{5}(\d{4}|_{4})(\d{2}|_{2})$", re.ASCII)
ALKIS_ID = re.compile(r"^DE[A-Z]{2}[A-Za-z0-9]{12}$", re.ASCII)
EXAMPLE = "05241701200318______"

# 052417-012-00318/0004, 052417-12-318/4, 05 2417 012 00318 0004, 052417-012-318
PARTS = re.compile(
    r"(?P<land>\d{2})[ -]?(?P<place>\d{4})[ -]+(?P<flur>\d{1,3}|_{3})[ -]+"
    r"(?P<top>\d{1,5})(?:[ /-]+(?P<bottom>\d{1,4}))?",
    re.ASCII,
)
WORDS = re.compile(r"^(?P<head>\d{14})(?P<tail>[\d_]{0,6})$", re.ASCII)

SEARCHED = re.compile(r"(0[1-9]|1[0-6])\d{7}[\d_]{0,11}", re.ASCII)


def normalise(text: str) -> str:
    """What somebody typed as the stored key; what cannot be read comes back as it is, for the validator to refuse."""
    text = " ".join(str(text).strip().split())
    if found := PARTS.fullmatch(text):
        flur = found["flur"] if "_" in found["flur"] else found["flur"].zfill(3)
        bottom = int(found["bottom"] or 0)
        end = f"{bottom:04}" if bottom else "____"
        return f"{found['land']}{found['place']}{flur}{found['top'].zfill(5)}{end}__"
    plain = re.sub(r"[ /-]", "", text)
    return plain.ljust(20, "_") if WORDS.fullmatch(plain) else plain


def validate(key: str):
    """The rule for all of Germany, and that of North Rhine-Westphalia for keys that begin with 05."""
    if not GENERAL.fullmatch(key) or (key.startswith("05") and not NRW.fullmatch(key)):
        raise ValidationError(
            "Das Flurstückskennzeichen hat 20 Zeichen: Land 2, Gemarkung 4, Flur 3, Zähler 5, Nenner 4, Folge 2; "
            f"leere Stellen mit Unterstrich. Beispiel: {EXAMPLE}"
        )
    parts = Parts.of(key)
    if not int(parts.top):
        raise ValidationError("Der Zähler des Flurstücks darf nicht 0 sein.")
    if parts.bottom == "0000":
        raise ValidationError("Ein Flurstück ohne Nenner hat dort vier Unterstriche, nicht 0000.")
    if parts.sheet == "000":
        raise ValidationError("Ohne Flur stehen dort drei Unterstriche, nicht 000.")


def validate_alkis_id(value: str):
    if value and not ALKIS_ID.fullmatch(value):
        raise ValidationError("Die ALKIS-Kennung hat 16 Zeichen, zum Beispiel DENW22AL800005He.")


@dataclass(frozen=True)
class Parts:
    land: str
    place: str
    sheet: str
    top: str
    bottom: str
    follow: str

    @classmethod
    def of(cls, key):
        return cls(key[:2], key[2:6], key[6:9], key[9:14], key[14:18], key[18:])

    @property
    def number(self):
        """318 or 318/4"""
        top, bottom = str(int(self.top)), self.bottom.strip("_")
        return f"{top}/{int(bottom)}" if bottom else top


def readable(key: str, place_name: str = "") -> str:
    """Gemarkung Wanne-Eickel (052417), Flur 12, Flurstück 318/4"""
    if not GENERAL.fullmatch(key):
        return key
    parts = Parts.of(key)
    code = f"{parts.land}{parts.place}"
    words = [f"Gemarkung {place_name} ({code})" if place_name else f"Gemarkung {code}"]
    if sheet := parts.sheet.strip("_"):
        words.append(f"Flur {int(sheet)}")
    words.append(f"Flurstück {parts.number}")
    return ", ".join(words)


def searched(text: str) -> str:
    """The beginning of a key that somebody searches for, or "" when the text is no parcel."""
    text = " ".join(text.strip().split())
    if PARTS.fullmatch(text):
        return normalise(text).rstrip("_")
    plain = re.sub(r"[ -]", "", text)
    return plain.rstrip("_") if SEARCHED.fullmatch(plain) else ""
