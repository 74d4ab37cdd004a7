"""The land somebody holds, what hazard maps say of it, and what a filter may ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.country import country
from core.cql import Drawn, Kind, Lookup, Plan, Source, Sourced, Terms
from core.words import _
from geo.models.events import Event, EventState
from geo.models.plots import Plot, PlotDue, PlotExposure
from geo.models.releases import Release
from geo.permissions import May as Geo
from geo.queries.clauses import ASKABLE
from registry.models.holdings import Holding
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.land import HECTARES, Overlap, overlaps

LAND = "land"


@dataclass(frozen=True)
class Said:
    """What a release says of a plot: shares of its ground; `waits` where it was not asked yet."""

    event: str
    measure: str | None
    hit_share: float | None
    observed_share: float | None
    waits: bool


@dataclass(frozen=True)
class HeldPlot:
    """A plot with how it is held; its shape is GeoJSON, None for who may not see exact places."""

    number: str
    km2: float
    source: str
    tenure: str
    use: str
    crop: str | None
    from_day: date | None
    until: date | None
    shape: str | None
    said: Sequence[Said]
    overlaps: Sequence[Overlap] = ()

    @property
    def hectares(self) -> float:
        """Its size on the ellipsoid."""
        return self.km2 * HECTARES


def plots_of(session: Session, registrant: Registrant, *, actor: Actor) -> Sequence[HeldPlot]:
    """The plots somebody holds, and those they held, the current ones first.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    exact = actor.may(Geo.EXACT_LOCATIONS)
    rows = session.execute(
        select(Plot, Holding, func.ST_AsGeoJSON(Plot.shape))
        .join(Holding, Holding.plot_id == Plot.id)
        .where(Holding.registrant_id == registrant.id)
        .order_by(Holding.until.is_not(None), Holding.id)
    ).all()
    shared = overlaps(session, of={plot.id for plot, *_rest in rows}, actor=actor)
    return [
        HeldPlot(
            plot.number,
            plot.km2,
            plot.source.value,
            held.tenure,
            held.use,
            held.crop,
            held.from_day,
            held.until,
            shape if exact else None,
            _said_of(session, plot.id),
            [each for each in shared if each.one == plot.number],
        )
        for plot, held, shape in rows
    ]


def _said_of(session: Session, plot_id: int) -> Sequence[Said]:
    """What the releases of open events say of a plot, the newest first."""
    told = and_(PlotExposure.release_id == Release.id, PlotExposure.plot_id == plot_id)
    due = and_(PlotDue.release_id == Release.id, PlotDue.plot_id == plot_id)
    rows = (
        select(
            Event.name,
            Release.measure,
            PlotExposure.hit_share,
            PlotExposure.observed_share,
            PlotDue.plot_id.is_not(None),
        )
        .select_from(Release)
        .join(Event, Event.id == Release.event_id)
        .outerjoin(PlotExposure, told)
        .outerjoin(PlotDue, due)
        .where(Release.state.in_(ASKABLE), Event.state != EventState.CLOSED)
        .where(PlotExposure.plot_id.is_not(None) | PlotDue.plot_id.is_not(None))
        .order_by(Release.id.desc())
    )
    return [Said(*row) for row in session.execute(rows)]


def land_terms() -> Terms:
    """What a filter may ask of the land a household holds today, for a query of Registrant."""

    def share(asked: Sequence[Any]) -> Drawn:
        release_id = int(asked[0])
        return lambda plan: _hit(plan, release_id)

    def hit(asked: Sequence[Any]) -> Drawn:
        release_id = int(asked[0])
        return lambda plan: _hit(plan, release_id) >= hit_from()

    return {
        "plots": Sourced(
            lambda plan: func.coalesce(plan.source(LAND, _land).c.plots, 0),
            Kind.NUMBER,
            _("Plots it holds"),
            May.READ_REGISTRANTS,
        ),
        "land_km2": Sourced(
            lambda plan: func.coalesce(plan.source(LAND, _land).c.km2, 0),
            Kind.NUMBER,
            _("Square kilometres of land it holds"),
            May.READ_REGISTRANTS,
        ),
        "land_ha": Sourced(
            lambda plan: func.coalesce(plan.source(LAND, _land).c.km2, 0) * HECTARES,
            Kind.NUMBER,
            _("Hectares of land it holds"),
            May.READ_REGISTRANTS,
        ),
        "land_hit": Lookup(
            hit,
            _("Whether a release hit as much of its land as counts, {share}", share=hit_from()),
            May.READ_REGISTRANTS,
            Kind.FLAG,
            (Kind.NUMBER,),
        ),
        "plot_share": Lookup(
            share,
            _("Share of its land that a release hit, 0 to 1"),
            May.READ_REGISTRANTS,
            Kind.NUMBER,
            (Kind.NUMBER,),
        ),
    }


def hit_from() -> float:
    """The share of somebody's land, 0 to 1, from which on it counts as hit."""
    return country().land_percent / 100


def _land() -> Source:
    held = (
        select(
            Holding.registrant_id,
            func.count().label("plots"),
            func.sum(Plot.km2).label("km2"),
        )
        .join(Plot, Plot.id == Holding.plot_id)
        .where(Holding.until.is_(None))
        .group_by(Holding.registrant_id)
        .subquery("land")
    )
    return held, held.c.registrant_id == Registrant.id


def _hit(plan: Plan, release_id: int) -> ColumnElement[Any]:
    """The hit ground of all plots by the ground of those that were seen; NULL where none was."""

    def made() -> Source:
        seen = PlotExposure.observed_share > 0
        said = (
            select(
                Holding.registrant_id,
                (func.sum(PlotExposure.hit_share * Plot.km2) / func.sum(Plot.km2)).label("share"),
            )
            .join(Plot, Plot.id == Holding.plot_id)
            .join(PlotExposure, and_(PlotExposure.plot_id == Plot.id, seen))
            .where(Holding.until.is_(None), PlotExposure.release_id == release_id)
            .group_by(Holding.registrant_id)
            .subquery()
        )
        return said, said.c.registrant_id == Registrant.id

    return plan.source(("land_hit", release_id), made).c.share
