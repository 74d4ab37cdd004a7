"""Land in somebody's hands: a plot is drawn, walked or imported, and its holding ends."""

from dataclasses import dataclass
from datetime import date

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Invalid, NotFound
from geo.models.areas import Area
from geo.models.plots import Plot
from geo.queries.areas import area_at
from geo.queries.reach import within_reach
from geo.services.plots import Land, write_plot
from registry.models.holdings import Holding
from registry.models.registrants import Registrant, RegistrantState
from registry.permissions import May
from registry.queries.registrants import registrant_by_number
from registry.queries.vocabularies import codes
from registry.services.memberships import InTheFuture
from registry.services.places import PlaceBeyondReach
from registry.services.records import NotActive


class LandMissing(Invalid):
    """Draw the border of the plot, walk round it, or send a file of it."""


class TenureUnknown(Invalid):
    """ "{word}" is not a word for how land is held, or what it is used for; choose one offered."""


class HoldingUnknown(NotFound):
    """They do not hold this plot today; look at its number."""


class EndsBeforeItBegins(Invalid):
    """The last day lies before the first; look at both."""


@dataclass(frozen=True)
class Held:
    """How a plot is held, since when, and what it is used for."""

    tenure: str
    use: str
    crop: str | None = None
    from_day: date | None = None


def draw_plot(
    session: Session, number: str, land: Land | None, held: Held, *, actor: Actor
) -> Plot:
    """Write a plot down that somebody holds.

    Raises:
        Forbidden, NumberMistyped, RegistrantUnknown, NotActive, LandMissing, TenureUnknown
        PlaceBeyondReach: the plot lies where the actor does not work.
        InTheFuture: it is held from a day that is to come.
    """
    actor.require(May.WRITE_PLOTS)
    found = registrant_by_number(session, number, actor=actor)
    _refuse_faults(session, found, held)
    if land is None:
        raise LandMissing
    _refuse_beyond_reach(session, land, actor)
    with audit.act(session, actor, "plots.draw", found) as figures:
        plot = write_plot(session, land, actor.id)
        session.add(_holding(found, plot, held))
        session.flush()
        figures.update(number=found.number, plot=plot.number, km2=round(plot.km2, 4))
    return plot


def end_holding(
    session: Session, number: str, plot_number: str, on: date | None = None, *, actor: Actor
) -> Holding:
    """Write down that somebody does not hold a plot any more.

    Raises:
        Forbidden, NumberMistyped, RegistrantUnknown, HoldingUnknown, InTheFuture,
        EndsBeforeItBegins
    """
    actor.require(May.WRITE_PLOTS)
    found = registrant_by_number(session, number, actor=actor)
    current = (
        select(Holding)
        .join(Plot, Plot.id == Holding.plot_id)
        .where(Holding.registrant_id == found.id, Plot.number == plot_number)
        .where(Holding.until.is_(None))
    )
    holding, day = session.scalar(current.with_for_update(of=Holding)), on or today()
    if holding is None:
        raise HoldingUnknown
    if day > today():
        raise InTheFuture
    if holding.from_day and day < holding.from_day:
        raise EndsBeforeItBegins
    with audit.act(session, actor, "plots.end", found) as figures:
        holding.until = day
        session.flush()
        figures.update(number=found.number, plot=plot_number, until=day.isoformat())
    return holding


def _refuse_faults(session: Session, found: Registrant, held: Held) -> None:
    if found.state is not RegistrantState.ACTIVE:
        raise NotActive(number=found.number)
    words = codes(session)
    for listed, word in (("tenure", held.tenure), ("land_use", held.use)):
        if word not in words.get(listed, {word}):
            raise TenureUnknown(word=word)
    if held.from_day and held.from_day > today():
        raise InTheFuture


def _refuse_beyond_reach(session: Session, land: Land, actor: Actor) -> None:
    """Nobody writes land down where they do not work."""
    if actor.national:
        return
    middle = shapely.from_wkb(land.shape).representative_point()
    area = area_at(session, middle.x, middle.y)
    seen = select(Area.id).where(Area.id == (area.id if area else None))
    if session.scalar(seen.where(within_reach(actor, Area.id))) is None:
        raise PlaceBeyondReach


def _holding(found: Registrant, plot: Plot, held: Held) -> Holding:
    return Holding(
        registrant_id=found.id,
        plot_id=plot.id,
        tenure=held.tenure,
        use=held.use,
        crop=held.crop or None,
        from_day=held.from_day,
        area_id=found.area_id,
        made_by=found.made_by,
    )
