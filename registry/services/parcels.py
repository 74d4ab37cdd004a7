"""A file of parcels becomes plots in the hands of those it names, in a fixed few statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Boolean, column, select, table, text, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_into
from core.clock import today
from core.db import changed
from core.errors import Conflict
from geo.models.areas import Area
from geo.queries.areas import in_force
from geo.queries.reach import within_reach
from geo.services.plots import owe_plots
from geo.vector.copied import copied
from registry.parsing.parcels import Parcel
from registry.permissions import May
from registry.queries.vocabularies import codes


class NoAreasYet(Conflict):
    """There are no areas yet that plots could lie in; load the country's boundaries first."""


@dataclass(frozen=True)
class Taken:
    """How many plots were written down, and what is wrong with the other rows, by code."""

    plots: int
    faults: Sequence[tuple[int, str]]


def import_parcels(session: Session, parcels: Sequence[Parcel], *, actor: Actor) -> Taken:
    """Write the plots of a file down, each in the hands of who it names; rows that cannot be taken
    are told and left out.

    Raises:
        Forbidden, NoAreasYet
    """
    actor.require(May.WRITE_PLOTS)
    country = session.scalar(select(Area).where(in_force(), Area.level == 0))
    if country is None:
        raise NoAreasYet
    words = codes(session)
    known = {name: sorted(words.get(name, ())) for name in ("tenure", "land_use")}
    with audit.act(session, actor, "plots.import", country) as figures:
        session.execute(text("drop table if exists parcels"))
        session.execute(STAGE)
        copy_into(session, "parcels", COLUMNS, list(_rows(parcels)))
        session.execute(PLACE)
        changed(session, _within(actor))
        session.execute(JUDGE, known | {"today": today()})
        plots = session.execute(PLOTS, {"actor": actor.id}).rowcount  # type: ignore[attr-defined]
        session.execute(HOLDINGS)
        owe_plots(session, select(column("plot_id", BigInteger)).select_from(TAKEN))
        faults = session.execute(FAULTS).all()
        session.execute(text("drop table parcels"))
        figures.update(plots=plots, faults=len(faults))
    return Taken(plots, [(row, fault) for row, fault in faults])


def _rows(parcels: Sequence[Parcel]) -> Iterator[tuple[Any, ...]]:
    shapes = copied(np.array([*(parcel.shape for parcel in parcels), None], dtype=object)[:-1])
    for parcel, shape in zip(parcels, shapes, strict=True):
        day = _day(parcel.from_day)
        unread = bool(parcel.from_day) and day is None
        said = (parcel.holder.upper(), parcel.tenure.casefold(), parcel.use.casefold())
        yield (parcel.row, shape, *said, parcel.crop or None, day, unread)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10].replace("/", "-"))
    except ValueError:
        return None


def _within(actor: Actor) -> Any:
    """Which parcels lie where the actor works."""
    parcels = table("parcels", column("area_id", BigInteger), column("is_near", Boolean))
    near = within_reach(actor, parcels.c.area_id)
    return update(parcels).where(near).values(is_near=True)


COLUMNS = ["row", "shape", "holder", "tenure", "use", "crop", "from_day", "unread"]
TAKEN = text("parcels where fault is null")

STAGE = text("""
    create temp table parcels (
        row int, shape geometry(multipolygon, 4326), holder text, tenure text, use text, crop text,
        from_day date, unread boolean, area_id bigint, is_near boolean default false,
        registrant_id bigint, fault text,
        plot_id bigint default nextval(pg_get_serial_sequence('plots', 'id'))
    ) on commit drop
""")

# A plot lies in the lowest area that covers its middle, as places do.
PLACE = text("""
    update parcels p set area_id = (
        select a.id from area_parts part join areas a on a.id = part.area_id
        where a.valid_to is null and ST_Intersects(part.part, ST_PointOnSurface(p.shape))
        order by a.is_leaf desc, a.level desc, a.pcode limit 1
    ), registrant_id = (
        select r.id from registrants r where r.number = p.holder and r.state = 'active'
    )
""")

JUDGE = text("""
    update parcels set fault = case
        when shape is null or ST_IsEmpty(shape) then 'no_shape'
        when registrant_id is null then 'holder_unknown'
        when not is_near then 'out_of_reach'
        when tenure <> all (cast(:tenure as text[])) then 'tenure_unknown'
        when use <> all (cast(:land_use as text[])) then 'use_unknown'
        when unread then 'bad_date'
        when from_day > :today then 'date_in_future'
    end
""")

PLOTS = text("""
    insert into plots (id, shape, km2, source, area_id, made_by)
    overriding system value
    select plot_id, shape, ST_Area(shape::geography) / 1e6, 'imported', area_id, :actor
    from parcels where fault is null
""")

HOLDINGS = text("""
    insert into holdings (registrant_id, plot_id, tenure, use, crop, from_day, area_id, made_by)
    select p.registrant_id, p.plot_id, p.tenure, p.use, p.crop, p.from_day, r.area_id, r.made_by
    from parcels p join registrants r on r.id = p.registrant_id
    where p.fault is null
""")

FAULTS = text("select row, fault from parcels where fault is not null order by row")
