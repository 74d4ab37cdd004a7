"""The pages of targeting: rules as a form, lists that are pasted, runs, why, and scenarios."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.audit import Look
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember
from programs.models.scenarios import Scenario
from programs.models.targeting import TargetingList, TargetingRun
from programs.queries.targeting import Block, Rules, rules_of
from programs.services.cycles import enrol
from programs.services.programs import activate_program
from programs.services.targeting import set_rules
from registry.services.filters import keep_filter, share_filter
from tests.make.geo import make_country
from tests.make.programs import DARA, make_cycle, make_family, make_program, make_roster
from tests.make.registry import make_location
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


def _form(**given: Any) -> dict[str, Any]:
    """A page of rules with nothing filled in but this."""
    empty = {"value": "", "most": "", "score": "", "order": "highest", "quotas": ""}
    new = {f"{side}.new.{part}": "" for side in ("take", "leave") for part in ("name", "household")}
    return {**empty, **new, **given}


def test_rules_are_written_in_blocks_and_an_emptied_one_goes(
    session: Session, signed_in: SignedIn
) -> None:
    make_country(session)
    program = make_program(session, eligibility="people >= 3")
    page = f"/programs/{program.id}/targeting"
    manager = signed_in(Role.PROGRAM_MANAGER)
    assert "people &gt;= 3" in manager.get(page).text

    said = {
        "take.1.household": "",
        "take.2.household": "people = 1",
        "take.2.name": "Alone",
        "take.new.household": "people >= 2",
        "take.new.member": "age < 5",
        "take.new.members": "2",
        "leave.new.household": "people > 20",
        "value": "0.5",
        "most": "100",
        "quotas": "X11 20\nX12, 0",
    }
    answer = manager.act(page, **_form(**said))

    assert answer.status_code == 200
    session.expire_all()
    assert rules_of(session, program) == Rules(
        take=(Block("Alone", "people = 1"), Block("", "people >= 2", "age < 5", 2)),
        leave=(Block("", "people > 20"),),
        value=Decimal("0.5"),
        most=100,
        quotas=(("X11", 20), ("X12", 0)),
    )


def test_a_kept_filter_becomes_a_block_as_it_stands_now(
    session: Session, signed_in: SignedIn
) -> None:
    program = make_program(session)
    kept = keep_filter(session, "Large", "people >= 7", actor=DARA)
    share_filter(session, kept.code, actor=DARA)

    signed_in(Role.PROGRAM_MANAGER).act(
        f"/programs/{program.id}/targeting", **_form(kept=kept.code)
    )

    session.expire_all()
    assert program.eligibility == "people >= 7"


def test_what_cannot_be_read_is_refused_with_what_was_typed(
    session: Session, signed_in: SignedIn
) -> None:
    program = make_program(session)
    manager = signed_in(Role.PROGRAM_MANAGER)
    page = f"/programs/{program.id}/targeting"

    for said, told in (
        ({"most": "many"}, "many is not a number"),
        ({"value": "1e99"}, "1e99 is not a number"),
        ({"quotas": "X11 some"}, "No quota can be read in “X11 some”"),
        ({"take.new.household": "peeple > 3"}, "peeple is not known"),
    ):
        answer = manager.act(page, **_form(**said))
        assert (answer.status_code, told in answer.text) == (422, True)


def test_a_list_is_pasted_and_what_was_not_found_is_told(
    session: Session, signed_in: SignedIn
) -> None:
    program, family = make_program(session), make_family(session, 2)
    page = f"/programs/{program.id}/targeting"
    manager = signed_in(Role.PROGRAM_MANAGER)

    numbers = f"{family.number} HG-X"
    shown = manager.act(f"{page}/lists", side="leave", reason="Moved away", numbers=numbers).text

    assert "Moved away" in shown
    assert "1 household is on the list." in shown
    assert "No household you see: HG-X." in shown
    (kept,) = session.scalars(select(TargetingList)).all()
    manager.act(f"{page}/lists/{kept.id}/drop")
    assert session.scalars(select(TargetingList)).all() == []


def test_who_reads_programs_sees_the_rules_and_no_form(
    session: Session, signed_in: SignedIn
) -> None:
    program = make_program(session)
    set_rules(session, program.id, Rules(take=(Block("Large", "people > 5"),)), actor=DARA)

    shown = signed_in(Role.APPROVER).get(f"/programs/{program.id}/targeting").text

    assert "people &gt; 5" in shown
    assert "Keep these rules" not in shown
    assert "Paste the list" not in shown


def test_a_run_is_looked_at_and_taken_back(session: Session, signed_in: SignedIn) -> None:
    family = make_family(session, 2)
    cycle = make_cycle(session, make_program(session), family)
    enrol(session, cycle.id, actor=DARA)
    manager = signed_in(Role.PROGRAM_MANAGER)
    (run,) = session.scalars(select(TargetingRun)).all()

    runs = manager.get(f"/cycles/{cycle.id}/runs").text
    changes = manager.get(f"/cycles/{cycle.id}/runs/{run.id}").text
    manager.act(f"/cycles/{cycle.id}/runs/{run.id}/undo")

    assert "1 household changed" in runs
    assert family.number in changes
    assert session.scalars(select(CycleMember)).all() == []
    assert "undone" in manager.get(f"/cycles/{cycle.id}/runs").text


def test_why_is_told_on_a_page_and_on_the_households_own_and_the_look_is_noted(
    session: Session, signed_in: SignedIn
) -> None:
    family = make_family(session, 2)
    program = make_program(session, eligibility="people >= 5")
    cycle = make_cycle(session, program, family)
    enrol(session, cycle.id, actor=DARA)
    manager = signed_in(Role.PROGRAM_MANAGER)

    why = manager.get(f"/cycles/{cycle.id}/why/{family.number}").text
    own = manager.get(f"/registry/{family.number}?tab=why").text

    assert "People of the household: 2, at least 5 needed" in why
    assert "It is left out: Does not meet the rule." in why
    assert "It is left out: Does not meet the rule." in own
    assert f"/cycles/{cycle.id}/why/{family.number}" in own
    looks = session.scalars(select(Look).where(Look.what == "targeting_runs.ask")).all()
    assert [look.registrant_ids for look in looks] == [[family.id]]


def test_scenarios_are_made_compared_changed_and_promoted(
    session: Session, signed_in: SignedIn
) -> None:
    areas = make_country(session)
    place = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    homes = [make_family(session, 1, place), make_family(session, 3)]
    program = make_program(session)
    roster = make_roster(session, *homes)
    manager = signed_in(Role.PROGRAM_MANAGER)
    page = f"/programs/{program.id}/scenarios"
    assert "No scenario yet" in manager.get(page).text
    form = {"roster_id": roster.id, "starts_on": "2026-11-20", "value": "", "most": ""}

    manager.act(page, name="All", rule="", areas="", **form)
    manager.act(page, name="West", rule="people >= 1", areas="X1", **form)

    shown = manager.get(page).text
    assert shown.count("KES 120") >= 1  # 50 and 70
    assert shown.count('class="cover-map"') == 2
    all_, west = session.scalars(select(Scenario).order_by(Scenario.id)).all()
    assert west.rule == "(area_in('X1')) AND (people >= 1)"
    assert 'value="West"' in manager.get(f"{page}/{west.id}").text
    assert manager.get(f"{page}/new?like={west.id}").status_code == 200
    manager.act(f"{page}/{all_.id}", name="Large", rule="people >= 3", areas="", **form)
    session.expire_all()
    assert all_.rule == "people >= 3"
    answer = manager.act(f"{page}/{west.id}/promote", follow=False)
    session.expire_all()
    cycle = session.scalars(select(Cycle)).one()
    assert answer.location.endswith(f"/cycles/{cycle.id}")
    assert program.eligibility == west.rule
    manager.act(f"{page}/{all_.id}/drop")
    assert [each.name for each in session.scalars(select(Scenario))] == ["West"]


def test_an_approver_compares_scenarios_and_makes_none(
    session: Session, signed_in: SignedIn
) -> None:
    program = make_program(session)
    activate_program(session, program.id, actor=DARA)
    approver = signed_in(Role.APPROVER)

    assert approver.get(f"/programs/{program.id}/scenarios").status_code == 200
    assert approver.get(f"/programs/{program.id}/scenarios/new").status_code == 403
