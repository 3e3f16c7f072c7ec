"""Free text must not say where somebody comes from. The check warns and never blocks: streets may look alike."""

import re

HINT = "Bitte keine Angaben zur Herkunft."

# Words about ethnicity and looks. Nationality and language are no part of it: the law sometimes needs them.
_WORDS = re.compile(
    r"\b("
    r"roma|romni|romnja|sinti|sinto|sintizza|sintezza|zigeuner\w*|zigan\w*|tzigan\w*|cigan\w*|țigan\w*|"
    r"volksgruppe\w*|volkszugehörig\w*|volksstamm\w*|ethni\w*|abstammung|rasse|rassisch\w*|hautfarbe\w*|"
    r"dunkelhäutig\w*|schwarzafrikan\w*|südländ\w*|südosteuropäisch\w* (?:aussehen|typ)|fremdländisch\w*|mischling\w*|"
    r"negride?\w*|orientalisch\w* aussehen\w*"
    r")\b",
    re.IGNORECASE,
)


def find(text) -> list[str]:
    """The words in `text` that speak about ethnicity, in order, each once."""
    return list(dict.fromkeys(match.group(0) for match in _WORDS.finditer(text or "")))


def note(label, text) -> str:
    """One sentence for the reader, or an empty string."""
    words = find(text)
    if not words:
        return ""
    quoted = ", ".join(f"„{word}“" for word in words)
    return (
        f"Im Feld „{label}“ steht {quoted}. Angaben zur Herkunft gehören nicht in SOE. "
        "Bitte prüfen Sie den Text und ändern Sie ihn, wenn eine Person gemeint ist."
    )
