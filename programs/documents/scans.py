"""Reading the code of a card from a photograph."""

from typing import IO

import zxingcpp
from PIL import Image, ImageOps

from core.errors import Invalid

LARGEST = 2000  # pixels; a phone's photograph is larger than its code needs


class PhotoUnreadable(Invalid):
    """This file is no picture that can be read; take a photograph of the card, or type its code."""


class NoCodeSeen(Invalid):
    """No code was seen on the photograph; hold the card flat and in the light, or type its code."""


def code_in(photo: IO[bytes]) -> str:
    """The text of the QR code on a photograph.

    Raises:
        PhotoUnreadable: it is no picture. NoCodeSeen: there is no code on it.
    """
    try:
        with Image.open(photo) as image:
            image.draft("L", (LARGEST, LARGEST))
            upright = ImageOps.exif_transpose(image).convert("L")
    except (OSError, Image.DecompressionBombError):
        raise PhotoUnreadable from None
    upright.thumbnail((LARGEST, LARGEST))
    found = zxingcpp.read_barcodes(
        upright, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    )
    if not found:
        raise NoCodeSeen
    return str(found[0].text)
