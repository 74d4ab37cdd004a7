"""What of places and hazards is published: collections of features, for maps made elsewhere.

Nobody's home is among them: areas, what releases say of the ground and of areas, and the outlines
of selections.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import Kind, Term, Terms
from core.errors import NotFound
from core.words import _
from geo.models.areas import Area, AreaLevel
from geo.models.context import ContextKind, ContextLayer
from geo.models.events import Event, Layer, LayerKind
from geo.models.exposure import AreaExposure
from geo.models.releases import Release, ReleasePart
from geo.models.selections import Selection
from geo.permissions import May
from geo.queries.areas import in_force, level_names
from geo.queries.clauses import ASKABLE
from geo.queries.context import layers_shown
from geo.queries.context_collections import context_named, features_of
from geo.queries.exposure import KM2_APART
from geo.queries.features import Collection
from geo.queries.provenance import Pairs, said_of_release
from geo.queries.queryables import terms_of_areas
from geo.queries.reach import shown_to, within_reach
from geo.queries.release_outlines import outlines_of
from geo.queries.releases import PUBLIC
from geo.queries.selection_collections import (
    SELECTIONS,
    areas_of,
    every_selection,
    said_of_areas,
    selection_named,
)
from geo.queries.tiles import outlined

MOST_LISTED = 200  # releases that are listed with collections of their own
AREAS, RELEASES = "areas", "releases"


class CollectionUnknown(NotFound):
    """There is no collection {asked}, or you may not see it; look at the list of collections."""


@dataclass(frozen=True)
class Listed:
    """A collection as the list of all names it."""

    id: str
    title: str


def listed(session: Session, *, actor: Actor) -> list[Listed]:
    """The collections an actor may ask for."""
    found = []
    levels = level_names(session)
    if actor.may(May.READ_AREAS):
        found += [Listed(f"{AREAS}-{level}", name) for level, name in levels.items()]
    if actor.may(May.READ_RELEASES):
        found.append(Listed(RELEASES, _("Releases of hazard layers")))
        found += [each for row in _releases(session) for each in _of_release(row, levels)]
        found += [Listed(context_named(layer), layer.name) for layer in _context(session, actor)]
    if actor.may(May.SELECT):
        found.append(Listed(SELECTIONS, _("Kept selections")))
        newest = select(Selection.code, Selection.name).order_by(Selection.id.desc())
        kept = session.execute(newest.limit(MOST_LISTED))
        found += [Listed(selection_named(code), name) for code, name in kept]
    return found


def collection_named(session: Session, name: str, *, actor: Actor) -> Collection:
    """A collection by its name: `areas-2`, `releases`, `release-7`, `release-7-areas-2`,
    or `release-7-areas-2-map-VERSION` as was said of the areas of an earlier map.

    Raises:
        CollectionUnknown: there is none of this name, or it is not for this actor.
    """
    match name.split("-"):
        case ["areas", level] if actor.may(May.READ_AREAS):
            return _areas(session, _number(level, name), name, actor)
        case ["releases" | "release" | "layer", *_rest] if actor.may(May.READ_RELEASES):
            return _of_hazards(session, name, actor)
        case ["selections"] if actor.may(May.SELECT):
            return every_selection()
    selection = selection_meant(session, name)
    if selection is None or not actor.may(May.SELECT):
        raise CollectionUnknown(asked=name)
    return areas_of(session, selection, actor)


def _of_hazards(session: Session, name: str, actor: Actor) -> Collection:
    match name.split("-"):
        case ["releases"]:
            return _all_releases()
        case ["release", release]:
            return _ground(_release(session, release, name), name)
        case ["release", release, "areas", level]:
            level_of = _level(session, _number(level, name), name)
            return _areas_hit(_release(session, release, name), level_of, name, actor)
        case ["release", release, "areas", level, "map", *version]:
            level_of = _level(session, _number(level, name), name)
            of = _release(session, release, name)
            return _areas_hit(of, level_of, name, actor, "-".join(version))
        case ["layer", layer]:
            return features_of(_context_layer(session, layer, name, actor))
    raise CollectionUnknown(asked=name)


def release_meant(session: Session, name: str) -> tuple[Release, int] | None:
    """The release and the level of a collection that tells of areas under a release."""
    match name.split("-"):
        case ["release", release, "areas", level]:
            return _release(session, release, name), _number(level, name)
    return None


def selection_meant(session: Session, name: str) -> Selection | None:
    """The selection of a collection that tells of the areas it meets."""
    match name.split("-"):
        case ["selection", code]:
            return session.scalar(select(Selection).where(Selection.code == code))
    return None


def provenance_of(session: Session, name: str, *, actor: Actor) -> Pairs:
    """Where the features of a release's collections come from; of others nothing is told here."""
    if not name.startswith("release-") or not actor.may(May.READ_RELEASES):
        return []
    release = _release(session, name.split("-")[1], name)
    said = said_of_release(session, release)
    if release.outlined_at is None or release.grid_sha256 is None:
        return said
    outlined_at = release.outlined_at.isoformat()
    grid = _("SHA-256 of the grid that was outlined"), release.grid_sha256
    return [*said, grid, (_("Outlined at"), outlined_at)]


