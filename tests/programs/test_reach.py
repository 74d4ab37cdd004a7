"""Who is bound to a program sees it and the people in it, and nothing tells of another."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.door import bound_to
from core.actor import Actor
from core.errors import NotFound
from geo.queries.selections import Question
from programs.models.approvals import Approval
from programs.models.cycles import Cycle
from programs.models.entitlements import Voucher
from programs.models.programs import Benefit, Delivery, Program
from programs.queries.cycles import choices, preview
from programs.queries.eligibility import round_of
from programs.queries.members import members_page, received_by, standings_of
from programs.queries.payments import batch_of
from programs.queries.programs import (
    organisations_listed,
    program_page,
    programs_listed,
    programs_named,
)
from programs.queries.reach import people_of
from programs.queries.requests import request_page
from programs.queries.situation import cycles_to_sign
from programs.queries.standing import file_made, standing_of
from programs.queries.vouchers import held
from programs.services import approvals, cycles, memberships, vouchers
from programs.services import programs as acts
from programs.services.approvals import ask_approval
from programs.services.funds import deposit
from programs.services.payments import export_csv, make_payments
from registry.models.registrants import Membership, Registrant
from registry.models.rosters import Roster
from registry.queries.answers import ask
from registry.queries.filters import Counted, count_matching
from registry.queries.registrants import RegistrantUnknown, registrant_by_number, registrants_page
from registry.queries.rosters import lists_seen
from registry.queries.rosters import members_page as roster_page
from registry.services.rosters import keep_list
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    STARTS_ON,
    UNTIL,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)


@dataclass(frozen=True)
class Two:
    """Two programs, each with an approved cycle of one household of vouchers."""

    mine: Program
    other: Program
    my_cycle: Cycle
    others_cycle: Cycle
    my_family: Registrant
    others_family: Registrant
    partner: Actor  # everything, in `mine` alone


@pytest.fixture
def two(session: Session) -> Two:
    gift = make_gift(delivery=Delivery.VOUCHER)
    mine = make_program(session, gift, name="Ours", purpose="flood")
    other = make_program(session, gift, name="Theirs", purpose="drought")
    ours, theirs = (make_family(session, n, name=f"Household {n}") for n in (3, 2))
    my_cycle = make_approved(session, mine, ours)
    others_cycle = make_approved(session, other, theirs)
    for cycle in (my_cycle, others_cycle):
        vouchers.issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    partner = bound_to(DARA, frozenset({mine.id}))
    return Two(mine, other, my_cycle, others_cycle, ours, theirs, partner)


Ask = Callable[[Session, Two], Any]
OTHERS: dict[str, Ask] = {
    "program": lambda s, two: program_page(s, two.other.id, actor=two.partner),
    "cycle": lambda s, two: standing_of(s, two.others_cycle.id, actor=two.partner),
    "households": lambda s, two: members_page(s, two.others_cycle.id, actor=two.partner),
    "file": lambda s, two: file_made(s, two.others_cycle.id, "0" * 64, actor=two.partner),
    "preview": lambda s, two: preview(s, round_of(s, two.others_cycle), actor=two.partner),
    "request": lambda s, two: request_page(s, _approval(s, two).id, actor=two.partner),
    "sign": lambda s, two: approvals.sign(s, _approval(s, two).id, actor=two.partner),
    "return": lambda s, two: approvals.return_approval(
        s, _approval(s, two).id, "no", actor=two.partner
    ),
    "card": lambda s, two: held(s, _card(s, two), actor=two.partner),
    "void": lambda s, two: vouchers.void_voucher(s, _card(s, two), "lost", actor=two.partner),
    "issue": lambda s, two: vouchers.issue_vouchers(
        s, two.others_cycle.id, UNTIL, actor=two.partner
    ),
    "print": lambda s, two: vouchers.print_sheets(
        s, two.others_cycle.id, actor=two.partner, report=lambda _done, _all: None
    ),
    "pay": lambda s, two: make_payments(s, two.others_cycle.id, actor=two.partner),
    "deposit": lambda s, two: deposit(s, two.other.id, Decimal(5), "Ours", actor=two.partner),
    "end cycle": lambda s, two: cycles.end_cycle(s, two.others_cycle.id, actor=two.partner),
    "reopen": lambda s, two: cycles.reopen_cycle(s, two.others_cycle.id, "no", actor=two.partner),
    "start": lambda s, two: make_cycle(s, two.other, two.my_family, by=two.partner),
    "open": lambda s, two: acts.activate_program(s, two.other.id, actor=two.partner),
    "end": lambda s, two: acts.end_program(s, two.other.id, actor=two.partner),
    "change": lambda s, two: acts.change_program(
        s, two.other.id, _plan(two.other), actor=two.partner
    ),
    "benefit": lambda s, two: acts.add_benefit(
        s, two.other.id, make_gift(name="Tea"), actor=two.partner
    ),
    "gift": lambda s, two: acts.change_benefit(
        s,
        s.scalars(select(Benefit.id).filter_by(program_id=two.other.id)).one(),
        make_gift(),
        actor=two.partner,
    ),
    "pause": lambda s, two: memberships.pause_member(
        s, two.other.id, two.others_family.id, "moved", actor=two.partner
    ),
}


def _approval(session: Session, two: Two) -> Approval:
    return session.scalars(select(Approval).filter_by(cycle_id=two.others_cycle.id)).one()


def _card(session: Session, two: Two) -> str:
    """The code of the other program's card, which was issued last."""
    return session.scalars(select(Voucher.code).order_by(Voucher.id.desc())).first() or ""


