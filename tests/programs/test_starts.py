"""From the list of a shock to a cycle in one step, for a program of its kind or on top of one."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from geo.models.selections import Selection
from programs.models.cycles import Cycle, CycleState
from programs.models.memberships import CycleMember, MembershipState
from programs.queries.starts import Base, starts_of
from programs.services.cycles import RosterNotFrozen
from programs.services.following import (
    Named,
    NobodyLeft,
    start_top_up,
    start_top_up_with_amounts,
)
from programs.services.programs import end_program
from registry.models.rosters import Roster, RosterState
from tests.make.geo import make_event
from tests.make.programs import (
    DARA,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
    make_roster,
)

NAMED = Named("Flood of November", today())


def _hit(session: Session, roster: Roster) -> Roster:
    """Let a list be one of a flood."""
    event = make_event(session)
    of = update(Selection).where(Selection.id == roster.selection_id)
    session.execute(of.values(event_id=event.id))
    session.expire_all()
    return roster


def _enrolled(session: Session, cycle_id: int) -> set[int]:
    asked = select(CycleMember.registrant_id).where(
        CycleMember.cycle_id == cycle_id, CycleMember.state == MembershipState.ENROLLED
    )
    return set(session.scalars(asked))


def test_programs_for_the_kind_of_shock_come_first_and_ended_ones_never(session: Session) -> None:
    flood, pension = make_program(session), make_program(session, purpose="old age")
    ended = make_program(session)
    end_program(session, ended.id, actor=DARA)
    roster = _hit(session, make_roster(session, make_family(session, 2)))

    found = starts_of(session, roster, actor=DARA)

    assert [key for key, _name in found.programs] == [flood.id, pension.id]


def test_of_programs_of_one_kind_the_one_that_gave_last_comes_first(session: Session) -> None:
    first, second = make_program(session), make_program(session)
    make_cycle(session, second, make_family(session, 1))
    make_cycle(session, first, make_family(session, 1))

    found = starts_of(session, make_roster(session, make_family(session, 2)), actor=DARA)

    assert [key for key, _name in found.programs] == [first.id, second.id]


def test_a_cycle_some_of_the_list_are_in_can_be_topped_up_and_says_how_many(
    session: Session,
) -> None:
    pension, relief = make_program(session, purpose="old age"), make_program(session)
    amina, oto, dry = (make_family(session, size) for size in (1, 2, 3))
    make_approved(session, pension, amina)  # the one before
    base = make_approved(session, pension, amina, oto, dry)
    make_prepared(session, relief, amina)  # gives nothing yet
    roster = make_roster(session, amina, oto, make_family(session, 4))

    found = starts_of(session, roster, actor=DARA)

    assert found.bases == [Base(base.id, pension.id, pension.name, base.name, 2)]
    assert found.toppers(found.bases[0]) == [(relief.id, relief.name)]


def test_who_does_not_prepare_cycles_is_offered_nothing(session: Session) -> None:
    make_program(session)
    roster = make_roster(session, make_family(session, 2))

    assert starts_of(session, roster, actor=make_actor(31, "Pia", "program:read")).programs == []
    roster.state = RosterState.DRAFT
    assert starts_of(session, roster, actor=DARA).programs == []


def test_on_top_is_given_to_those_of_the_base_whom_the_shock_hit(session: Session) -> None:
    pension, relief = make_program(session, purpose="old age"), make_program(session)
    amina, dry, stranger = (make_family(session, size) for size in (1, 2, 3))
    base = make_approved(session, pension, amina, dry)
    hit = make_roster(session, amina, stranger)

    begun = start_top_up_with_amounts(session, relief.id, base.id, NAMED, actor=DARA, hit_id=hit.id)

    cycle = session.get_one(Cycle, begun.cycle_id)
    assert (cycle.state, cycle.tops_up_id, cycle.name) == (
        CycleState.DRAFT,
        base.id,
        "Flood of November",
    )
    assert _enrolled(session, cycle.id) == {amina.id}
    assert (begun.enrolled.asked, begun.prepared.total) == (1, Decimal(50))
    kept = session.get_one(Roster, cycle.roster_id).definition or {}
    assert kept["part_of"] == hit.hash


def test_a_list_nobody_of_the_base_is_in_tops_up_nothing(session: Session) -> None:
    pension, relief = make_program(session, purpose="old age"), make_program(session)
    base = make_approved(session, pension, make_family(session, 1))
    hit = make_roster(session, make_family(session, 2))

    with pytest.raises(NobodyLeft):
        start_top_up(session, relief.id, base.id, NAMED, actor=DARA, hit_id=hit.id)
    with pytest.raises(NotFound):
        start_top_up(session, relief.id, base.id, NAMED, actor=DARA, hit_id=hit.id + 99)
    hit.state = RosterState.DRAFT
    session.flush()
    with pytest.raises(RosterNotFrozen):
        start_top_up(session, relief.id, base.id, NAMED, actor=DARA, hit_id=hit.id)