def country_box(session: Session) -> list[float]:
    """West, south, east, north of all that is published: the country, or the world without one."""
    box = func.ST_Extent(Area.shape)
    corners = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    found = session.execute(select(*corners).where(Area.level == 0, in_force())).one()
    return [-180.0, -90.0, 180.0, 90.0] if found[0] is None else [float(edge) for edge in found]


def _number(written: str, name: str) -> int:
    if not written.isdecimal() or len(written) > 9:
        raise CollectionUnknown(asked=name)
    return int(written)


def _release(session: Session, written: str, name: str) -> Release:
    release = session.get(Release, _number(written, name))
    if release is None or release.state not in ASKABLE:
        raise CollectionUnknown(asked=name)
    return release


def _context(session: Session, actor: Actor) -> list[ContextLayer]:
    """The context layers that have features; a grid has none."""
    shown = layers_shown(session, actor=actor)
    return [layer for layer in shown if layer.kind is not ContextKind.GRID]


def _context_layer(session: Session, written: str, name: str, actor: Actor) -> ContextLayer:
    layers = {layer.id: layer for layer in _context(session, actor)}
    if (layer := layers.get(_number(written, name))) is None:
        raise CollectionUnknown(asked=name)
    return layer


def _level(session: Session, level: int, name: str) -> AreaLevel:
    found = session.get(AreaLevel, level)
    if found is None:
        raise CollectionUnknown(asked=name)
    return found


def _releases(session: Session) -> list[Any]:
    """The newest releases that can be asked, each with the name of its layer."""
    rows = (
        select(Release.id, Release.number, Layer.name, _has_parts().label("has_parts"))
        .join(Layer, Layer.id == Release.layer_id)
        .where(Release.state.in_(ASKABLE))
        .order_by(Release.id.desc())
    )
    return list(session.execute(rows.limit(MOST_LISTED)))


def _has_parts() -> ColumnElement[bool]:
    parts = select(ReleasePart.id).where(ReleasePart.release_id == Release.id).exists()
    return or_(parts, Release.outlined_at.is_not(None))


def _of_release(row: Any, levels: Mapping[int, str]) -> list[Listed]:
    called = _("{layer}, release {number}", layer=row.name, number=row.number)
    parts = [Listed(f"release-{row.id}", called)] if row.has_parts else []
    by_level = [
        Listed(
            f"release-{row.id}-areas-{level}",
            _("{release}: by area, {level}", release=called, level=name),
        )
        for level, name in levels.items()
    ]
    return parts + by_level


def _areas(session: Session, level: int, name: str, actor: Actor) -> Collection:
    return Collection(
        name,
        _level(session, level, name).name,
        select(Area.id).where(Area.level == level, in_force(), shown_to(actor)),
        Area.pcode,
        Area.shape,
        said_of_areas() | {"valid_from": Area.valid_from, "version": Area.version},
        terms_of_areas(),
        drawn=outlined,
    )


