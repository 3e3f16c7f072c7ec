"""Folding for search: the same word however it is spelled. `norm` for exact matches, `key` for what sounds alike.

Search columns keep the folded text; queries fold what was typed and ask `column__contains` per token (never
`icontains`: on PostgreSQL it misses the trigram index).
"""

import re
import unicodedata

from anyascii import anyascii

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"})
_GAPS = re.compile(r"[^a-z0-9]+")
# "Straße", "Strasse", "Str." at the end of a word or alone become "str"; a number may follow.
_STREET = re.compile(r"(?:strasse|strase|str)(?=$|[^a-z])")


def _letters(text) -> str:
    """Lower-case ASCII letters and digits; everything else is a blank. Folding it again changes nothing."""
    text = unicodedata.normalize("NFC", str(text or "")).casefold()
    # casefold() may leave combining forms apart (İ → i + dot): put them together again before transliterating.
    text = unicodedata.normalize("NFC", text).translate(_UMLAUTS)
    text = anyascii(text).casefold()
    return _GAPS.sub(" ", text).strip()


def norm(text) -> str:
    """One folded string without blanks inside words: "Mont-Cenis-Straße 12 a" → "montcenisstr12a".

    Two spellings of one street, name or number give the same text.
    """
    joined = _STREET.sub("str", _letters(text)).replace(" ", "")
    # Again on the joined text ("Bahnhof Str. asse"), so that folding a folded text changes nothing.
    while (again := _STREET.sub("str", joined)) != joined:
        joined = again
    return joined


def tokens(text) -> list[str]:
    """The folded words of a query: "Mont Cenis Str 12a" → ["mont", "cenis", "str", "12a"]."""
    return [_STREET.sub("str", token) for token in _letters(text).split()]


# Spellings of one sound, longest first. Applied to folded letters, so umlauts are already ae, oe, ue.
_SOUNDS = (
    ("tzsch", "c"),
    ("tsch", "c"),
    ("dsch", "c"),
    ("sch", "s"),
    ("chr", "kr"),
    ("kh", "h"),
    ("ch", "c"),
    ("sh", "s"),
    ("zh", "s"),
    ("ph", "f"),
    ("th", "t"),
    ("dt", "t"),
    ("ck", "k"),
    ("qu", "kw"),
    ("x", "ks"),
    ("ue", "u"),
    ("oe", "o"),
    ("ae", "a"),
    ("ie", "i"),
    ("ij", "i"),
    ("y", "i"),
    ("j", "i"),
    ("w", "v"),
    ("c", "k"),
    ("q", "k"),
    ("z", "s"),
)
_DOUBLED = re.compile(r"([a-z])\1+")


def key(text) -> str:
    """A coarse sound key per word, joined by blanks: "Мария Стоянова" and "Marija Stojanowa" agree.

    Candidates only: a match by key is shown as "ähnlicher Treffer", never taken for the same person by itself.
    """
    return " ".join(_sound(word) for word in tokens(text))


def _sound(word) -> str:
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    word = _DOUBLED.sub(r"\1", word)
    # "Maria" and "Marija": i between vowels or before one is heard the same.
    word = re.sub(r"i+(?=[aeou])", "i", word)
    return word[:-1] if len(word) > 3 and word.endswith("h") else word


def street(text) -> str:
    """The folded street name: like `norm`, and a house number at the end is cut off."""
    return split_house_number(text)[0]


_RANGE = re.compile(r"(\d+\s*[a-zA-Z]?)\s*[-–—/+]\s*\d+\s*[a-zA-Z]?\b")
_NUMBER = re.compile(r"^(?P<street>.*\D)\s*(?P<number>\d{1,4})\s*(?P<suffix>[a-z]?)(?:\s.*)?$")


def split_house_number(text):
    """("montcenisstr", "12", "a") out of "Mont Cenis Str 12a"; number and suffix are empty when there is none.

    The last number is the house number ("Straße des 17. Juni 3b"); of a range ("11–13") the first counts.
    """
    letters = _letters(_RANGE.sub(r"\1", str(text or "")))
    found = _NUMBER.match(letters)
    if not found:
        return norm(letters), "", ""
    return norm(found["street"]), found["number"].lstrip("0") or "0", found["suffix"]
