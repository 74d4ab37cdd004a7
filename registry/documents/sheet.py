"""What stands on a situation map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.counting.answers import Answers
from registry.counting.cells import Cell
from registry.counting.people import People
from registry.documents.brand import Brand

Box = tuple[float, float, float, float]  # west, south, east, north in degrees
Shape = dict[str, Any]  # a GeoJSON geometry in degrees, longitude first


@dataclass(frozen=True)
class Row:
    """One row of the table by area."""

    name: str
    answers: Answers


@dataclass(frozen=True)
class Outline:
    """An area on the map: its name, where the name stands in degrees, its answers if it has any."""

    name: str
    lon: float
    lat: float
    shape: Shape
    answers: Answers | None = None


@dataclass(frozen=True)
class Ground:
    """What the map stands on: other countries, the land of our own, and its borders.

    `borders` are those of the levels above `areas`, the country first; `whole` is the country
    for the small map that says where the large one lies.
    """

    neighbours: Sequence[Shape]
    land: Sequence[Shape]
    borders: Sequence[Sequence[Shape]]
    areas: Sequence[Outline]
    whole: Sequence[Shape]


@dataclass(frozen=True)
class Hazard:
    """The release that was asked: what it measures, when it was observed, and how it is drawn.

    `classes` are words and colour token, little to much. A raster has a picture, which is a PNG and
    its corners; an extent has a shape.
    """

    measure: str
    observed: str
    classes: Sequence[tuple[str, str]]
    picture: tuple[bytes, Box] | None = None
    extent: Shape | None = None
    unseen: Shape | None = None


@dataclass(frozen=True)
class Sheet:
    """All that stands on a situation map, its sentences already in the reader's language.

    `box` is what the map is about, `around` how much of the world is drawn about it. `question` and
    `without` are the shapes asked about and those taken out. `rounded` is the base that figures for
    the public are rounded to.
    """

    title: str
    subtitle: str
    glide: str | None
    clause: str
    box: Box
    around: Box
    ground: Ground
    hazard: Hazard | None
    question: Sequence[Shape]
    question_said: str
    without: Sequence[Shape]
    cells: Sequence[Cell]
    answers: Answers
    people: People
    rows: Sequence[Row]
    sources: Sequence[str]
    meanings: Sequence[tuple[str, str]]  # a word of the page, and what it means
    marks: Sequence[str]  # digests, time zone
    brand: Brand
    ages: Sequence[int]  # what the age bands of the people are of
    rounded: int | None = None
