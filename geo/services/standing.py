"""Context is measured: how much of what is there a release hits, in every area.

Part of publishing a release and of loading a layer, so nothing here takes an actor or leaves an
entry.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from core.storage import path_of
from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.hazards import Hazard
from geo.models.areas import Area
from geo.models.context import ContextFeature, ContextFigure, ContextKind, ContextLayer, Counted
from geo.models.releases import Release
from geo.queries.areas import in_force
from geo.raster.open import opened
from geo.reports import Report, unheard
from geo.services.exposure import hazard_of
from geo.standing import Standing, of_grid, of_lines, of_places, of_polygons
from geo.vector.locate import indexed

PLACES = 4_000_000  # about as many are looked up in the lattice of areas


def measure(
    session: Session, release: Release, layer: ContextLayer, report: Report = unheard
) -> None:
    """Write down how much of a layer each area holds and how much of that a release hits.

    Figures of the lowest areas are summed up into those above them; those of a table belong to the
    areas of its rows. `report` hears how far the reading of a grid has come.
    """
    pair = {"release": release.id, "layer": layer.id}
    session.execute(
        delete(ContextFigure).where(
            ContextFigure.release_id == release.id, ContextFigure.layer_id == layer.id
        )
    )
    if layer.kind is ContextKind.TABLE:
        session.execute(BY_ROWS_OF_TABLE, pair)
        return
    keys, shapes = _lowest(session)
    with hazard_of(session, release) as hazard:
        found = _standing(session, hazard, layer, shapes, report)
    figures = {"totals": found.total, "hits": found.hit, "unseen": found.unseen}
    arrays = {name: each.tolist() for name, each in figures.items()}
    session.execute(BY_AREA, {**pair, "areas": keys.tolist(), **arrays})


def _standing(
    session: Session, hazard: Hazard, layer: ContextLayer, areas: Shapes, report: Report
) -> Standing:
    density = layer.counted is Counted.DENSITY
    if layer.kind is ContextKind.GRID:
        with opened(path_of(str(layer.grid_sha256))) as grid:
            located = indexed(areas, PLACES)
            return of_grid(hazard, located, grid, density=density, report=report)
    shapes, worth = _features(session, layer)
    if layer.kind is ContextKind.POLYGONS:
        return of_polygons(hazard, areas, shapes, worth)
    located = indexed(areas, PLACES)
    if layer.kind is ContextKind.LINES:
        return of_lines(hazard, located, shapes)
    return of_places(hazard, located, shapely.get_x(shapes), shapely.get_y(shapes), worth)


def _lowest(session: Session) -> tuple[NDArray[np.int64], Shapes]:
    """The areas nothing lies below: their keys and shapes, by P-code."""
    areas = select(Area.id, func.ST_AsBinary(Area.shape)).where(in_force(), Area.is_leaf)
    rows = session.execute(areas.order_by(Area.pcode)).all()
    keys = np.array([row[0] for row in rows], dtype=np.int64)
    return keys, np.array(shapely.from_wkb([bytes(row[1]) for row in rows]), dtype=object)


def _features(session: Session, layer: ContextLayer) -> tuple[Shapes, Floats]:
    """The shapes of a layer and what each of them is worth."""
    kept = select(func.ST_AsBinary(ContextFeature.shape), ContextFeature.value)
    rows = session.execute(
        kept.where(ContextFeature.layer_id == layer.id).order_by(ContextFeature.id)
    ).all()
    shapes = np.array(shapely.from_wkb([bytes(row[0]) for row in rows]), dtype=object)
    return shapes, np.array([row[1] for row in rows], dtype=np.float64)


# What is measured of the lowest areas belongs to all that they lie in. Their path alone tells
# which: a plan made while there were few areas would look through all of them for each.
BY_AREA = text("""
    insert into context_figures (release_id, layer_id, area_id, total, hit, not_observed)
    select :release, :layer, above, sum(lowest.total), sum(lowest.hit), sum(lowest.unseen)
    from unnest(
        cast(:areas as bigint[]), cast(:totals as float8[]),
        cast(:hits as float8[]), cast(:unseen as float8[])
    ) lowest (area_id, total, hit, unseen)
    join areas on areas.id = lowest.area_id
    cross join unnest(areas.path) above
    where lowest.total > 0
    group by above
""")

# A row of a table is spread evenly over its area, or over the one that bears its P-code today. What
# the rounding of sizes leaves over of an area that was seen whole is not unobserved.
BY_ROWS_OF_TABLE = text("""
    insert into context_figures (release_id, layer_id, area_id, total, hit, not_observed)
    select :release, :layer, above,
           sum(held.worth), sum(held.worth * held.hit), sum(held.worth * held.unseen)
    from (
        select now.path,
               f.value as worth,
               least(coalesce(e.hit_km2 / now.km2, 0), 1) as hit,
               case when e.observed_km2 > 0.999 * now.km2 then 0
                    else 1 - coalesce(e.observed_km2 / now.km2, 0) end as unseen
        from context_features f
        join areas given on given.id = f.area_id
        join areas now on now.pcode = given.pcode and now.valid_to is null
        left join area_exposure e on e.release_id = :release and e.area_id = now.id
        where f.layer_id = :layer and now.km2 > 0
    ) held
    cross join unnest(held.path) above
    where held.worth > 0
    group by above
""")
