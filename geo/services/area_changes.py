"""A new map of areas: prepared beside the one in force, looked at, and put in force by another.

Places with a point follow their point. Places known by their area alone follow what became of it;
where it was divided they are left to the area above, and listed for somebody to look at. Nothing
that was said of an area of the old map is rewritten.
"""

from datetime import UTC, datetime

import numpy as np
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_array
from core.errors import Conflict, Forbidden
from geo.models.area_changes import AreaChange, AreaChangeState, AreaSuccessor, PlaceMove
from geo.models.areas import Area
from geo.models.locations import Location
from geo.permissions import May
from geo.queries.area_changes import ChangeUnknown
from geo.queries.areas import in_force
from geo.services.area_links import WHOLE, Pairs, link_areas
from geo.services.areas import name_levels, put_in_force, shape_areas, write_tree
from geo.services.locations import looked_up, resettle
from geo.services.plots import resettle_plots
from geo.vector.boundaries import Boundaries


class NothingInForce(Conflict):
    """There are no areas yet that a new map could follow; load these as the first."""


class AnotherWaits(Conflict):
    """Another map of areas is waiting already; put it in force, or give it up."""


class VersionThere(Conflict):
    """The version {version} is there already; give the new map a version of its own."""


class NotStaged(Conflict):
    """This map does not wait any more; look at what became of it."""


class SamePerson(Forbidden):
    """You prepared this map yourself; somebody else looks at it and puts it in force."""


def stage_areas(
    session: Session, read: Boundaries, given: Pairs = (), *, actor: Actor
) -> AreaChange:
    """Write a new map down beside the one in force, what became of each area, and who would move.

    `given` are pairs of old and new P-codes, as a file tells them.

    Raises:
        Forbidden, NothingInForce, VersionThere, AnotherWaits, CrosswalkWrong; as `import_areas`
    """
    actor.require(May.IMPORT_AREAS)
    country = session.scalar(select(Area).where(in_force(), Area.level == 0))
    if country is None:
        raise NothingInForce
    if session.scalar(select(Area.id).where(Area.version == read.version).limit(1)):
        raise VersionThere(version=read.version)
    waiting = AreaChange.state == AreaChangeState.STAGED
    if session.scalar(select(AreaChange.id).where(waiting)):
        raise AnotherWaits
    write_tree(session, read)
    session.execute(NOT_IN_FORCE, {"version": read.version})
    name_levels(session, read, ())
    change = AreaChange(version=read.version, from_version=country.version, staged_by=actor.id)
    with audit.act(session, actor, "areas.stage", change) as figures:
        session.add(change)
        session.flush()
        links = link_areas(session, change, given)
        moves = note_moves(session, change)
        figures.update(version=read.version, areas=len(read.areas), links=links, moves=moves)
    return change


def enforce_areas(session: Session, change_id: int, *, actor: Actor) -> AreaChange:
    """Put a map that waits in force, and bring every place into its areas.

    Raises:
        Forbidden, ChangeUnknown, NotStaged
        SamePerson: the actor prepared it.
    """
    actor.require(May.ENFORCE_AREAS)
    change = _waiting(session, change_id)
    if change.staged_by == actor.id:
        raise SamePerson
    with audit.act(session, actor, "areas.enforce", change) as figures:
        session.execute(text("lock table areas in share row exclusive mode"))
        moves = note_moves(session, change)
        put_in_force(session, change.version)
        shape_areas(session)
        session.execute(FOLLOW, {"change": change.id})
        resettle(session)
        resettle_plots(session)
        change.state = AreaChangeState.ENFORCED
        change.enforced_by, change.enforced_at = actor.id, datetime.now(UTC)
        to_look_at = select(func.count()).where(
            PlaceMove.change_id == change.id, PlaceMove.to_look_at
        )
        figures.update(version=change.version, moves=moves, to_look_at=session.scalar(to_look_at))
    return change


def drop_areas(session: Session, change_id: int, *, actor: Actor) -> AreaChange:
    """Give a map up that waits; its areas go, the change stays in the list.

    Raises:
        Forbidden, ChangeUnknown, NotStaged
    """
    actor.require(May.IMPORT_AREAS)
    change = _waiting(session, change_id)
    with audit.act(session, actor, "areas.drop", change) as figures:
        for statement in DROP:
            session.execute(text(statement), {"change": change.id, "version": change.version})
        change.state = AreaChangeState.DROPPED
        figures.update(version=change.version)
    return change


