"""Photos: size asked before anything is decoded, turned upright, made smaller, written anew without metadata."""

import contextlib
import io
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from PIL import ExifTags, Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from .errors import UploadRefused

EDGE, PREVIEW_EDGE = 2560, 480
QUALITY = 86
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
# Megapixels by what decoding costs in memory: JPEG can be decoded smaller, the others only as a whole.
LIMITS = {"jpeg": 50, "progressive": 24, "png": 24, "webp": 12}


@dataclass
class Picture:
    """A photo ready to be stored. `place` and `taken_at` are None unless the person wished to keep them."""

    content: io.BytesIO
    preview: io.BytesIO
    kind: str
    width: int
    height: int
    taken_at: datetime | None = None
    place: tuple[float, float] | None = None


def _too_many(width, height, limit):
    return UploadRefused(
        f"Das Bild hat {width * height // 1_000_000} Megapixel. Möglich sind hier {limit}. "
        "Bitte verkleinern Sie es vorher oder nehmen Sie es mit einer kleineren Auflösung auf.",
        code="pixels",
    )


def prepare(file, kind, *, keep_place=False) -> Picture:
    """Read `file` as an image of `kind` and write it anew. Raises UploadRefused."""
    # WeasyPrint lets truncated images pass for the whole process as soon as it is imported; an upload must be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        file.seek(0)
        image = Image.open(file, formats=[FORMATS[kind]])  # reads the header only
        slot = "progressive" if image.info.get("progressive") else kind
        if image.width * image.height > LIMITS[slot] * 1_000_000:
            raise _too_many(image.width, image.height, LIMITS[slot])
        if min(image.size) < 1 or max(image.size) > 40_000:
            raise _too_many(image.width, image.height, LIMITS[slot])
        facts = _facts(image) if keep_place else (None, None)
        orientation = image.getexif().get(ExifTags.Base.Orientation)
        image.draft("RGB", (EDGE, EDGE))  # JPEG: decode at a half, a quarter …
        image.load()
        image = _smaller(image, EDGE)
        image = _upright(image, orientation)
        image = _plain(image, keep_alpha=kind == "png")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadRefused(
            "Das Bild hat zu viele Pixel. Bitte verkleinern Sie es vorher.", code="pixels"
        ) from error
    except UploadRefused:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise UploadRefused(
            "Dieses Bild ist beschädigt und lässt sich nicht lesen. Bitte nehmen Sie das Original noch einmal.",
            code="image",
        ) from error
    written = "png" if kind == "png" else "jpeg"
    return Picture(
        content=_write(image, written),
        preview=_write(_plain(_smaller(image.copy(), PREVIEW_EDGE), keep_alpha=False), "jpeg", quality=78),
        kind=written,
        width=image.width,
        height=image.height,
        taken_at=facts[0],
        place=facts[1],
    )


def _smaller(image, edge):
    if max(image.size) > edge:
        if image.mode not in ("RGB", "RGBA", "L", "LA"):
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    return image


def _upright(image, orientation):
    if orientation in range(2, 9):
        image.getexif()[ExifTags.Base.Orientation] = orientation
        return ImageOps.exif_transpose(image)
    return image


def _plain(image, keep_alpha):
    """sRGB without profile, palette or transparency (PNG keeps it)."""
    profile = image.info.get("icc_profile")
    if image.mode in ("P", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    if profile and image.mode in ("RGB", "CMYK"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if image.mode == "RGBA" and not keep_alpha:
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image if image.mode in ("RGB", "RGBA", "L") else image.convert("RGB")


def _write(image, kind, quality=QUALITY):
    """A fresh file: nothing of the original but its pixels."""
    clean = Image.frombytes(image.mode, image.size, image.tobytes())
    target = io.BytesIO()
    if kind == "png":
        clean.save(target, "PNG", optimize=False)
    else:
        clean.save(target, "JPEG", quality=quality, optimize=False)
    target.seek(0)
    return target


def _facts(image):
    """(time, (latitude, longitude)) out of the camera's notes; nonsense there counts as nothing."""
    exif = image.getexif()
    taken = place = None
    with contextlib.suppress(ValueError, TypeError, KeyError, OverflowError):
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        words = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        naive = datetime.strptime(str(words)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  (cameras know no zone)
        if 1990 <= naive.year <= timezone.localdate().year + 1:
            taken = timezone.make_aware(naive)
    with contextlib.suppress(ValueError, TypeError, KeyError, ZeroDivisionError, OverflowError):
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            place = (latitude, longitude)
    return taken, place


def _degrees(parts, negative):
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if value != value:
        raise ValueError("not a number")
    return round(-value if negative else value, 6)
