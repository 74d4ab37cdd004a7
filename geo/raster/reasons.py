"""Why nothing is known of a cell or a place, or what its value leaves unsaid.

The first of the numbers stand in grids of reasons; all of them are told of places.
"""

from enum import IntEnum


class Reason(IntEnum):
    """What is said of a cell or a place; `VALUE` where its value says everything."""

    VALUE = 0
    NODATA = 1
    PERMANENT_WATER = 2  # dry, where water always is
    EXCLUDED = 3  # where the product cannot tell
    CLOUD = 4
    OUTSIDE = 5  # of what the product could see
    PARTLY = 6  # a circle or an area that was not seen as a whole
    WAITING = 7  # not asked yet


OF_GRIDS = Reason.CLOUD + 1  # how many of them a grid of reasons may hold
UNSEEN = (
    Reason.OUTSIDE,
    Reason.NODATA,
    Reason.CLOUD,
    Reason.EXCLUDED,
    Reason.PARTLY,
    Reason.WAITING,
)