def _all_releases() -> Collection:
    said = _said_of_releases()
    rows = (
        select(Release.id)
        .join(Event, Event.id == Release.event_id)
        .join(Layer, Layer.id == Release.layer_id)
        .where(Release.state.in_(PUBLIC))
    )
    return Collection(
        RELEASES,
        _("Releases of hazard layers"),
        rows,
        Release.id,
        Release.bounds,
        said,
        _terms_of_releases(said),
        Release.observed_at,
    )


def _said_of_releases() -> dict[str, Any]:
    return {
        "event": Event.name,
        "layer": Layer.name,
        "number": Release.number,
        "state": Release.state,
        "kind": Layer.kind,
        "measure": Release.measure,
        "unit": Release.unit,
        "direction": Release.direction,
        "floor": Release.floor,
        "observed_at": Release.observed_at,
        "published_at": Release.published_at,
        "source": Release.source,
        "licence": Release.licence,
        "withdrawn_because": Release.withdrawn_because,
        "original_name": Release.original_name,
        "original_sha256": Release.original_sha256,
    }


def _terms_of_releases(said: Mapping[str, Any]) -> Terms:
    known = (
        ("event", Kind.TEXT, _("Event")),
        ("layer", Kind.TEXT, _("Layer")),
        ("number", Kind.NUMBER, _("Number of the release")),
        ("state", Kind.TEXT, _("State: published, superseded or withdrawn")),
        ("measure", Kind.TEXT, _("What is measured")),
        ("unit", Kind.TEXT, _("Unit")),
        ("observed_at", Kind.MOMENT, _("When it was observed")),
        ("published_at", Kind.MOMENT, _("When it was published")),
    )
    return {
        "geometry": Term(Release.bounds, Kind.GEOMETRY, _("The box it tells of")),
        **{name: Term(said[name], kind, label) for name, kind, label in known},
    }


def _ground(release: Release, name: str) -> Collection:
    """The pieces of what a release says was hit: of a raster by class, of an extent with values."""
    if release.kind is LayerKind.RASTER:
        return outlines_of(release, name)
    return Collection(
        name,
        _("What was hit, in pieces"),
        select(ReleasePart.id).where(ReleasePart.release_id == release.id),
        ReleasePart.id,
        ReleasePart.part,
        {"value": ReleasePart.value},
        {
            "geometry": Term(ReleasePart.part, Kind.GEOMETRY, _("Its shape")),
            "value": Term(ReleasePart.value, Kind.NUMBER, _("Value")),
        },
    )


def _areas_hit(
    release: Release, level: AreaLevel, name: str, actor: Actor, version: str = ""
) -> Collection:
    """What a release says of the areas of a level within reach: of those in force, or of those of
    an earlier version of the map."""
    said = _said_of_hits()
    rows = (
        select(Area.id)
        .join(AreaExposure, AreaExposure.area_id == Area.id)
        .where(AreaExposure.release_id == release.id, Area.level == level.level)
        .where(Area.version == version if version else in_force(), within_reach(actor, Area.id))
    )
    terms: Terms = {
        **terms_of_areas(),
        "hit_km2": Term(said["hit_km2"], Kind.NUMBER, _("Square kilometres hit")),
        "hit_share": Term(said["hit_share"], Kind.NUMBER, _("Share of what was observed, 0 to 1")),
        "observed_km2": Term(said["observed_km2"], Kind.NUMBER, _("Square kilometres observed")),
        "most": Term(said["most"], Kind.NUMBER, _("The largest value")),
        "permanent_water_km2": Term(
            said["permanent_water_km2"], Kind.NUMBER, _("Square kilometres of permanent water")
        ),
    }
    properties = said_of_areas() | said
    drawn = None if version else outlined
    return Collection(
        name, level.name, rows, Area.pcode, Area.shape, properties, terms, drawn=drawn
    )


def _said_of_hits() -> dict[str, Any]:
    seen = func.nullif(AreaExposure.observed_km2, 0)
    return {
        "observed_km2": AreaExposure.observed_km2,
        "hit_km2": AreaExposure.hit_km2,
        "hit_share": AreaExposure.hit_km2 / seen,
        "least": AreaExposure.least,
        "mean": AreaExposure.mean,
        "most": AreaExposure.most,
        **{f"{name}_km2": km2 for name, km2 in KM2_APART.items()},
    }
