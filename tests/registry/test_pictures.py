"""Files people bring are what their own bytes say; a phone's HEIC is told how to become a JPEG."""

import io

import pytest
from PIL import Image

from core.errors import Refusal
from registry.parsing.pictures import (
    PDF,
    NotADocument,
    PictureOfAPhone,
    PictureUnreadable,
    media_of,
    stripped,
)

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_known_by_its_first_bytes_and_keeps_no_place(kind: str) -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "A camera"
    Image.new("RGB", (3_000, 20)).save(file, kind, exif=exif)
    media = media_of(file.getvalue()[:16])

    with Image.open(io.BytesIO(stripped(file.getvalue(), media))) as kept:
        assert (kept.format, kept.size[0], dict(kept.getexif())) == (kind, 2_400, {})


def test_a_pdf_is_a_document() -> None:
    assert media_of(b"%PDF-1.7 and more") == PDF


@pytest.mark.parametrize(
    ("beginning", "fault"),
    [
        (HEIC, PictureOfAPhone),
        (HEIC.replace(b"heic", b"mif1"), PictureOfAPhone),
        (HEIC.replace(b"heic", b"mp42"), NotADocument),
        (b"GIF89a", NotADocument),
        (b"", NotADocument),
    ],
)
def test_what_is_no_picture_is_refused(beginning: bytes, fault: type[Refusal]) -> None:
    with pytest.raises(fault):
        media_of(beginning)


def test_a_broken_picture_is_refused() -> None:
    with pytest.raises(PictureUnreadable):
        stripped(b"\xff\xd8\xff and nothing", "image/jpeg")
