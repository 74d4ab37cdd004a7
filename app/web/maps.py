"""What a page tells its map (static/js/map/settings.js) and its legend."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy.orm import Session

from core.actor import Actor
from core.country import country
from core.words import figure_said
from geo.classes import classes_of
from geo.models.areas import Area
from geo.models.context import ContextKind, ContextLayer
from geo.models.events import LayerKind
from geo.models.releases import Release
from geo.queries.areas import level_names
from geo.queries.clauses import ASKABLE
from geo.queries.context import layers_shown
from geo.queries.releases import box_of_extent
from geo.queries.situation import bounds_of_areas
from geo.release_pictures import CONTEXT
from geo.release_words import classes_said

WORLD = (-180.0, -60.0, 180.0, 75.0)


def map_settings(
    session: Session,
    actor: Actor,
    release: Release | None = None,
    at_least: float | None = None,
    beside: Mapping[str, Any] = MappingProxyType({}),
    **given: Any,
) -> dict[str, Any]:
    """The map of a release (none: of the registered households alone) within the actor's reach.

    Households are sorted only by a release that can be asked; `beside` is what an address says of
    the hazards asked with it (app.web.asking). Every context layer can be shown, the one of the key
    `shown_layer` is from the beginning.
    """
    asked = release if release and release.state in ASKABLE else None
    shown = release_shown(release, at_least) if release else None
    aimed = given.pop("bounds", None)
    box = aimed or _box(session, actor, release)
    shown_layer = given.pop("shown_layer", None)
    begins = None if release or aimed or not actor.national else _home()
    people = {
        "release": asked.id if asked else None,
        "at_least": at_least if asked else None,
        "look": "status" if asked else "plain",
        "beside": {name: str(value) for name, value in beside.items()},
    }
    return {
        "bounds": list(box),
        "home": begins,
        "levels": [{"level": n, "name": name} for n, name in level_names(session).items()],
        "release": shown,
        "layers": [_context(each, shown_layer) for each in layers_shown(session, actor=actor)],
        "households": people,
        **given,
    }


def bounds_of(area: Area | None) -> dict[str, Any]:
    """The part of a map an area is, for `map_settings`; the country is all of it."""
    if area is None or area.level == 0:
        return {}
    return {"bounds": list(to_shape(area.shape).bounds)}


def _box(session: Session, actor: Actor, release: Release | None) -> Sequence[float]:
    """What a map shows at first: the hazard, or what the actor may see where that is less."""
    if release and actor.national:
        if box := box_of_extent(session, release):
            return box
        if release.bounds is not None:
            return to_shape(release.bounds).bounds
    return bounds_of_areas(session, actor=actor) or WORLD


def _home() -> dict[str, float] | None:
    """Where the country wants maps to begin that show nothing in particular."""
    at = country().home
    if at is None:
        return None
    zoom, lat, lon = map(float, at.split("/"))
    return {"zoom": zoom, "lat": lat, "lon": lon}


def legend_of(release: Release | None) -> list[tuple[str, str]]:
    """The classes of a release as a legend writes them, and their colours; none without one."""
    return classes_said(release) if release else []


def _context(layer: ContextLayer, shown: int | None) -> dict[str, Any]:
    return {
        "id": layer.id,
        "name": layer.name,
        "kind": layer.kind,
        "breaks": layer.breaks,
        "bounds": list(to_shape(layer.bounds).bounds) if layer.bounds is not None else None,
        "shown": layer.id == shown,
    }


def context_legend(layer: ContextLayer) -> list[tuple[str, str]]:
    """The classes a context layer is drawn in: least value, colour; one without where it has none.

    The last is open.
    """
    if not layer.breaks or layer.kind in (ContextKind.POINTS, ContextKind.LINES):
        return [(layer.measure or layer.name, "--c4")]
    tokens = CONTEXT[: len(layer.breaks)]
    written = list(zip(map(figure_said, layer.breaks), tokens, strict=True))
    last, token = written[-1]
    return [*written[:-1], (f"{last} +", token)]


def release_shown(release: Release, at_least: float | None) -> dict[str, Any]:
    """A release as a map shows it."""
    return {
        "id": release.id,
        "kind": "vector" if release.kind is LayerKind.EXTENT else "raster",
        "at_least": at_least,
        "water": bool(release.found.get("water")),
        "bounds": list(to_shape(release.bounds).bounds) if release.bounds is not None else None,
        "ramp": [list(entry) for entry in classes_of(release)],
    }
