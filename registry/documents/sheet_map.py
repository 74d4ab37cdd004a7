"""The map of a situation map: layers that Folium writes and static/css/sheet.css draws."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from core.words import _, figure_said
from registry.counting.answers import Answers
from registry.counting.cells import Cell
from registry.documents.contained import as_it_is, png_uri
from registry.documents.sheet import Ground, Hazard, Outline, Shape, Sheet
from registry.documents.sheet_names import Name, names_that_fit

if TYPE_CHECKING:
    from folium import Map

LARGEST, LEAST = 15.0, 2.2  # pixels: radius of the cell where most live, and of the smallest
FINEST = 15  # zoom
PANES = ("ground", "hazard", "unseen", "borders", "question", "people", "names")
POINTED_AT = frozenset({"borders", "people"})  # panes that say more under the pointer
FIRST_PANE = 410  # above the panes of Leaflet's own shapes, below its tooltips


def map_of(sheet: Sheet) -> tuple[Markup, Markup, str]:
    """The map as HTML and as script, and the name the script gives it."""
    drawn = _map(sheet)
    root: Any = drawn.get_root()
    _number(root)
    root.render()
    return as_it_is(root.html.render()), as_it_is(root.script.render()), drawn.get_name()


def radius(n: int, most: int) -> float:
    """The radius in pixels of a circle for so many households, where `most` have the largest."""
    return round(max(LEAST, LARGEST * math.sqrt(n / most)), 1)


def _number(root: Any) -> None:
    """Number the elements, whose names are random, so that the same map is the same file."""
    numbers = count(1)
    left = [root]
    while left:
        element = left.pop()
        element._id = str(next(numbers))
        left += element._children.values()


def _map(sheet: Sheet) -> "Map":
    import folium

    west, south, east, north = sheet.around
    drawn = folium.Map(
        tiles=None,
        zoom_control=False,
        attributionControl=False,
        zoomSnap=0,
        zoomDelta=0.75,
        maxZoom=FINEST,
        maxBounds=[[south, west], [north, east]],
        maxBoundsViscosity=0.8,
    )
    drawn.default_js, drawn.default_css = [], []  # the page brings Leaflet along
    for place, name in enumerate(PANES):
        events = name in POINTED_AT
        folium.map.CustomPane(name, FIRST_PANE + 10 * place, pointer_events=events).add_to(drawn)
    for layer in _layers(sheet):
        layer.add_to(drawn)
    return drawn


def _layers(sheet: Sheet) -> Iterator[Any]:
    """From below: land, hazard, borders, the question, people, names."""
    yield from _ground(sheet.ground)
    if sheet.hazard:
        yield from _hazard(sheet.hazard)
    for rank, borders in enumerate(sheet.ground.borders):
        yield _shapes(borders, f"border rank-{rank}", "borders")
    yield _areas(sheet.ground.areas)
    if sheet.question:
        yield _shapes(sheet.question, "question-casing", "question")
        yield _shapes(sheet.question, "question", "question")
    if sheet.without:
        yield _shapes(sheet.without, "without", "question")
    if sheet.cells:
        yield _circles(sheet.cells)
    if names := names_that_fit(sheet.ground.areas, sheet.box):
        yield _labels(names)


def _ground(ground: Ground) -> Iterator[Any]:
    if ground.neighbours:
        yield _shapes(ground.neighbours, "neighbour", "ground")
    yield _shapes(ground.land, "land", "ground")


def _hazard(hazard: Hazard) -> Iterator[Any]:
    from folium.raster_layers import ImageOverlay

    if hazard.picture:
        body, (west, south, east, north) = hazard.picture
        corners = [(south, west), (north, east)]
        yield ImageOverlay(png_uri(body), corners, pane="hazard", class_name="cells")
    if hazard.extent:
        yield _shapes([hazard.extent], "water", "hazard")
    if hazard.unseen:
        yield _shapes([hazard.unseen], "unseen", "unseen")


def _areas(areas: Sequence[Outline]) -> Any:
    """Borders of the areas of the table; under the pointer they tell their figures."""
    told = [(area.shape, {"said": _area_said(area), "look": "area"}) for area in areas]
    return _told(told, "borders")


def _circles(cells: Sequence[Cell]) -> Any:
    """A ring as large as its households are many, and in it a disc for those who are in."""
    from folium import CircleMarker

    most, told = cells[0].n, []
    for cell in cells:
        place = {"type": "Point", "coordinates": [round(cell.lon, 4), round(cell.lat, 4)]}
        said = _cell_said(cell)
        look = "ring unseen" if cell.unseen * 2 > cell.n else "ring"
        told.append((place, {"said": said, "look": look, "radius": radius(cell.n, most)}))
        if cell.inside:
            disc = {"said": said, "look": "disc", "radius": radius(cell.inside, most)}
            told.append((place, disc))
    return _told(told, "people", CircleMarker())


def _told(
    shapes: Sequence[tuple[Shape, Mapping[str, object]]], pane: str, marker: Any = None
) -> Any:
    """Shapes that say something under the pointer."""
    from folium import GeoJson, GeoJsonTooltip

    features = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": shape, "properties": said} for shape, said in shapes
        ],
    }
    return GeoJson(
        features,
        marker=marker,
        style_function=lambda feature: _look_of(feature["properties"], pane),
        tooltip=GeoJsonTooltip(["said"], labels=False, sticky=True),
        pane=pane,
    )


def _look_of(told: dict[str, Any], pane: str) -> dict[str, object]:
    look: dict[str, object] = {"className": told["look"], "fill": True, "pane": pane}
    return look | ({"radius": told["radius"]} if "radius" in told else {})


def _shapes(shapes: Sequence[Shape], look: str, pane: str) -> Any:
    from folium import GeoJson

    features = [{"type": "Feature", "geometry": shape, "properties": {}} for shape in shapes]
    whole = {"type": "FeatureCollection", "features": features}
    return GeoJson(
        whole, style_function=lambda _shape: {"className": look}, interactive=False, pane=pane
    )


def _labels(names: Sequence[Name]) -> Any:
    """Names of areas, each in the middle of its place."""
    from folium import DivIcon, GeoJson, Marker

    features = []
    for name in names:
        look = "name" if name.everywhere else "name on-desk"
        said = {"look": look, "html": f"<span>{escape(name.words)}</span>"}
        place = {"type": "Point", "coordinates": [name.lon, name.lat]}
        features.append({"type": "Feature", "geometry": place, "properties": said})
    nowhere = (0, 0)  # the icon is a pattern for those of the features
    icon = DivIcon(icon_size=(0, 0))
    marker = Marker(nowhere, icon=icon, interactive=False, keyboard=False, pane="names")
    whole = {"type": "FeatureCollection", "features": features}
    return GeoJson(whole, marker=marker, style_function=_label_of, pane="names")


def _label_of(feature: dict[str, Any]) -> dict[str, object]:
    told = feature["properties"]
    return {"className": told["look"], "html": told["html"]}


def _area_said(area: Outline) -> str:
    """What an area tells under the pointer; the browser reads it as HTML."""
    if area.answers is None:
        return str(escape(area.name))
    return str(escape(f"{area.name}: {_answers_said(area.answers)}"))


def _answers_said(answers: Answers) -> str:
    return _(
        "{inside} in, {out} out, {unseen} not observed, {unlocated} unlocated",
        inside=figure_said(answers.in_),
        out=figure_said(answers.out),
        unseen=figure_said(answers.not_observed),
        unlocated=figure_said(answers.unlocated),
    )


def _cell_said(cell: Cell) -> str:
    return str(
        escape(
            _(
                "{n} households: {inside} in, {unseen} not observed",
                n=figure_said(cell.n),
                inside=figure_said(cell.inside),
                unseen=figure_said(cell.unseen),
            )
        )
    )
