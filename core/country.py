"""The country this installation serves: what its administrators decide, and nobody has to deploy.

It is kept in the database (`core.decided`), which each transaction asks as it begins: pages,
commands and workers go by what is decided now, and what runs between two transactions by what the
last one found. Pure, so that what knows no database may ask too.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ADULT = 18  # years at which girls and boys become women and men


@dataclass(frozen=True, kw_only=True)
class Country:
    """The country, as its administrators describe it.

    `code` and `phone_region` are of ISO 3166-1, `currencies` of ISO 4217 (none: all of them),
    `languages` are BCP 47 tags. `home` is where maps look at first, zoom/latitude/longitude. Age
    bands end below `young_below`, 18 and `old_from` years. Who may not see places is told no figure
    of one to `fewest` - 1; figures for the public are rounded to `rounding`. `logo` is the SHA-256
    of a kept file; the colours are #rrggbb. Two records are looked at from `alike_percent` on, and
    households within `roof_m` metres stand under one roof.
    """

    name: str = ""
    code: str | None = None
    timezone: str = "UTC"
    phone_region: str | None = None
    home: str | None = None
    language: str = "en"
    languages: Sequence[str] = ("en",)
    currency: str | None = None
    currencies: Sequence[str] = ()
    young_below: int = 5
    old_from: int = 60
    fewest: int = 5
    rounding: int = 10
    ask_purpose: Sequence[str] = ()
    crowd: int = 30
    near_m: float = 50.0
    vague_m: float = 500.0
    fresh_months: int = 12
    old_months: int = 60
    coarse_m: float = 100.0
    largest_household: int = 30
    document_mb: int = 10
    purpose_hours: int = 8
    undo_days: int = 90
    land_percent: int = 20
    alike_percent: int = 70
    roof_m: float = 15.0
    platform: str | None = None
    accent: str | None = None
    accent_dark: str | None = None
    logo: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.timezone)

    @property
    def ages(self) -> tuple[int, int]:
        """Below how many years one is young, and from how many on old."""
        return self.young_below, self.old_from


FIRST = Country()
"""What holds where no database was asked yet: for commands that read files alone."""

_known: ContextVar[Country] = ContextVar("country", default=FIRST)


def country() -> Country:
    """The country, as the last transaction of this thread found it."""
    return _known.get()


def know(found: Country) -> None:
    """Go by this from here on."""
    _known.set(found)
