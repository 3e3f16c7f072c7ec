"""What a file is called: a safe name to show, a random one to store under."""

import re
import unicodedata
import uuid

LONGEST = 120
RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"|?*]')
# Cc control, Cf invisible and direction (RTLO), Co/Cs/Cn no characters, Zl/Zp line ends
INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")


def display_name(given, extensions, fallback="Datei"):
    """The given name without path, invisible characters and reserved words; it ends as its content demands.

    `extensions`: those that fit the content, the usual one first.
    """
    name = unicodedata.normalize("NFC", str(given or ""))
    name = re.sub(r"\s", " ", name)
    name = "".join(c for c in name if unicodedata.category(c) not in INVISIBLE)
    name = re.split(r"[/\\]", name)[-1]
    name = FORBIDDEN.sub("_", name)
    name = re.sub(r"\s+", " ", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or extension.lower() not in extensions:
        stem, extension = name, extensions[0]
    stem = stem.strip(" .") or fallback
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(extension) - 1].rstrip(' .')}.{extension.lower()}"


def storage_name():
    """Random, without extension, in folders that never grow large."""
    key = uuid.uuid4().hex
    return f"{key[:2]}/{key[2:4]}/{key}"
