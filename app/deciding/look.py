"""What the platform looks like here: its name, its logo, its colour."""

import io
from dataclasses import dataclass
from typing import IO

from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.deciding.colours import for_dark, for_light
from app.deciding.rows import decide
from core.actor import Actor
from core.country import country
from core.errors import Invalid
from core.storage import keep
from registry.parsing.pictures import PICTURES, NotADocument, as_png, media_of

LONGEST = 40  # letters
LARGEST = 1 << 20  # bytes
SMALLEST, WIDEST = 24, 640  # points along a side
BEGINNING = 16


class NameTooLong(Invalid):
    """The name of the platform has at most 40 letters; it stands in the bar of every page."""


class LogoTooLarge(Invalid):
    """A logo has at most 1 MB; save it smaller."""


class NotALogo(Invalid):
    """This file is no picture (PNG, JPEG, WebP); save the logo as one of these."""


@dataclass(frozen=True)
class Look:
    """What is said of the look; an empty name or colour is the platform's own."""

    platform: str
    accent: str
    accent_dark: str
    logo: IO[bytes] | None = None
    without_logo: bool = False


def dress(session: Session, said: Look, *, actor: Actor) -> frozenset[str]:
    """Say what the platform looks like; answers the names of what changed.

    A logo is kept as PNG, without what a camera wrote into it, and at most 640 points wide.

    Raises:
        Forbidden, NameTooLong, ColourUnreadable, TooPale, TooDark
        LogoTooLarge, NotALogo, PictureTooSmall, PictureUnreadable
    """
    actor.require(May.WRITE_SETTINGS)
    name = " ".join(said.platform.split())
    if len(name) > LONGEST:
        raise NameTooLong
    row = {
        "platform": name or None,
        "accent": for_light(said.accent) if said.accent.strip() else None,
        "accent_dark": for_dark(said.accent_dark) if said.accent_dark.strip() else None,
        "logo": _logo(said),
    }
    return decide(session, "look", row, actor=actor)


def _logo(said: Look) -> str | None:
    if said.logo is not None:
        return keep(io.BytesIO(_as_png(said.logo.read(LARGEST + 1)))).sha256
    return None if said.without_logo else country().logo


def _as_png(whole: bytes) -> bytes:
    if len(whole) > LARGEST:
        raise LogoTooLarge
    try:
        media = media_of(whole[:BEGINNING])
    except NotADocument:
        raise NotALogo from None
    if media not in PICTURES:
        raise NotALogo
    return as_png(whole, media, WIDEST, SMALLEST)
