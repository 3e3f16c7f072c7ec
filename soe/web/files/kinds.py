"""Which kinds of files there are, told by their content. What is not known here is not taken in."""

import re
from dataclasses import dataclass

import puremagic

from .errors import UploadRefused

HEAD = 8192


@dataclass(frozen=True)
class Kind:
    code: str
    label: str
    content_type: str
    extensions: tuple[str, ...]

    @property
    def is_image(self):
        return self.content_type.startswith("image/")


def _kinds(*rows):
    return {row[0]: Kind(*row) for row in rows}


OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
KINDS = _kinds(
    ("jpeg", "Foto", "image/jpeg", ("jpg", "jpeg")),
    ("png", "Bild", "image/png", ("png",)),
    ("webp", "Bild", "image/webp", ("webp",)),
    ("pdf", "PDF", "application/pdf", ("pdf",)),
    ("docx", "Word-Dokument", f"{OOXML}.wordprocessingml.document", ("docx",)),
    ("xlsx", "Excel-Tabelle", f"{OOXML}.spreadsheetml.sheet", ("xlsx",)),
    ("odt", "Textdokument", f"{ODF}.text", ("odt",)),
    ("ods", "Tabelle", f"{ODF}.spreadsheet", ("ods",)),
    ("txt", "Text", "text/plain", ("txt", "csv")),
)
# What file dialogues offer; only a convenience, the content decides.
ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.odt,.ods,.txt,.csv"
ALLOWED = "Fotos (JPEG, PNG, WebP), PDF, Word und Excel ohne Makros, OpenDocument, Text und CSV"

MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php|%|x:|math|object)|^\s*(#!|mz\b)"
)
DDE = re.compile(rb"(?m)(^|[;,\t])\s*\"?'?[=+\-@][^\n;,]{0,80}\|[^\n]{0,80}!")
ADVICE = {
    b"\xd0\xcf\x11\xe0": "Das ist eine Datei im alten Office-Format, verschlüsselt oder eine Outlook-Nachricht. "
    "Bitte speichern Sie sie als PDF oder im heutigen Format ohne Kennwort.",
    b"{\\rtf": "RTF-Dateien werden nicht angenommen. Bitte speichern Sie den Text als PDF.",
    b"Rar!": "Gepackte Dateien werden nicht angenommen. Bitte laden Sie die Dateien einzeln hoch.",
    b"7z\xbc\xaf": "Gepackte Dateien werden nicht angenommen. Bitte laden Sie die Dateien einzeln hoch.",
    b"\x1f\x8b": "Gepackte Dateien werden nicht angenommen. Bitte laden Sie die Dateien einzeln hoch.",
    b"GIF8": "GIF-Bilder werden nicht angenommen. Bitte speichern Sie das Bild als PNG.",
    b"MZ": "Das ist ein Programm. Programme werden nicht angenommen.",
    b"\x7fELF": "Das ist ein Programm. Programme werden nicht angenommen.",
}
HEIC = (
    "HEIC-Fotos kann SOE nicht lesen. Bitte stellen Sie am iPhone unter „Kamera, Formate“ auf "
    "„Maximale Kompatibilität“ oder speichern Sie das Foto als JPEG."
)
NOT_ALLOWED = f"Diese Art von Datei wird nicht angenommen. Möglich sind {ALLOWED}."


def tell(head: bytes) -> str:
    """The code of the kind that `head` (the first bytes) belongs to; "zip" stands for all packed documents."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    for start, advice in ADVICE.items():
        if head.startswith(start):
            raise UploadRefused(advice, code="kind")
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heif"):
        raise UploadRefused(HEIC, code="kind")
    if MARKUP.search(head.lower().replace(b"\x00", b"")):
        raise UploadRefused(
            f"Web- und SVG-Dateien können Programme enthalten und werden nicht angenommen. Möglich sind {ALLOWED}.",
            code="kind",
        )
    if b"\x00" in head or _known_as_binary(head):
        raise UploadRefused(NOT_ALLOWED, code="kind")
    return "txt"


def _known_as_binary(head):
    """A second opinion from puremagic: a signature at the very start of something that is not text."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(
        match.confidence >= 0.8 and match.mime_type and not match.mime_type.startswith("text/")
        for match in found
    )


def check_text(chunks):
    """UTF-8 or cp1252 without control characters, without cells that start a program in a spreadsheet."""
    import codecs

    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, tail = True, b""
    for chunk in chunks:
        if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", chunk):
            raise UploadRefused(NOT_ALLOWED, code="kind")
        if is_utf8:
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        if not is_utf8 and re.search(rb"[\x81\x8d\x8f\x90\x9d]", chunk):
            raise UploadRefused("Die Zeichen dieser Textdatei sind nicht lesbar (UTF-8 nötig).", code="text")
        if DDE.search(tail + chunk):
            raise UploadRefused(
                "Die Tabelle enthält eine Zelle, die ein Programm starten würde. Sie wird nicht angenommen.",
                code="formula",
            )
        tail = chunk[-200:]
