"""Why a cell has no value, or what its value leaves unsaid: the numbers of a grid of reasons."""

from enum import IntEnum


class Reason(IntEnum):
    """What a grid of reasons says of a cell; `VALUE` where its value says everything."""

    VALUE = 0
    NODATA = 1
    PERMANENT_WATER = 2
    EXCLUDED = 3
    CLOUD = 4