def note_moves(session: Session, change: AreaChange) -> int:
    """List anew the places that come into an area of another P-code, as part of an act; answers
    how many there are."""
    session.flush()
    session.execute(delete(PlaceMove).where(PlaceMove.change_id == change.id))
    located = select(Location.id).where(Location.lon.is_not(None))
    count = session.scalar(select(func.count()).select_from(located.subquery())) or 0
    places, found = looked_up(session, located, count, Area.version == change.version)
    rows = np.empty(len(found), [("id", "i8"), ("area_id", "i8")])
    rows["id"], rows["area_id"] = places["id"], found
    session.execute(text("create temp table lies_in (id bigint, area_id bigint) on commit drop"))
    copy_array(session, "lies_in", rows)
    said = {"change": change.id, "before": change.from_version}
    session.execute(text("analyze lies_in"))
    session.execute(BY_POINT, said)
    session.execute(text("drop table lies_in"))
    session.execute(delete(AreaSuccessor).where(AreaSuccessor.change_id == change.id))
    session.execute(SUCCESSORS, {**said, "whole": WHOLE})
    session.execute(BY_AREA, said)
    counted = select(func.count()).where(PlaceMove.change_id == change.id)
    return session.scalar(counted) or 0


def _waiting(session: Session, change_id: int) -> AreaChange:
    change = session.get(AreaChange, change_id, with_for_update=True)
    if change is None:
        raise ChangeUnknown
    if change.state is not AreaChangeState.STAGED:
        raise NotStaged
    return change


NOT_IN_FORCE = text("update areas set valid_to = current_date where version = :version")

# A P-code may mean another place in the new map: then the two areas share no ground, and no link.
# Who lies in an area of another level below the one they lay in has not moved.
BY_POINT = text("""
    with linked as (select from_id, to_id from area_links where change_id = :change)
    insert into place_moves (change_id, location_id, area_id, to_area_id, to_look_at)
    select :change, l.id, l.area_id, now.id, now.id is null
    from lies_in s
    join locations l on l.id = s.id
    left join areas was on was.id = l.area_id
    left join areas now on now.id = s.area_id
    where was.id is distinct from now.id and not exists (
        select from areas up
        where up.id = any (now.path) and up.pcode = was.pcode
          and (was.version <> :before
               or exists (select from linked k where k.from_id = was.id and k.to_id = up.id)))
""")

# What an area became as a whole: the one area a file names, or that nearly all its ground is in.
# Where nothing tells, what became of the area above.
SUCCESSORS = text("""
    with links as (
        select from_id, to_id, given, of_old, bool_or(given) over (partition by from_id) as by_file
        from area_links where change_id = :change
    ), whole as materialized (
        select from_id, min(to_id) as to_id from links
        where given or not by_file and of_old >= :whole
        group by from_id having count(*) = 1
    )
    insert into area_successors (change_id, from_id, to_id, is_sure)
    select :change, a.id, next.to_id, coalesce(next.from_id = a.id, false)
    from areas a
    left join lateral (
        select w.from_id, w.to_id
        from unnest(a.path) with ordinality as up(id, level)
        join whole w on w.from_id = up.id
        order by up.level desc limit 1
    ) as next on true
    where a.version = :before
""")

BY_AREA = text("""
    insert into place_moves (change_id, location_id, area_id, to_area_id, to_look_at)
    select :change, l.id, l.area_id, s.to_id, not s.is_sure
    from area_successors s
    join areas was on was.id = s.from_id
    join locations l on l.area_id = s.from_id and l.lon is null
    left join areas now on now.id = s.to_id
    where s.change_id = :change and (not s.is_sure or now.pcode <> was.pcode)
""")

# Places without a point go where their area went.
FOLLOW = text("""
    update locations l set area_id = s.to_id from area_successors s
    where s.change_id = :change and s.to_id is not null and l.area_id = s.from_id and l.lon is null
""")

DROP = (
    "delete from area_successors where change_id = :change",
    "delete from place_moves where change_id = :change",
    "delete from area_links where change_id = :change",
    "update areas set parent_id = null where version = :version",
    "delete from areas where version = :version",
)
