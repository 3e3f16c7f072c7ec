"""What never stands in an evidence pack, whoever makes it: ways to reach people, dates of birth, social data."""

import re

BLACK = "[geschwärzt]"
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"(?<![\w.])(?:\+|00)\d{1,3}[\d\s()/-]{6,}\d",
        r"(?<![\w.])0\d{2,5}[\s/-]{1,3}\d[\d\s/-]{3,}\d",
        r"(?<![\w.])01\d{8,}",
        r"\b(?:geb\.?|geboren(?: am)?|geburtsdatum:?)\s*\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}",
        r"\b[A-Z]{2}\d{2}(?:\s?\d{4}){4}\s?\d{2}\b",
    )
]


def redact(text) -> str:
    """`text` without mail addresses, telephone numbers, dates of birth and account numbers."""
    for pattern in _PATTERNS:
        text = pattern.sub(BLACK, str(text or ""))
    return text
