"""Why nothing is known of a place, in words."""

from core.words import _
from geo.raster.reasons import Reason


def said_of(reason: int) -> str:
    """What is known where a value says nothing, by its reason; empty where it says everything."""
    return {
        Reason.VALUE: "",
        Reason.NODATA: _("no data"),
        Reason.PERMANENT_WATER: _("permanent water"),
        Reason.EXCLUDED: _("excluded by the product"),
        Reason.CLOUD: _("cloud or its shadow"),
        Reason.OUTSIDE: _("outside what was seen"),
        Reason.PARTLY: _("seen in part"),
        Reason.WAITING: _("not asked yet"),
    }[Reason(reason)]


def said_of_named(name: str) -> str:
    """The same by the name figures have for it."""
    return said_of(Reason[name.upper()])
