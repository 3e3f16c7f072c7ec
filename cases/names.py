"""One name, many spellings: Георги, Georgi, Georghi, Gheorghe. Two folded forms, both for finding candidates only.

`words` keeps what was written, in Latin letters; `sounds` unites what sounds alike. Nothing here decides that two
people are one: a match is shown with its reason, and a person confirms it by birth date or document.
"""

import re

from soe.web.folding import tokens

# Bulgarian law of 2009 (Streamlined System), in pieces that later folding understands; ъ is a.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ь": "y", "ю": "yu", "я": "ya",
}  # fmt: skip
_TABLE = str.maketrans(_CYRILLIC)

# Longest first. German (sch, tsch, w), Romanian (gh, j), English and French spellings of the same sounds.
_SOUNDS = (
    ("dzsch", "d"),
    ("dsch", "d"),
    ("tzsch", "k"),
    ("tsch", "k"),
    ("schtsch", "st"),
    ("scht", "st"),
    ("sht", "st"),
    ("sch", "s"),
    ("dzh", "d"),
    ("dj", "d"),
    ("kh", "h"),
    ("ch", "k"),
    ("sh", "s"),
    ("zh", "s"),
    ("ph", "f"),
    ("th", "t"),
    ("gh", "g"),
    ("tz", "s"),
    ("ts", "s"),
    ("ck", "k"),
    ("qu", "kv"),
    ("x", "ks"),
    ("ue", "u"),
    ("oe", "o"),
    ("ae", "a"),
    ("ji", "si"),
    ("w", "v"),
    ("f", "v"),
    ("y", "i"),
    ("j", "i"),
    ("c", "k"),
    ("q", "k"),
    ("z", "s"),
)
_START = re.compile(r"^(?:chr|khr|kr|hr)")
_ENDINGS = (
    (re.compile(r"ova$"), "ov"),
    (re.compile(r"eva$"), "ev"),
    (re.compile(r"sk(?:a|i)$"), "ski"),
)
_DOUBLED = re.compile(r"([a-z])\1+")
_GLIDE = re.compile(r"i+(?=[aeou])")


def words(text) -> list[str]:
    """The words of a name in plain Latin letters: "Георги Ангелова-Фогт" → ["georgi", "angelova", "fogt"]."""
    return tokens(str(text or "").casefold().translate(_TABLE))


def sound(word) -> str:
    """What a Latin word of `words` sounds like, coarse on purpose."""
    word = _START.sub("hr", word)
    for spelling, same in _SOUNDS:
        word = word.replace(spelling, same)
    word = _DOUBLED.sub(r"\1", word)
    word = _GLIDE.sub("", word) if not word.startswith("i") else "i" + _GLIDE.sub("", word[1:])
    for ending, common in _ENDINGS:
        word = ending.sub(common, word)
    # Gheorghe and Georgi differ in a vowel nobody stresses.
    return word[:-1] if len(word) > 4 and word[-1] in "ei" and not word.endswith("ski") else word


def sounds(text) -> list[str]:
    return [sound(word) for word in words(text)]


def column(parts) -> str:
    """Folded words with blanks around each, so that `contains " geor"` finds beginnings of words."""
    return f" {' '.join(parts)} " if parts else ""