def _plan(program: Program, **given: Any) -> acts.Plan:
    said = {"name": program.name, "purposes": program.purposes, "currency": program.currency}
    return acts.Plan(**{**said, "organisation_id": program.organisation_id, **given})


@pytest.mark.parametrize("name", OTHERS)
def test_what_belongs_to_another_program_is_not_there(
    session: Session, two: Two, name: str
) -> None:
    with pytest.raises(NotFound):
        OTHERS[name](session, two)


def test_lists_and_search_tell_of_ones_own_programs_alone(session: Session, two: Two) -> None:
    assert [line.name for line in programs_listed(session, actor=two.partner)] == ["Ours"]
    assert programs_named(session, "Theirs", 8, actor=two.partner) == []
    assert [name for _key, name in choices(session, actor=two.partner).programs] == ["Ours"]
    runs = {o.id: n for o, n in organisations_listed(session, actor=two.partner)}
    assert runs[two.mine.organisation_id] == 1
    assert runs[two.other.organisation_id] == 0


def test_nobody_is_asked_to_sign_for_another_program(session: Session, two: Two) -> None:
    asked = make_prepared(session, two.other, make_family(session, 1))
    ask_approval(session, asked.id, actor=DARA)
    signer = bound_to(LENA, frozenset({two.mine.id}))

    assert cycles_to_sign(session, actor=signer) == []
    assert len(cycles_to_sign(session, actor=LENA)) == 1


def test_a_payment_list_of_another_program_is_not_there(session: Session, two: Two) -> None:
    cash = make_program(session, purpose="winter")
    batch = make_payments(session, make_approved(session, cash, two.my_family).id, actor=FINN)

    for act in (batch_of, export_csv):
        with pytest.raises(NotFound):
            act(session, batch.id, actor=two.partner)


def test_a_household_of_both_shows_what_it_gets_from_ones_own(session: Session, two: Two) -> None:
    make_approved(session, two.other, two.my_family)

    got = received_by(session, two.my_family.id, actor=two.partner)
    stands = standings_of(session, two.my_family.id, actor=two.partner)

    assert {each.program for each in got} == {"Ours"}
    assert {each.program for each in stands} == {"Ours"}


def test_who_serves_a_household_already_is_named_to_who_sees_that_program(
    session: Session, two: Two
) -> None:
    third = make_program(session, name="Ours too", purpose="drought")
    again = make_prepared(session, third, two.others_family, two.my_family)
    partner = bound_to(DARA, frozenset({third.id}))

    for actor, named in ((partner, None), (DARA, "Theirs")):
        assert standing_of(session, again.id, actor=actor).members.left_out[0].program == named
        assert preview(session, round_of(session, again), actor=actor).left_out[0].program == named
        left = members_page(session, again.id, actor=actor).rows
        assert {row.program for row in left} == {named, None}


def test_the_people_of_a_program_are_its_households_and_who_lives_there(
    session: Session, two: Two
) -> None:
    living = select(Membership.member_id).where(Membership.group_id == two.my_family.id)

    found = set(session.scalars(people_of(frozenset({two.mine.id}))))

    assert found == {two.my_family.id, *session.scalars(living)}
    assert len(found) == 4


def test_the_registry_holds_only_the_people_of_ones_programs(session: Session, two: Two) -> None:
    seen = registrant_by_number(session, two.my_family.number, actor=two.partner)
    assert seen.id == two.my_family.id
    with pytest.raises(RegistrantUnknown):
        registrant_by_number(session, two.others_family.number, actor=two.partner)
    found = registrants_page(session, "Household", actor=two.partner).rows
    assert [row.number for row in found] == [two.my_family.number]


def test_counts_are_of_the_people_of_ones_programs(session: Session, two: Two) -> None:
    make_family(session, 4)

    assert ask(session, Question(), actor=two.partner).answers.asked == 1
    assert count_matching(session, "", STARTS_ON, actor=two.partner) == Counted(1, 1, about=False)
    assert ask(session, Question(), actor=DARA).answers.asked == 3


def test_a_list_shows_the_part_of_it_that_ones_programs_hold(session: Session, two: Two) -> None:
    kept = keep_list(session, Question(), "Everybody", actor=DARA)
    roster = session.get_one(Roster, kept.roster_id)

    assert lists_seen(session, [roster], actor=two.partner)[roster.id].answers.asked == 1
    shown = roster_page(session, roster, actor=two.partner).rows
    assert [row.number for row in shown] == [two.my_family.number]


def test_a_list_kept_by_a_partner_says_whose_people_were_asked(session: Session, two: Two) -> None:
    kept = keep_list(session, Question(), "Ours", actor=two.partner)

    roster = session.get_one(Roster, kept.roster_id)
    assert kept.answers.asked == 1
    assert roster.definition is not None
    assert roster.definition["programs"] == [two.mine.id]


def test_a_partner_neither_makes_programs_nor_gives_one_away(session: Session, two: Two) -> None:
    with pytest.raises(acts.BoundToPrograms):
        acts.create_program(session, _plan(two.mine, name="New"), make_gift(), actor=two.partner)
    given_away = _plan(two.mine, organisation_id=two.other.organisation_id)
    with pytest.raises(acts.BoundToPrograms):
        acts.change_program(session, two.mine.id, given_away, actor=two.partner)


def test_bound_to_areas_as_well_the_registry_is_that_of_the_areas(two: Two) -> None:
    local = Actor(3, "Ada", two.partner.permissions, frozenset({7}))

    both = bound_to(local, frozenset({two.mine.id}))

    assert both.people is None
    assert not both.sees_all
    assert both.program_ids == frozenset({two.mine.id})
