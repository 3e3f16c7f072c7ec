"""Good and hostile files, made in memory."""

import io
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
W = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
X = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def upload(content, name="datei", content_type="application/octet-stream"):
    return SimpleUploadedFile(name, content, content_type)


def jpeg(size=(640, 480), *, exif=True, orientation=6, color=(90, 120, 80)):
    image = Image.new("RGB", size, color)
    image.paste((200, 30, 30), (0, 0, size[0] // 2, size[1] // 2))  # the upper left corner is red
    notes = Image.Exif()
    if exif:
        notes[Base.Orientation] = orientation
        notes[Base.Make] = "GEHEIME-KAMERA"
        notes.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:03:14 09:30:00"
        place = notes.get_ifd(IFD.GPSInfo)
        place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (51.0, 32.0, 24.0)
        place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (7.0, 13.0, 12.0)
    target = io.BytesIO()
    image.save(target, "JPEG", exif=notes, quality=80)
    return target.getvalue()


def picture(kind, size=(64, 48), mode="RGB"):
    target = io.BytesIO()
    Image.new(mode, size).save(target, kind)
    return target.getvalue()


def huge_png(width, height):
    """A valid PNG header of any size with next to no content: what a decompression bomb looks like from outside."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def packed(parts, *, stored=(), main=W):
    """A packed document. parts: {name: bytes}; [Content_Types].xml is added unless given."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if main and "[Content_Types].xml" not in parts:
            archive.writestr("[Content_Types].xml", content_types(main))
        for name, data in parts.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return target.getvalue()


def content_types(*types):
    rows = "".join(f'<Override PartName="/p{n}" ContentType="{name}"/>' for n, name in enumerate(types))
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{rows}</Types>'


def docx(**extra):
    return packed({"word/document.xml": b"<w:document xmlns:w='w'/>", **extra})


def xlsx(parts=None):
    return packed({"xl/workbook.xml": b"<workbook/>", **(parts or {})}, main=X)


def odt(parts=None, manifest=b"<manifest/>"):
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": b"<office/>",
            "META-INF/manifest.xml": manifest,
            **(parts or {}),
        },
        stored=("mimetype",),
        main=None,
    )


def pdf(*, javascript=False, launch=False, embedded=False, password="", compressed=False):
    import pikepdf
    from pikepdf import Dictionary, Name, String

    document = pikepdf.new()
    document.add_blank_page()
    if javascript:
        action = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
        document.Root.OpenAction = action
    if launch:
        document.pages[0].AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("calc.exe")))
    if embedded:
        document.attachments["programm.exe"] = b"MZ"
    target = io.BytesIO()
    options = {}
    if password:
        options["encryption"] = pikepdf.Encryption(owner=password, user=password)
    if compressed:  # the dictionaries lie in packed object streams, out of sight of a search for words
        options["object_stream_mode"] = pikepdf.ObjectStreamMode.generate
    document.save(target, **options)
    return target.getvalue()
