"""A correction of many places is taken back: who still stands where it put them goes back to where
they stood before."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, any_, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import array_of
from core.db import changed
from core.errors import Conflict, NotFound
from geo.models.locations import Location
from geo.models.place_checks import (
    CorrectedPlace,
    CorrectionKind,
    PlaceCheck,
    PlaceCorrection,
)
from geo.queries.reach import within_reach
from geo.services.locations import owe, settle
from geo.services.place_checks import check_places
from registry.models.registrants import FormerPlace, Registrant, RegistrantState
from registry.permissions import May
from registry.queries.places import stood_at
from registry.services.places import PlaceBeyondReach, stand_elsewhere


class CorrectionUnknown(NotFound):
    """There is no such correction, or it lies outside the areas you work in."""


class UndoneAlready(Conflict):
    """This correction is undone already; look at the list of corrections."""


class NobodyThereAnyMore(Conflict):
    """Nobody stands any more where this correction put them, so there is nothing to undo."""


def undo_correction(session: Session, correction_id: int, *, actor: Actor) -> PlaceCorrection:
    """Take a correction back. Who has moved since stays where they are.

    Raises:
        Forbidden, CorrectionUnknown, UndoneAlready, NobodyThereAnyMore
        PlaceBeyondReach: some of its places lie where the actor does not work.
    """
    actor.require(May.WRITE_PLACES)
    wrong = _to_undo(session, correction_id, actor)
    done = PlaceCorrection(
        kind=CorrectionKind.UNDO,
        listed=wrong.listed,
        area_id=wrong.area_id,
        made_by=actor.id,
        undoes_id=wrong.id,
    )
    session.add(done)
    session.flush()
    with audit.act(session, actor, "places.undo", done) as figures:
        accepted = wrong.kind is CorrectionKind.ACCEPT
        done.places = _doubt_again(session, wrong) if accepted else _put_back(session, wrong)
        if not done.places:
            raise NobodyThereAnyMore
        kind = wrong.kind.value
        figures.update(correction=kind, listed=wrong.listed, corrected=done.places)
    session.expire_all()
    return done


def _to_undo(session: Session, correction_id: int, actor: Actor) -> PlaceCorrection:
    wrong = session.get(PlaceCorrection, correction_id, with_for_update=True)
    if wrong is None or wrong.kind is CorrectionKind.UNDO:
        raise CorrectionUnknown
    if wrong.kind is CorrectionKind.ACCEPT:
        actor.require(May.ACCEPT_PLACES)
    undone = select(PlaceCorrection.id).where(PlaceCorrection.undoes_id == wrong.id)
    if session.scalar(undone):
        raise UndoneAlready
    if not actor.national:
        of_it = CorrectedPlace.correction_id == wrong.id
        seen = select(func.count()).where(of_it, within_reach(actor, CorrectedPlace.area_id))
        if session.scalar(seen) != wrong.places:
            raise PlaceBeyondReach
    return wrong


def _put_back(session: Session, wrong: PlaceCorrection) -> int:
    """Let those who still stand at the places of a correction stand where they stood; answers how
    many places that are."""
    stands = and_(
        Registrant.location_id == CorrectedPlace.location_id,
        Registrant.state == RegistrantState.ACTIVE,
    )
    of_it = CorrectedPlace.correction_id == wrong.id
    held = select(CorrectedPlace.location_id).join(Registrant, stands).where(of_it).distinct()
    places = list(session.scalars(held))
    back = select(CorrectedPlace.before_id).where(
        CorrectedPlace.location_id == any_(_keys(places)), of_it
    )
    known = session.scalars(back.where(CorrectedPlace.before_id.is_not(None)))
    before = [place for place in known if place is not None]
    again: Select[Any] = select(Location.id).where(Location.id == any_(_keys(before)))
    settle(session, again)
    pair: list[Any] = [Registrant.id, CorrectedPlace.before_id]
    going: Select[Any] = select(*pair)
    going = going.join(CorrectedPlace, stands)
    nowhere = select(Registrant.id).join(CorrectedPlace, stands)
    ids = list(session.scalars(nowhere.where(of_it, CorrectedPlace.before_id.is_(None))))
    stand_elsewhere(session, going.where(of_it, CorrectedPlace.before_id.is_not(None)))
    _stand_nowhere(session, wrong, ids)
    owe(session, again)
    touched = select(Location.id).where(Location.id == any_(_keys([*places, *before])))
    check_places(session, touched, stood_at())
    return len(places)


def _stand_nowhere(session: Session, wrong: PlaceCorrection, ids: list[int]) -> None:
    """Let registrants stand nowhere again, in the area they were known by."""
    left = select(Registrant.id, Registrant.location_id, Registrant.area_id, func.now())
    names = ["registrant_id", "location_id", "area_id", "left_at"]
    kept = insert(FormerPlace).from_select(names, left.where(Registrant.id == any_(_keys(ids))))
    key = [FormerPlace.registrant_id, FormerPlace.location_id]
    changed(session, kept.on_conflict_do_nothing(index_elements=key))
    was = select(CorrectedPlace.area_id).where(
        CorrectedPlace.correction_id == wrong.id,
        CorrectedPlace.location_id == Registrant.location_id,
    )
    nowhere = update(Registrant).where(Registrant.id == any_(_keys(ids)))
    changed(session, nowhere.values(location_id=null(), area_id=was.scalar_subquery()))


def _doubt_again(session: Session, wrong: PlaceCorrection) -> int:
    """Let the doubts come back that somebody took on them; answers how many places that are."""
    places = select(CorrectedPlace.location_id).where(CorrectedPlace.correction_id == wrong.id)
    taken = update(PlaceCheck).where(PlaceCheck.location_id.in_(places))
    nobody: dict[str, Any] = {"accepted": [], "accepted_by": None, "accepted_at": None}
    count = changed(session, taken.values(**nobody))
    check_places(session, select(Location.id).where(Location.id.in_(places)), stood_at())
    return count


def _keys(ids: Sequence[int]) -> ColumnElement[Sequence[int]]:
    return array_of(np.array(ids, dtype=np.int64))
