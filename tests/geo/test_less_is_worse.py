"""Where less is worse, all that is asked for is painted, nothing at all too, and nothing beyond."""

from collections import defaultdict

import numpy as np

from geo.models.events import LayerKind
from geo.models.releases import Direction, Release
from geo.raster.picture import CLEAR
from geo.release_pictures import style_of
from geo.release_words import classes_said


def rain(direction: Direction) -> Release:
    return Release(
        kind=LayerKind.RASTER,
        direction=direction,
        floor=30.0,
        unit="mm",
        measure="Rain",
        histogram_edges=[0.0, 10.0, 20.0, 30.0, 40.0],
        histogram=[4, 3, 2, 1],
    )


def test_a_legend_ends_where_nothing_more_is_asked_for() -> None:
    little = [words for words, _token in classes_said(rain(Direction.AT_MOST))]
    much = [words for words, _token in classes_said(rain(Direction.AT_LEAST))]

    assert little == ["0", "10", "20 to 30"]
    assert much[-1].endswith(" +")


def test_values_up_to_the_floor_are_painted_from_nothing_on() -> None:
    classes = style_of(rain(Direction.AT_MOST), defaultdict(lambda: "#102030")).classes
    leasts = [np.float32(least) for least, _colour in classes]

    assert leasts[0] == 0
    assert classes[-1][1] == CLEAR
    assert np.float32(30) < leasts[-1] < np.float32(30.001)
    assert all(colour != CLEAR for _least, colour in classes[:-1])
