"""A cycle for a list that was asked of several hazards."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.models.events import Event, Layer, LayerKind
from geo.models.releases import Direction, Release, ReleaseState
from geo.models.selections import Selection, SelectionClause, Together
from programs.models.approvals import ApprovalState
from programs.models.cycles import Cycle
from programs.queries.approvals import subject_hash
from programs.queries.standing import standing_of
from programs.services.approvals import ReleaseWithdrawn, ask_approval, sign
from registry.models.rosters import Roster
from tests.make.geo import make_event, make_release
from tests.make.programs import DARA, LENA, make_family, make_prepared, make_program


@pytest.fixture
def cycle(session: Session) -> Cycle:
    return make_prepared(session, make_program(session), make_family(session, 2))


@pytest.fixture
def hazards(session: Session, cycle: Cycle) -> tuple[Release, Release]:
    """The flood the cycle's list was asked of, and the storm asked beside it."""
    event = make_event(session)
    storm = make_release(session, event, number=4)
    flood = make_release(session, event, number=3, kind=LayerKind.RASTER)
    roster = session.get_one(Roster, cycle.roster_id)
    selection = session.get_one(Selection, roster.selection_id)
    selection.release_id = flood.id
    beside = {"place": 2, "release_id": storm.id, "direction": Direction.AT_LEAST}
    session.add(SelectionClause(selection_id=selection.id, **beside))
    session.flush()
    return flood, storm


def test_a_cycle_shows_each_of_them_first_the_one_on_the_map(
    session: Session, cycle: Cycle, hazards: tuple[Release, Release]
) -> None:
    at = standing_of(session, cycle.id, actor=DARA)
    assert tuple(at.hazards) == hazards
    assert at.release is hazards[0]


def test_each_of_them_has_to_stand(
    session: Session, cycle: Cycle, hazards: tuple[Release, Release]
) -> None:
    hazards[1].state = ReleaseState.WITHDRAWN
    session.flush()
    with pytest.raises(ReleaseWithdrawn, match="Release 4 of the hazard map was withdrawn"):
        ask_approval(session, cycle.id, actor=DARA)


CHANGES: dict[str, Callable[[Selection, SelectionClause, Release], object]] = {
    "the threshold of the first": lambda first, _other, _new: setattr(first, "threshold", 0.7),
    "the direction of the first": lambda first, _other, _new: setattr(
        first, "direction", Direction.AT_MOST
    ),
    "the release of the first": lambda first, _other, new: setattr(first, "release_id", new.id),
    "the threshold of another": lambda _first, other, _new: setattr(other, "threshold", 30.0),
    "the direction of another": lambda _first, other, _new: setattr(
        other, "direction", Direction.AT_MOST
    ),
    "the release of another": lambda _first, other, new: setattr(other, "release_id", new.id),
    "how they go together": lambda first, _other, _new: setattr(first, "together", Together.WORST),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_signature_covers_every_hazard_and_how_they_go_together(
    session: Session, cycle: Cycle, hazards: tuple[Release, Release], what: str
) -> None:
    roster = session.get_one(Roster, cycle.roster_id)
    first = session.get_one(Selection, roster.selection_id)
    [other] = session.scalars(select(SelectionClause).filter_by(selection_id=first.id))
    approval = ask_approval(session, cycle.id, actor=DARA)
    assert subject_hash(session, cycle) == approval.hash

    CHANGES[what](
        first,
        other,
        make_release(session, make_event(session, "Later"), number=9, original_sha256="9" * 64),
    )
    session.flush()

    assert subject_hash(session, cycle) != approval.hash
    signed = sign(session, approval.id, actor=LENA)
    assert signed.state is ApprovalState.RETURNED
    assert signed.returned.startswith("The question, the rule, the amounts")


def test_a_hazard_taken_away_or_added_is_another_subject(
    session: Session, cycle: Cycle, hazards: tuple[Release, Release]
) -> None:
    before = subject_hash(session, cycle)
    roster = session.get_one(Roster, cycle.roster_id)
    clauses = select(SelectionClause).filter_by(selection_id=roster.selection_id)

    session.delete(session.scalars(clauses).one())
    session.flush()

    assert subject_hash(session, cycle) != before


def test_a_newer_release_of_any_of_them_is_told(
    session: Session, cycle: Cycle, hazards: tuple[Release, Release]
) -> None:
    _flood, storm = hazards
    assert not standing_of(session, cycle.id, actor=DARA).newer
    layer = Layer(
        event_id=storm.event_id,
        name="Wind",
        kind=LayerKind.RASTER,
        measure="Wind speed",
        unit="m/s",
    )
    session.add(layer)
    session.flush()
    storm.layer_id, storm.state = layer.id, ReleaseState.SUPERSEDED
    event = session.get_one(Event, storm.event_id)
    later = make_release(session, event, number=5, layer_id=layer.id)
    (newer,) = standing_of(session, cycle.id, actor=DARA).newer
    assert (newer.asked, newer.now) == (storm, later)
