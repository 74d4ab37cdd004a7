"""What doubts about places, work lists and corrections are called."""

from collections.abc import Iterable

from core.country import country
from core.words import _, counted, figure_said
from geo.models.locations import LocationSource
from geo.models.place_checks import CorrectionKind, Doubt
from registry.queries.place_lists import AREA_ONLY, DIVIDED, NOWHERE, SHARED


def doubt_words() -> dict[str, str]:
    """Why a place is doubted."""
    return {
        Doubt.SWAPPED: _("Latitude and longitude seem to have changed places"),
        Doubt.ZERO: _("Latitude or longitude is zero"),
        Doubt.FOREIGN: _("Outside the country"),
        Doubt.OUTSIDE_AREA: _("Outside the area that was stated"),
        Doubt.CROWDED: _("More than {count} measured at one spot", count=country().crowd),
        Doubt.CENTROID: _("In the very middle of an area"),
        Doubt.ROUND: _("Only two decimals: a kilometre or so"),
        Doubt.INACCURATE: _("Accurate to more than {m} m", m=figure_said(country().vague_m)),
        Doubt.STALE: _("Taken more than {time} ago", time=months_said(country().old_months)),
    }


def doubted(codes: Iterable[str]) -> str:
    """What is to be said of a place that has just been taken down, and is doubted."""
    words = doubt_words()
    why = "; ".join(words[Doubt(code)] for code in codes)
    return _("Look at the place again: {why}.", why=why)


def list_words() -> dict[str, str]:
    """What each measure of places, and each work list, is called."""
    return {
        "points": _("With a point"),
        AREA_ONLY: _("Area only"),
        NOWHERE: _("No place at all"),
        "doubted": _("Doubted"),
        **doubt_words(),
        DIVIDED: _("Known by an area that was divided"),
        SHARED: _("At exactly the spot of somebody else"),
        "older": _("Point older than {time}", time=months_said(country().old_months)),
        "beyond_500": _("Point accurate to more than 500 m"),
    }


def months_said(months: int) -> str:
    """A number of months as people say it: whole years where they are."""
    if months % 12:
        return counted("{count} month", "{count} months", months)
    return counted("{count} year", "{count} years", months // 12)


def source_words() -> dict[str, str]:
    """How a place is known."""
    return {
        LocationSource.GPS: _("a point measured there"),
        LocationSource.BUILDING: _("a building on a map"),
        LocationSource.ADDRESS: _("an address"),
        LocationSource.SETTLEMENT: _("its settlement"),
        LocationSource.AREA: _("its area only"),
    }


def correction_words() -> dict[str, str]:
    """What is done about places together."""
    return {
        CorrectionKind.TURN: _("Turn them round"),
        CorrectionKind.AREA_ONLY: _("Keep the area only"),
        CorrectionKind.MOVE: _("Move them to this point"),
        CorrectionKind.SHIFT: _("Shift them all by one way"),
        CorrectionKind.EACH: _("Move each to a point of its own"),
        CorrectionKind.SNAP: _("Bring them to their settlement"),
        CorrectionKind.ACCEPT: _("Take them as right"),
        CorrectionKind.UNDO: _("Undo a correction"),
    }
