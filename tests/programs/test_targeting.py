"""Targeting: alternatives, exclusions, lists that were pasted, and the line on the map."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.models.releases import Direction
from geo.models.selections import Selection
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember
from programs.models.programs import Program
from programs.models.targeting import Side, TargetingListMember
from programs.queries.targeting import Block, Rules, rules_of, targeting_page
from programs.services.approvals import RuleChanged, ask_approval, sign
from programs.services.cycles import enrol
from programs.services.programs import Plan, ProgramEnded, change_program, end_program
from programs.services.targeting import (
    BlocksTooMany,
    CountNegative,
    ExclusionEmpty,
    ListEmpty,
    ListTooLong,
    ListWithoutReason,
    MembersTooFew,
    QuotaAreaUnknown,
    QuotasOverlap,
    QuotaTwice,
    ScoreUnknown,
    drop_list,
    paste_list,
    set_rules,
)
from registry.models.registrants import Registrant, RegistrantState
from registry.models.rosters import Answer, Roster, RosterMember
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    LENA,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
    make_roster,
)
from tests.make.registry import make_household, make_location, make_person

TODDLER, CHILD = date(2023, 5, 1), date(2016, 5, 1)  # three and ten years old when cycles start


def _judged(session: Session, cycle: Cycle) -> dict[int, str]:
    """Whom a cycle enrolls, and why not the others, after a run."""
    enrol(session, cycle.id, actor=DARA)
    session.expire_all()
    members = select(CycleMember).where(CycleMember.cycle_id == cycle.id)
    return {m.registrant_id: m.reason or m.state for m in session.scalars(members)}


def _for(session: Session, rules: Rules, **given: Any) -> Program:
    return set_rules(session, make_program(session, **given).id, rules, actor=DARA)


def _with_children(session: Session, *births: date, women: int = 1) -> Registrant:
    """A household of women of 36 and children born on these days."""
    household = make_family(session, women)
    for birth in births:
        make_person(session, household, birth_date=birth, relation="child")
    return household


def test_alternatives_are_each_met_whole_and_any_of_them_is_enough(session: Session) -> None:
    large_with_two = _with_children(session, TODDLER, TODDLER, women=2)  # four people, two toddlers
    large_with_one = _with_children(session, TODDLER, CHILD, women=2)  # four people, one toddler
    small_with_two = _with_children(session, TODDLER, TODDLER)  # three people, two toddlers
    alone = make_family(session, 1)
    program = _for(
        session,
        Rules(
            take=(
                Block("Large with small children", "people >= 4", "age < 5", members=2),
                Block("Alone", "people = 1"),
            )
        ),
    )

    cycle = make_cycle(session, program, large_with_two, large_with_one, small_with_two, alone)

    assert _judged(session, cycle) == {
        large_with_two.id: "enrolled",
        large_with_one.id: "rule",
        small_with_two.id: "rule",
        alone.id: "enrolled",
    }


def test_several_rules_are_all_kept_and_read_back_as_they_were_written(session: Session) -> None:
    rules = Rules(
        take=(Block("One", "people >= 4"), Block("Two", "", "age >= 60 AND sex = 'female'", 2)),
        leave=(Block("", "people > 9"),),
        value=Decimal("0.5"),
        most=100,
    )

    program = _for(session, rules)

    assert rules_of(session, program) == rules
    assert program.eligibility == ("(people >= 4) OR (count_of(age >= 60 AND sex = 'female') >= 2)")


def test_a_rule_that_was_written_whole_is_one_block(session: Session) -> None:
    program = make_program(session, eligibility="people >= 3")
    assert rules_of(session, program).take == (Block(household="people >= 3"),)

    set_rules(session, program.id, Rules(take=(Block("a", "people > 1"),)), actor=DARA)
    whole = Plan(
        name=program.name,
        purposes=program.purposes,
        organisation_id=program.organisation_id,
        currency="KES",
        eligibility="people >= 7",
    )
    change_program(session, program.id, whole, actor=DARA)

    assert rules_of(session, program).take == (Block(household="people >= 7"),)


def test_blocks_of_json_and_of_text_go_together(session: Session) -> None:
    as_json = '{"op": "=", "args": [{"property": "people"}, 1]}'
    of_members = '{"op": "<", "args": [{"property": "age"}, 5]}'
    alone, pair, toddler = (
        make_family(session, 1),
        make_family(session, 2),
        _with_children(session, TODDLER),
    )
    program = _for(session, Rules(take=(Block("", as_json), Block("", "people = 2", of_members))))

    verdicts = _judged(session, make_cycle(session, program, alone, pair, toddler))

    assert verdicts == {alone.id: "enrolled", pair.id: "rule", toddler.id: "enrolled"}


def test_an_empty_alternative_is_met_by_everybody(session: Session) -> None:
    program = _for(session, Rules(take=(Block("", "people > 5"), Block("All", ""))))
    household = make_family(session, 1)

    assert _judged(session, make_cycle(session, program, household)) == {household.id: "enrolled"}


def test_who_surely_meets_what_excludes_is_left_out_though_the_rule_takes_them(
    session: Session,
) -> None:
    large, small = make_family(session, 4), make_family(session, 2)
    unknown = make_household(session)  # nobody is listed, so nothing is said of the head
    program = _for(
        session,
        Rules(leave=(Block("Large", "people >= 4"), Block("", "sex_of_head = 'male'"))),
    )

    verdicts = _judged(session, make_cycle(session, program, large, small, unknown))

    assert verdicts == {large.id: "excluded", small.id: "enrolled", unknown.id: "enrolled"}


def test_lists_take_whom_the_rule_does_not_and_leave_out_whom_it_does(session: Session) -> None:
    small, large, both = make_family(session, 1), make_family(session, 4), make_family(session, 4)
    other = make_family(session, 1)
    program = _for(session, Rules(take=(Block("", "people >= 4"),)))
    take = f"{small.number}, {both.number}"
    paste_list(session, program.id, Side.TAKE, "The chief named them", take, actor=DARA)
    paste_list(session, program.id, Side.LEAVE, "Moved away", both.number, actor=DARA)

    verdicts = _judged(session, make_cycle(session, program, small, large, both, other))

    assert verdicts == {
        small.id: "enrolled",
        large.id: "enrolled",
        both.id: "listed_out",
        other.id: "rule",
    }


def test_a_list_takes_nobody_the_cycle_does_not_ask_about_or_may_not_help(
    session: Session,
) -> None:
    elsewhere, gone = make_family(session, 1), make_family(session, 1)
    served, excluded = make_family(session, 1), make_family(session, 6)
    make_approved(session, make_program(session), served)
    rules = Rules(take=(Block("", "people >= 4"),), leave=(Block("", "people >= 6"),))
    program = _for(session, rules)
    everybody = " ".join(each.number for each in (elsewhere, gone, served, excluded))
    paste_list(session, program.id, Side.TAKE, "Named", everybody, actor=DARA)
    gone.state = RegistrantState.EXITED

    verdicts = _judged(session, make_cycle(session, program, gone, served, excluded))

    assert verdicts == {gone.id: "inactive", served.id: "same_purpose", excluded.id: "excluded"}


def test_a_list_counts_doubles_once_and_tells_what_it_did_not_find(session: Session) -> None:
    family = make_family(session, 2)
    person = make_person(session, family)
    program = make_program(session)
    spoken = family.number.lower().replace("-", "")
    written = f"{family.number}\n{spoken};{family.number} {person.number}, HG-AAAAAAAA nonsense"

    pasted = paste_list(session, program.id, Side.TAKE, "Named", written, actor=DARA)

    assert pasted.households == 1
    assert set(pasted.unknown) == {person.number, "HG-AAAAAAAA", "nonsense"}
    assert [row.registrant_id for row in session.scalars(select(TargetingListMember))] == [
        family.id
    ]
    listed = targeting_page(session, program.id, actor=DARA).lists
    assert [(each.households, each.unknown) for each in listed] == [(1, 3)]


def test_for_a_record_that_was_merged_stands_the_one_it_became_a_part_of(session: Session) -> None:
    kept, gone = make_family(session, 2), make_family(session, 2)
    gone.state, gone.merged_into_id = RegistrantState.MERGED, kept.id
    session.flush()
    program = make_program(session)

    both = f"{kept.number} {gone.number}"
    pasted = paste_list(session, program.id, Side.LEAVE, "Twice", both, actor=DARA)

    assert (pasted.households, pasted.unknown) == (1, [])


def test_a_list_names_only_whom_its_maker_sees(session: Session) -> None:
    areas = make_country(session)
    west = make_family(session, 1, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    east = make_family(session, 1, make_location(session, 2.5, 0.5, area_id=areas["X21"].id))
    near = make_actor(51, "Near", national=False, area_ids=frozenset({areas["X1"].id}))
    program = make_program(session)

    pasted = paste_list(
        session, program.id, Side.TAKE, "Mine", f"{west.number} {east.number}", actor=near
    )

    assert (pasted.households, pasted.unknown) == (1, [east.number])


def test_a_list_that_is_taken_away_counts_no_more(session: Session) -> None:
    family, program = make_family(session, 1), make_program(session)
    pasted = paste_list(session, program.id, Side.LEAVE, "Moved", family.number, actor=DARA)
    cycle = make_cycle(session, program, family)
    assert _judged(session, cycle) == {family.id: "listed_out"}

    drop_list(session, program.id, pasted.kept.id, actor=DARA)

    assert _judged(session, cycle) == {family.id: "enrolled"}
    assert session.scalars(select(TargetingListMember)).all() == []


def _on_map(
    session: Session, values: dict[Registrant, float | None], direction: Direction | None = None
) -> Roster:
    """A list of households with these values of its map."""
    roster = make_roster(session, *values, status=Answer.IN)
    for household, value in values.items():
        session.get_one(RosterMember, (roster.id, household.id)).value = value
    session.get_one(Selection, roster.selection_id).direction = direction
    session.flush()
    return roster


@pytest.mark.parametrize(
    ("direction", "taken"),
    [
        (Direction.AT_LEAST, {"half", "deep"}),
        (None, {"half", "deep"}),
        (Direction.AT_MOST, {"shallow", "half"}),
    ],
)
def test_the_line_on_the_map_is_met_at_the_line_itself(
    session: Session, direction: Direction | None, taken: set[str]
) -> None:
    homes = {name: make_family(session, 1) for name in ("shallow", "half", "deep", "unknown")}
    depths = dict(zip(homes.values(), (0.3, 0.5, 1.2, None), strict=True))
    program = _for(session, Rules(value=Decimal("0.5")))
    roster = _on_map(session, depths, direction)

    verdicts = _judged(session, make_cycle(session, program, roster=roster))

    expected = {
        each.id: "enrolled" if name in taken else "below_line" for name, each in homes.items()
    }
    assert verdicts == expected


def test_a_cycle_is_not_signed_by_other_rules_than_it_was_judged_by(session: Session) -> None:
    family = make_family(session, 2)
    program = make_program(session)
    cycle = make_prepared(session, program, family)
    listed = paste_list(session, program.id, Side.LEAVE, "Moved", family.number, actor=DARA)
    with pytest.raises(RuleChanged):
        ask_approval(session, cycle.id, actor=DARA)
    drop_list(session, program.id, listed.kept.id, actor=DARA)
    approval = ask_approval(session, cycle.id, actor=DARA)

    set_rules(session, program.id, Rules(most=5), actor=DARA)

    assert sign(session, approval.id, actor=LENA).state == "returned"
    with pytest.raises(RuleChanged):
        ask_approval(session, cycle.id, actor=DARA)


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        (Rules(leave=(Block("nobody said", ""),)), ExclusionEmpty),
        (Rules(take=(Block("", "people > 1"),) * 21), BlocksTooMany),
        (Rules(take=(Block("", "", "age < 5", 0),)), MembersTooFew),
        (Rules(most=-1), CountNegative),
        (Rules(quotas=(("X11", -1),)), CountNegative),
        (Rules(quotas=(("NOWHERE", 1),)), QuotaAreaUnknown),
        (Rules(quotas=(("X11", 1), ("X11", 2))), QuotaTwice),
        (Rules(quotas=(("X1", 1), ("X11", 2))), QuotasOverlap),
        (Rules(score="wealth"), ScoreUnknown),
    ],
)
def test_rules_that_cannot_stand_are_refused(
    session: Session, rules: Rules, refusal: type[Exception]
) -> None:
    make_country(session)
    program = make_program(session)

    with pytest.raises(refusal):
        set_rules(session, program.id, rules, actor=DARA)


def test_lists_that_say_nothing_are_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, program = make_family(session, 1), make_program(session)
    with pytest.raises(ListWithoutReason):
        paste_list(session, program.id, Side.TAKE, " ", family.number, actor=DARA)
    with pytest.raises(ListEmpty):
        paste_list(session, program.id, Side.TAKE, "Named", "HG-AAAAAAAA", actor=DARA)
    monkeypatch.setattr("programs.services.targeting.MOST_PASTED", 1)
    with pytest.raises(ListTooLong):
        paste_list(session, program.id, Side.TAKE, "Named", f"{family.number} b", actor=DARA)


def test_rules_need_the_permission_and_an_open_program(session: Session, visitor: Actor) -> None:
    program = make_program(session)
    with pytest.raises(Forbidden):
        set_rules(session, program.id, Rules(), actor=visitor)
    with pytest.raises(Forbidden):
        paste_list(session, program.id, Side.TAKE, "a", "b", actor=visitor)
    with pytest.raises(Forbidden):
        drop_list(session, program.id, 1, actor=visitor)
    with pytest.raises(Forbidden):
        targeting_page(session, program.id, actor=visitor)
    end_program(session, program.id, actor=DARA)
    with pytest.raises(ProgramEnded):
        set_rules(session, program.id, Rules(), actor=DARA)
