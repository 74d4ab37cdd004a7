"""What doubts about places, work lists and corrections are called."""

from core.words import _
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
        Doubt.CROWDED: _("More than 30 measured at one spot"),
        Doubt.CENTROID: _("In the very middle of an area"),
        Doubt.ROUND: _("Only two decimals: a kilometre or so"),
        Doubt.INACCURATE: _("Accurate to more than 500 m"),
        Doubt.STALE: _("Taken more than five years ago"),
    }


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
        "older": _("Point older than five years"),
        "beyond_500": _("Point accurate to more than 500 m"),
    }


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
        CorrectionKind.ACCEPT: _("Take them as right"),
    }
