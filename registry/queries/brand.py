"""Asking what papers and files are to look like."""

from core.country import country
from core.storage import stream_of
from registry.documents.brand import Brand


def brand() -> Brand:
    """What the country decided, else the platform's own."""
    at, own = country(), Brand()
    logo = None
    if at.logo is not None:
        with stream_of(at.logo) as stream:
            logo = stream.read()
    if at.accent is None:
        return Brand(at.platform or own.name, logo)
    red, green, blue = bytes.fromhex(at.accent.removeprefix("#"))
    return Brand(at.platform or own.name, logo, (red, green, blue))
