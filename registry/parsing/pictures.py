"""Files people bring: what their own bytes say they are, and pictures without what cameras add."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import Invalid

PDF = "application/pdf"
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
HEIF = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})  # brands
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2_400  # pixels that are kept, enough to read a paper
QUALITY = 85


class NotADocument(Invalid):
    """This file is no picture (JPEG, PNG, WebP) and no PDF; save it as one of these."""


class PictureOfAPhone(Invalid):
    """This picture is a HEIC, which few programs show; send a JPEG (phone: Most Compatible)."""


class PictureUnreadable(Invalid):
    """This picture cannot be opened, or has more than 50 million points; save it again, smaller."""


class PictureTooSmall(Invalid):
    """This picture has {wide} x {high} points; it needs {least} at least along each side."""


def media_of(beginning: bytes) -> str:
    """What a file is, by how it begins: an IANA media type.

    Raises:
        NotADocument, PictureOfAPhone
    """
    if beginning.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    if beginning.startswith(b"%PDF-"):
        return PDF
    if beginning[4:8] == b"ftyp" and beginning[8:12] in HEIF:
        raise PictureOfAPhone
    raise NotADocument


def stripped(picture: bytes, media: str) -> bytes:
    """A picture turned upright, at most 2,400 points long, without EXIF: no place, no camera.

    Raises:
        PictureUnreadable
    """
    plain = _upright(picture, media, LONGEST_SIDE)
    return _written(plain, PICTURES[media])


def as_png(picture: bytes, media: str, widest: int, least: int) -> bytes:
    """A picture turned upright, as PNG of at most `widest` points along a side, without EXIF.

    Raises:
        PictureUnreadable
        PictureTooSmall: a side has fewer than `least` points.
    """
    plain = _upright(picture, media, widest)
    if min(plain.size) < least:
        raise PictureTooSmall(wide=plain.width, high=plain.height, least=least)
    return _written(plain, PICTURES["image/png"])


def _upright(picture: bytes, media: str, widest: int) -> Image.Image:
    try:
        with Image.open(io.BytesIO(picture), formats=[PICTURES[media]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureUnreadable
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((widest, widest))
            return upright.convert("RGB" if media == "image/jpeg" else "RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as broken:
        raise PictureUnreadable from broken


def _written(plain: Image.Image, kind: str) -> bytes:
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    written = io.BytesIO()
    clean.save(written, kind, quality=QUALITY)
    return written.getvalue()
