"""Why and why not: each rule with what was found of the household, as sentences."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.why_said import sections, verdict_said
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refusal
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.models.targeting import Side
from programs.permissions import May
from programs.queries.targeting import Block, Rules
from programs.queries.targeting_why import why
from programs.services.cycles import enrol
from programs.services.memberships import pause_member
from programs.services.targeting import paste_list, set_rules
from registry.models.registrants import Registrant, RegistrantState
from registry.models.rosters import Answer, RosterMember
from registry.permissions import May as Registry
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_program,
    make_roster,
)
from tests.make.registry import make_location, make_person


def _told(
    session: Session, cycle: Cycle, home: Registrant, actor: Actor = DARA
) -> tuple[str, list[tuple[bool, str]]]:
    """What is told of a household: the verdict, and each check with what its code is."""
    found = why(session, cycle.id, home.number, actor=actor)
    checks = [check for section in sections(found) for check in section.checks]
    said = [
        (each.passes, f"{each.code}: {each.words}" if each.code else each.words) for each in checks
    ]
    return verdict_said(found), said


def _passes(said: list[tuple[bool, str]]) -> dict[str, bool]:
    return {words: passes for passes, words in said}


def _ruled(session: Session, rules: Rules) -> Program:
    return set_rules(session, make_program(session).id, rules, actor=DARA)


def test_each_thing_a_rule_asks_is_told_with_what_was_found(session: Session) -> None:
    home = make_family(session, 3)
    make_person(session, home, birth_date=date(2023, 1, 1))
    rules = Rules(
        take=(
            Block(
                "Small children",
                "people >= 3 AND sex_of_head = 'male' AND has_disability = FALSE",
                "age < 5",
                2,
            ),
            Block("", "children_under_5 > 4 AND area_in('X11')"),
        ),
        leave=(Block("Large", "people > 20"),),
    )
    cycle = make_cycle(session, _ruled(session, rules), home)
    enrol(session, cycle.id, actor=DARA)

    verdict, said = _told(session, cycle, home)

    assert verdict == "It is left out: Does not meet the rule."
    assert said[4:-1] == [
        (True, "People of the household: 4, more than 20 would leave it out"),
        (True, "People of the household: 4, at least 3 needed"),
        (False, "Sex of the head: female or male: female, male needed"),
        (True, "Somebody has a disability: no, no needed"),
        (False, "count_of(age < 5): 1, at least 2 needed"),
        (False, "Children under five: 1, more than 4 needed"),
        (False, "area_in('X11'): so it is not"),
    ]


def test_who_is_in_is_told_so_by_every_check(session: Session) -> None:
    home = make_family(session, 2)
    cycle = make_cycle(session, make_program(session), home)
    enrol(session, cycle.id, actor=DARA)

    verdict, said = _told(session, cycle, home)

    assert verdict == "It is enrolled."
    assert [words for passes, words in said if passes] == [
        "It is on the list of this cycle, in.",
        "It is in the registry.",
        "It has not refused to receive help.",
        "It is not paused in the program and has not left it.",
        "There is no rule: every household of the list is meant.",
        "No other program serves it for the same purpose.",
    ]
    assert len(said) == 6


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Answer.OUT, "It stands outside of what the list asked for."),
        (Answer.NOT_OBSERVED, "Nobody could see whether its place is in."),
        (Answer.UNLOCATED, "It is not known where it stands."),
        (Answer.PROBABLE, "It is only probably in, and this cycle takes those who surely are."),
    ],
)
def test_where_it_stands_is_why_it_was_not_asked(
    session: Session, status: Answer, words: str
) -> None:
    home = make_family(session, 1)
    cycle = make_cycle(
        session, make_program(session), roster=make_roster(session, home, status=status)
    )
    enrol(session, cycle.id, actor=DARA)

    verdict, said = _told(session, cycle, home)

    assert verdict == "It was not judged in this cycle."
    assert said[0] == (False, words)


def test_every_reason_beside_the_rule_is_told(session: Session) -> None:
    gone, paused, named, waits, stranger = (make_family(session, 1) for _ in range(5))
    program = _ruled(session, Rules(most=0, value=Decimal("0.5")))
    make_approved(session, other := make_program(session), waits)
    homes = (gone, paused, named, waits)
    roster = make_roster(session, *homes)
    for home in homes:
        session.get_one(RosterMember, (roster.id, home.id)).value = 0.75
    session.get_one(RosterMember, (roster.id, named.id)).value = 0.25
    cycle = make_cycle(session, program, roster=roster)
    enrol(session, cycle.id, actor=DARA)
    pause_member(session, program.id, paused.id, "Travels", actor=DARA)
    gone.state = RegistrantState.EXITED
    for side, reason in ((Side.LEAVE, "Moved away"), (Side.TAKE, "Came back")):
        paste_list(session, program.id, side, reason, named.number, actor=DARA)

    found = {home.id: _passes(_told(session, cycle, home)[1]) for home in homes}

    assert found[gone.id]["It is no longer registered."] is False
    assert found[paused.id]["It is paused in the program."] is False
    assert found[named.id]["It is on a list of those left out: Moved away"] is False
    assert found[named.id]["It is on a list of those taken: Came back"] is True
    assert found[named.id]["Its value on the map is 0.25, at least 0.5 needed."] is False
    assert found[gone.id]["Its value on the map is 0.75, at least 0.5 needed."] is True
    served = f"It is served for the same purpose by {other.name}."
    assert found[waits.id][served] is False
    assert _told(session, cycle, stranger)[1][0] == (
        False,
        "It is not on the list this cycle started from.",
    )


def test_who_waits_is_told_the_place_in_line(session: Session) -> None:
    homes = [make_family(session, 1) for _ in range(2)]
    homes[0].registered_on, homes[1].registered_on = date(2024, 1, 1), date(2024, 1, 2)
    session.flush()
    cycle = make_cycle(session, _ruled(session, Rules(most=1)), *homes)
    enrol(session, cycle.id, actor=DARA)

    said = [_told(session, cycle, home)[0] for home in homes]

    assert said == [
        "It is enrolled, number 1 in line.",
        "It is number 2 in line. Waits: all places are taken.",
    ]


def test_what_a_role_may_not_ask_it_is_not_told(session: Session) -> None:
    home = make_family(session, 1)
    rules = Rules(take=(Block("", "people = 1 AND score('PMT') > 5"),))
    cycle = make_cycle(session, _ruled(session, rules), home)
    reader = make_actor(71, "Reads", May.READ_PROGRAMS, Registry.READ_REGISTRANTS)
    found = why(session, cycle.id, home.number, actor=reader)
    assert [clause.met for clause in found.take[0].clauses] == [True, None]

    broken = Rules(take=(Block("", "people = 1"),))
    program = _ruled(session, broken)
    program.eligibility = "people = 1 AND rooms_of_old > 3"
    other = make_cycle(session, program, home)

    _verdict, said = _told(session, other, home)

    assert said[4] == (True, "People of the household: 1, 1 needed")
    assert said[5][0] is False
    assert "rooms_of_old is not known" in said[5][1]


def test_why_is_told_of_those_within_reach_to_who_may_read_them(
    session: Session, visitor: Actor
) -> None:
    areas = make_country(session)
    east = make_family(session, 1, make_location(session, 2.5, 0.5, area_id=areas["X21"].id))
    cycle = make_cycle(session, make_program(session), east)
    near = make_actor(51, "Near", national=False, area_ids=frozenset({areas["X1"].id}))
    partner = make_actor(52, "Partner", program_ids=frozenset())

    with pytest.raises(Forbidden):
        why(session, cycle.id, east.number, actor=visitor)
    with pytest.raises(Refusal):
        why(session, cycle.id, east.number, actor=near)
    with pytest.raises(NotFound):
        why(session, cycle.id, east.number, actor=partner)
