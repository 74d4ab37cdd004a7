"""How much land is held, and which plots share ground."""

from collections.abc import Collection as Some
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Select,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from geo.models.plots import Plot
from registry.models.holdings import Holding
from registry.models.registrants import Registrant, RegistrantState
from registry.permissions import May
from registry.queries.reach import people_within_reach

HECTARES = 100.0  # of a square kilometre
SLIVER = 0.01  # of the smaller plot: less is a border that was drawn otherwise
MOST = 200  # pairs on one page


@dataclass(frozen=True)
class Overlap:
    """Two plots that share ground: their numbers, the hectares they share, and the share of the
    smaller of them."""

    one: str
    other: str
    hectares: float
    share: float


@dataclass(frozen=True)
class Land:
    """The land that is held within reach: plots, hectares, and who holds any."""

    plots: int
    hectares: float
    holders: int


def land_held(session: Session, *, actor: Actor) -> Land:
    """How much land is written down.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    mine = held_today(actor).subquery("mine")
    plots = select(func.count(), func.coalesce(func.sum(Plot.km2), 0.0)).where(
        Plot.id.in_(select(mine.c.plot_id))
    )
    number, km2 = session.execute(plots).one()
    holders = session.scalar(select(func.count(mine.c.registrant_id.distinct()))) or 0
    return Land(number, km2 * HECTARES, holders)


def overlaps(session: Session, *, actor: Actor, of: Some[int] | None = None) -> Sequence[Overlap]:
    """Plots held today that share more ground than borders drawn otherwise; the most first. With
    `of`, those of these plots, each named first.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    if of is not None and not of:
        return []
    one, other = aliased(Plot), aliased(Plot)
    held = select(held_today(actor).subquery().c.plot_id)
    pairs = (
        select(
            one.number.label("one"),
            other.number.label("other"),
            _shared(one.shape, other.shape).label("shared"),
            func.least(one.km2, other.km2).label("smaller"),
        )
        .join(other, one.shape.op("&&")(other.shape))
        .where(one.id.in_(held), other.id.in_(held))
        .where(one.id.in_(of) & (one.id != other.id) if of is not None else one.id < other.id)
        .where(func.ST_Intersects(one.shape, other.shape))
        .subquery("pairs")
    )
    share = pairs.c.shared / func.nullif(pairs.c.smaller, 0)
    rows = (
        select(pairs.c.one, pairs.c.other, pairs.c.shared * HECTARES, share)
        .where(share > SLIVER)
        .order_by(pairs.c.shared.desc(), pairs.c.one, pairs.c.other)
        .limit(MOST)
    )
    return [Overlap(*row) for row in session.execute(rows)]


def holder_of(session: Session, number: str, *, actor: Actor) -> str | None:
    """The number of somebody who holds a plot today, for the way to their page.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    held = held_today(actor).join(Plot, Plot.id == Holding.plot_id).where(Plot.number == number)
    holder = held.with_only_columns(Registrant.number).order_by(Registrant.number).limit(1)
    return session.scalar(holder)


def held_today(actor: Actor) -> Select[Any]:
    """The holdings of today within reach: plot and registrant."""
    keys: list[Any] = [Holding.plot_id, Holding.registrant_id]
    held: Select[Any] = select(*keys)
    return (
        held.join(Registrant, Registrant.id == Holding.registrant_id)
        .where(Holding.until.is_(None), Registrant.state == RegistrantState.ACTIVE)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )


def _shared(one: Any, other: Any) -> Any:
    ground = func.ST_CollectionExtract(func.ST_Intersection(one, other), 3)
    return func.ST_Area(func.geography(ground)) / 1e6
