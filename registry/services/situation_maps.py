"""Situation maps: one self-contained page of a kept list, made and put away."""

import io
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict
from core.storage import Kept, keep
from core.words import current
from registry.documents.situation_map import page_of
from registry.models.rosters import Roster, RosterState
from registry.models.situation_maps import Audience, SituationMap
from registry.permissions import May
from registry.queries.rosters import roster_by_id
from registry.queries.sheets import public_sheet_of, sheet_of

SHEETS = {Audience.COLLEAGUES: sheet_of, Audience.PUBLIC: public_sheet_of}


class RosterNotFrozen(Conflict):
    """This list is not frozen yet, so its figures may still change; freeze it first."""


@dataclass(frozen=True)
class MapMade:
    """A situation map, and whether the very same one was there already."""

    map: SituationMap
    stood: bool


def make_map(
    session: Session, roster_id: int, *, actor: Actor, audience: Audience = Audience.COLLEAGUES
) -> MapMade:
    """Make the situation map of a kept list, of what the actor may see, and put it away.

    For the public its figures are those of areas, rounded, and none tells of a few.

    The same list, areas and hazard give the same file, which is then put away only once.

    Raises:
        NotFound: there is no such list. RosterNotFrozen
    """
    actor.require(May.MAKE_SITUATION_MAPS)
    roster = roster_by_id(session, roster_id, actor=actor)
    if roster.state is not RosterState.FROZEN:
        raise RosterNotFrozen
    sheet = SHEETS[audience](session, roster, actor=actor)
    kept = keep(io.BytesIO(page_of(sheet).encode()))
    added = _put_away(session, roster, kept, audience, actor)
    if added is None:
        return MapMade(_same(session, roster, kept, actor), stood=True)
    made = session.get_one(SituationMap, added)
    with audit.act(session, actor, "situation_maps.make", made) as figures:
        figures.update(list=roster.name, audience=audience, sha256=kept.sha256)
    return MapMade(made, stood=False)


def _put_away(
    session: Session, roster: Roster, kept: Kept, audience: Audience, actor: Actor
) -> int | None:
    """The key of a new map; None where the very same one is there."""
    new = insert(SituationMap).values(
        roster_id=roster.id,
        sha256=kept.sha256,
        bytes=kept.size,
        language=current().tag,
        audience=audience,
        areas=_reach(actor),
        made_by=actor.id,
    )
    return session.scalar(new.on_conflict_do_nothing().returning(SituationMap.id))


def _same(session: Session, roster: Roster, kept: Kept, actor: Actor) -> SituationMap:
    return session.scalars(
        select(SituationMap).where(
            SituationMap.roster_id == roster.id,
            SituationMap.sha256 == kept.sha256,
            SituationMap.areas.is_not_distinct_from(_reach(actor)),
        )
    ).one()


def _reach(actor: Actor) -> list[int] | None:
    return None if actor.national else sorted(actor.area_ids)
