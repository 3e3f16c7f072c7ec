"""Packed documents (DOCX, XLSX, ODT, ODS): opened and read to the end within limits before they are kept."""

import io
import re
import zipfile
import zlib

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from .errors import UploadRefused

ENTRIES = 2000
TOTAL = 150 * 1024 * 1024
RATIO = 200  # unpacked against packed, above the first megabyte
PART = 64 * 1024
XML_LIMIT = 4 * 1024 * 1024  # of the few parts that are parsed

MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
ACTIVE = re.compile(
    r"(vbaproject|vbadata|/activex/|/ctrlprops/|oleobject.*\.bin$|/embeddings/.*\.bin$|/macrosheets/|"
    r"^basic/|^scripts/|/basic/|^object [0-9]+/basic)",
    re.IGNORECASE,
)
OUTSIDE = (
    "attachedtemplate",
    "oleobject",
    "frame",
    "subdocument",
    "externallink",
    "externallinkpath",
    "package",
)
MACROS = (
    "Das Dokument enthält Makros oder eingebettete Programme. "
    "Bitte speichern Sie es ohne Makros (DOCX, XLSX) oder als PDF."
)
TOO_LARGE = (
    "Die Datei ist gepackt zu groß: Ausgepackt überschreitet sie die Grenze. Bitte teilen Sie sie auf."
)
BROKEN = "Das Dokument ist beschädigt. Bitte öffnen Sie es in Ihrem Programm und speichern Sie es neu."
LOCKED = "Das Dokument ist mit einem Kennwort geschützt. Bitte speichern Sie es ohne Kennwort."
UNKNOWN = (
    "Gepackte Dateien werden nicht angenommen, nur Word, Excel und OpenDocument. "
    "Bitte laden Sie Dateien einzeln hoch."
)


def check(file, size, depth=0, budget=None) -> str:
    """The kind of document in `file`. Raises UploadRefused for anything that is not a plain document."""
    budget = budget if budget is not None else [TOTAL]
    try:
        file.seek(0)
        _whole(file, size)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _names(entries, size)
            kind = _kind(archive, entries)
            for entry in entries:
                _read(archive, entry, depth, budget)
            return kind
    except UploadRefused:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise UploadRefused(BROKEN, code="archive") from error
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise UploadRefused(BROKEN, code="xml") from error


def _whole(file, size):
    """Nothing before the first entry and nothing behind the directory: no second file hides here."""
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise UploadRefused(BROKEN, code="archive")
    file.seek(max(size - 22, 0))
    end = file.read(22)
    if end[:4] != b"PK\x05\x06" or end[20:22] != b"\x00\x00":
        raise UploadRefused(
            "Hinter dem Dokument steht noch etwas anderes. Bitte speichern Sie es neu.", code="polyglot"
        )
    directory, offset = int.from_bytes(end[12:16], "little"), int.from_bytes(end[16:20], "little")
    if directory + offset + 22 != size:
        raise UploadRefused(
            "Vor dem Dokument steht noch etwas anderes. Bitte speichern Sie es neu.", code="polyglot"
        )
    file.seek(0)


def _names(entries, size):
    if not entries or len(entries) > ENTRIES:
        raise UploadRefused(TOO_LARGE, code="bomb")
    total, seen = 0, set()
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name or name.lower() in seen:
            raise UploadRefused(BROKEN, code="path")
        seen.add(name.lower())
        if entry.flag_bits & 0x1:
            raise UploadRefused(LOCKED, code="encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UploadRefused(BROKEN, code="archive")
        if ACTIVE.search(name):
            raise UploadRefused(MACROS, code="macros")
        total += entry.file_size
    if total > TOTAL or total > max(size * RATIO, 1024 * 1024):
        raise UploadRefused(TOO_LARGE, code="bomb")


def _small(archive, name):
    with archive.open(name) as part:
        data = part.read(XML_LIMIT + 1)
    if len(data) > XML_LIMIT:
        raise UploadRefused(TOO_LARGE, code="bomb")
    return data


def _kind(archive, entries):
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        types = [
            (node.get("ContentType") or "").lower()
            for node in fromstring(_small(archive, "[Content_Types].xml"), forbid_dtd=True).iter()
        ]
        if any("macroenabled" in name or "vbaproject" in name or "activex" in name for name in types):
            raise UploadRefused(MACROS, code="macros")
        found = {MAIN[name] for name in types if name in MAIN}
        if len(found) == 1:
            return found.pop()
        raise UploadRefused(UNKNOWN, code="kind")
    first = entries[0]
    if first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED and first.file_size < 100:
        kind = ODF.get(_small(archive, "mimetype").strip())
        if kind and "META-INF/manifest.xml" in names:
            manifest = _small(archive, "META-INF/manifest.xml")
            if b"encryption-data" in manifest:
                raise UploadRefused(LOCKED, code="encrypted")
            fromstring(_without_doctype(manifest))
            return kind
    raise UploadRefused(UNKNOWN, code="kind")


def _without_doctype(xml):
    """Old OpenDocument manifests name a DTD without using it; entities stay forbidden."""
    return re.sub(rb"<!DOCTYPE[^\[>]*>", b"", xml, count=1)


def _read(archive, entry, depth, budget):
    """Unpack one part in small pieces, counting what really comes out; look into XML for what must not be there."""
    name = entry.filename.lower()
    is_xml = name.endswith((".xml", ".rels", ".rdf"))
    nested = name.endswith((".docx", ".xlsx", ".odt", ".ods", ".zip", ".docm", ".xlsm", ".pptx"))
    kept, tail = io.BytesIO(), b""
    with archive.open(entry) as part:
        while chunk := part.read(PART):
            budget[0] -= len(chunk)
            if budget[0] < 0:
                raise UploadRefused(TOO_LARGE, code="bomb")
            if nested:
                kept.write(chunk)
            elif is_xml:
                _look(tail + chunk)
                tail = chunk[-64:]
            elif not tail:
                tail = chunk[:8]
                if tail.startswith((b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"PK\x03\x04")):
                    raise UploadRefused(MACROS, code="macros")
    if name.endswith(".rels"):
        _relations(_small(archive, entry))
    if nested:
        if depth >= 1:
            raise UploadRefused(TOO_LARGE, code="nested")
        check(kept, kept.tell(), depth + 1, budget)


def _look(text):
    if text.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!ENTITY" in text:
        raise UploadRefused(BROKEN, code="xml")
    if b"ddeLink" in text or b"DDEAUTO" in text or b"script:event-listener" in text:
        raise UploadRefused(MACROS, code="macros")


def _relations(xml):
    """Links to pages are fine; templates and objects that would be fetched from outside are not."""
    for node in fromstring(xml, forbid_dtd=True).iter():
        kind = (node.get("Type") or "").rsplit("/", 1)[-1].lower()
        if node.get("TargetMode") == "External" and kind in OUTSIDE:
            raise UploadRefused(
                "Das Dokument lädt beim Öffnen Inhalte von außen nach. Bitte speichern Sie es als PDF.",
                code="outside",
            )
