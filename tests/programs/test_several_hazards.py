"""A cycle for a list that was asked of several hazards."""

import pytest
from sqlalchemy.orm import Session

from geo.models.events import Event, Layer, LayerKind
from geo.models.releases import Direction, Release, ReleaseState
from geo.models.selections import Selection, SelectionClause
from programs.models.cycles import Cycle
from programs.queries.standing import standing_of
from programs.services.approvals import ReleaseWithdrawn, ask_approval
from registry.models.rosters import Roster
from tests.make.geo import make_event, make_release
from tests.make.programs import DARA, make_family, make_prepared, make_program


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
