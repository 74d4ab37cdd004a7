"""The country itself: its name, its code, its time, its telephone numbers, where maps begin."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from babel import Locale
from phonenumbers import SUPPORTED_REGIONS
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.deciding.rows import decide
from core.actor import Actor
from core.errors import Invalid
from registry.models.household_cells import StaleCell
from registry.queries.stale_cells import EVERYTHING

LONGEST = 120
OF_USERS = re.compile("AA|Q[M-Z]|X[A-Z]|ZZ")  # codes ISO 3166-1 leaves to whoever uses it
DEEPEST, NORTHMOST, EASTMOST = 24.0, 90.0, 180.0


class CountryNameless(Invalid):
    """Say what the country is called, in at most 120 letters."""


class CountryCodeUnknown(Invalid):
    """ "{typed}" is no country code of ISO 3166-1; write two letters, such as KE."""


class ZoneUnknown(Invalid):
    """ "{typed}" is no time zone; write one such as Africa/Nairobi."""


class RegionUnknown(Invalid):
    """ "{typed}" is no country with telephone numbers of its own; write two letters, such as KE."""


class HomeUnreadable(Invalid):
    """ "{typed}" is no address of a map: open one, move it, and copy what the browser shows."""


@dataclass(frozen=True)
class Profile:
    """What is said of the country; `home` is an address of a map, or what it says of the view."""

    name: str
    code: str
    timezone: str
    phone_region: str
    home: str


def describe(session: Session, said: Profile, *, actor: Actor) -> frozenset[str]:
    """Say what the country is; answers the names of what changed.

    Raises:
        Forbidden, CountryNameless, CountryCodeUnknown, ZoneUnknown, RegionUnknown, HomeUnreadable
    """
    actor.require(May.WRITE_SETTINGS)
    name, zone = " ".join(said.name.split()), said.timezone.strip()
    if not 0 < len(name) <= LONGEST:
        raise CountryNameless
    if zone not in available_timezones():
        raise ZoneUnknown(typed=zone[:60])
    row = {
        "name": name,
        "code": _code(said.code),
        "timezone": zone,
        "phone_region": _region(said.phone_region),
        "home": _home(said.home),
    }
    fresh = decide(session, "profile", row, actor=actor)
    if "timezone" in fresh:
        count_again(session)
    return fresh


def count_again(session: Session) -> None:
    """Have all households counted by cell again: what they were counted by holds no more."""
    session.execute(insert(StaleCell).values(cell=EVERYTHING))


def _code(typed: str) -> str | None:
    code = typed.strip().upper()
    if code and code not in Locale("en").territories and not OF_USERS.fullmatch(code):
        raise CountryCodeUnknown(typed=typed.strip()[:60])
    if code and not code.isalpha():  # the territories of CLDR hold continents by number
        raise CountryCodeUnknown(typed=typed.strip()[:60])
    return code or None


def _region(typed: str) -> str | None:
    region = typed.strip().upper()
    if region and region not in SUPPORTED_REGIONS:
        raise RegionUnknown(typed=typed.strip()[:60])
    return region or None


def _home(typed: str) -> str | None:
    """Zoom, latitude and longitude of an address of a map (static/js/state.js writes them)."""
    written = typed.strip()
    if not written:
        return None
    at = parse_qs(urlsplit(written).query).get("at", [written])[0]
    try:
        zoom, lat, lon = (float(part) for part in at.split("/"))
    except ValueError:
        raise HomeUnreadable(typed=written[:60]) from None
    if not (0 <= zoom <= DEEPEST and abs(lat) <= NORTHMOST and abs(lon) <= EASTMOST):
        raise HomeUnreadable(typed=written[:60])
    return f"{zoom:g}/{lat:g}/{lon:g}"
