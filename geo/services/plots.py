"""Plots of land: written down, and asked about in every hazard map.

Parts of acts of somebody else's, and of the job that works off what plots are owed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Select, delete, func, select, text, true
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.bulk import copy_into
from core.db import changed
from geo.models.events import Event, EventState
from geo.models.plots import Plot, PlotDue, PlotExposure, PlotSource
from geo.models.releases import Release
from geo.queries.areas import area_at
from geo.queries.clauses import ASKABLE
from geo.services.exposure import hazard_of

SOME = 5_000  # plots measured and written at a time


@dataclass(frozen=True)
class Land:
    """A piece of land as it was taken down: a MULTIPOLYGON (WKB, EPSG:4326)."""

    shape: bytes
    source: PlotSource = PlotSource.DRAWN
    accuracy_m: float | None = None
    taken_at: datetime | None = None


def write_plot(session: Session, land: Land, made_by: int) -> Plot:
    """A plot with its size and its area, which every hazard map of an open event is asked about."""
    middle = shapely.from_wkb(land.shape).representative_point()
    area = area_at(session, middle.x, middle.y)
    shape = func.ST_GeomFromWKB(land.shape, 4326)
    km2 = session.scalar(select(func.ST_Area(func.geography(shape)) / 1e6)) or 0.0
    plot = Plot(
        shape=shape,
        km2=km2,
        source=land.source,
        accuracy_m=land.accuracy_m,
        taken_at=land.taken_at,
        area_id=area.id if area else None,
        made_by=made_by,
    )
    session.add(plot)
    session.flush()
    owe_plots(session, select(Plot.id).where(Plot.id == plot.id))
    return plot


def resettle_plots(session: Session) -> int:
    """Bring every plot into the area in force that its middle lies in; answers how many moved."""
    done: Any = session.execute(RESETTLE)
    return int(done.rowcount)


def owe_plots(session: Session, plot_ids: Select[int], release_id: int | None = None) -> int:
    """Note that these plots are owed an answer by the releases whose box they meet: by those of
    open events, or by one alone. Answers how many answers are new."""
    session.flush()
    due = (
        select(Release.id, Plot.id)
        .join(Event, Event.id == Release.event_id)
        .join(Plot, true())
        .where(Plot.id.in_(plot_ids), Plot.shape.op("&&")(Release.bounds))
        .where(Event.state != EventState.CLOSED)
    )
    asked = Release.state.in_(ASKABLE) if release_id is None else Release.id == release_id
    new = upsert(PlotDue).from_select(["release_id", "plot_id"], due.where(asked))
    return changed(session, new.on_conflict_do_nothing())


def measure_due(session: Session) -> int:
    """Ask releases about the plots they owe an answer to; answers how many answers were given."""
    owing = select(Release).where(Release.id.in_(select(PlotDue.release_id)))
    given = 0
    for release in session.scalars(owing.order_by(Release.id)).all():
        due = select(PlotDue.plot_id).where(PlotDue.release_id == release.id)
        ids = session.scalars(due.order_by(PlotDue.plot_id)).all()
        with hazard_of(session, release) as hazard:
            for start in range(0, len(ids), SOME):
                some = ids[start : start + SOME]
                shapes, km2 = _shapes_of(session, some)
                said = hazard.over_areas(shapes)
                shares = (said.observed_km2 / km2, said.hit_km2 / km2)
                _write(session, release.id, some, shares)
        given += len(ids)
    return given


def _write(
    session: Session, release_id: int, ids: Sequence[int], shares: Sequence[np.ndarray]
) -> None:
    """Write what a release says of plots, in the place of what it said, and of what it owes."""
    for table in (PlotExposure, PlotDue):
        session.execute(delete(table).where(table.release_id == release_id, table.plot_id.in_(ids)))
    observed, hit = (np.clip(np.nan_to_num(share), 0, 1).tolist() for share in shares)
    rows = (
        (release_id, plot_id, seen, met)
        for plot_id, seen, met in zip(ids, observed, hit, strict=True)
    )
    columns = ["release_id", "plot_id", "observed_share", "hit_share"]
    copy_into(session, PlotExposure.__tablename__, columns, rows)


def _shapes_of(session: Session, ids: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The shapes of plots and their km2, in the order of their keys."""
    plots = select(func.ST_AsBinary(Plot.shape), Plot.km2).where(Plot.id.in_(ids))
    rows = session.execute(plots.order_by(Plot.id)).all()
    shapes = np.array(shapely.from_wkb([bytes(row[0]) for row in rows]), dtype=object)
    return shapes, np.array([row[1] for row in rows])


# Of plots whose middle lies in no area, each stays with the one it had.
RESETTLE = text("""
    update plots p set area_id = found.area_id
    from (
        select p.id, (
            select a.id from area_parts part join areas a on a.id = part.area_id
            where a.valid_to is null and ST_Intersects(part.part, ST_PointOnSurface(p.shape))
            order by a.is_leaf desc, a.level desc, a.pcode limit 1
        ) as area_id
        from plots p
    ) as found
    where found.id = p.id and found.area_id is not null and found.area_id <> p.area_id
""")
