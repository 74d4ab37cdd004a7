"""A program for people with a cycle at each step, for the tour of the pages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.models.locations import Location
from programs.models.entitlements import Voucher
from programs.models.programs import Delivery
from programs.models.targeting import Side, TargetingRun
from programs.queries.gifts import gifts_of
from programs.services.approvals import ask_approval
from programs.services.cycles import enrol
from programs.services.scenarios import Draft, keep_scenario
from programs.services.targeting import paste_list
from programs.services.vouchers import issue_vouchers
from tests.make.persons import OLD, make_five, make_pension, pension_by
from tests.make.programs import DARA, STARTS_ON, make_approved, make_cycle, make_prepared
from tests.make.verifications import make_differing
from tests.web.greek import GREEK, Rows


def persons(session: Session, place: Location) -> Rows:
    """The pages of a program for people, and those of each person in it."""
    five = make_five(session, place, place)
    homes = five.one, five.other
    pension = make_pension(session, purpose="for people")
    paste_list(session, pension.id, Side.LEAVE, GREEK, five.dina.number, actor=DARA)
    cycle, waits = (make_cycle(session, pension, *homes) for _ in range(2))
    enrol(session, cycle.id, actor=DARA)
    run_id = session.scalars(select(TargetingRun.id).filter_by(cycle_id=cycle.id)).one()
    asked = make_prepared(session, make_pension(session, purpose="for others"), *homes)
    approval = ask_approval(session, asked.id, actor=DARA)
    cards = make_pension(session, gift=pension_by(Delivery.VOUCHER), purpose="by cards")
    given = make_approved(session, cards, *homes)
    issue_vouchers(session, given.id, STARTS_ON.replace(year=2099), actor=DARA)
    code = session.scalars(select(Voucher.code).order_by(Voucher.id.desc())).first()
    paid = make_approved(session, make_pension(session, purpose="paid out"), *homes)
    sample = make_differing(session, paid, GREEK)
    draft = Draft(GREEK, cycle.roster_id, STARTS_ON, rule=OLD, most=2)
    scenario = keep_scenario(session, pension.id, draft, actor=DARA)
    of_program, of_cycle = {"program_id": pension.id}, {"cycle_id": cycle.id}
    return [
        ("programs.show", of_program),
        ("programs.new", {"template": "pension"}),
        ("programs.new", {"template": "child", "target": "individual"}),
        ("programs.change", of_program),
        ("benefits.edit", {**of_program, "benefit_id": min(gifts_of(session, pension.id))}),
        ("targeting.show", of_program),
        ("members.index", of_program),
        ("scenarios.index", of_program),
        ("scenarios.edit", {**of_program, "scenario_id": scenario.id}),
        ("reports.coverage", {"program_id": cards.id}),
        *(("cycles.show", {"cycle_id": each.id}) for each in (cycle, waits, asked, given, paid)),
        ("cycles.look_again", {"cycle_id": waits.id}),
        ("cycles.households", of_cycle),
        ("targeting_runs.index", of_cycle),
        ("targeting_runs.show", {**of_cycle, "run_id": run_id}),
        *(
            ("targeting_runs.ask", {**of_cycle, "number": each.number})
            for each in (five.amina, five.sela, five.dina)
        ),
        ("approvals.show", {"approval_id": approval.id}),
        ("messages.room", {"cycle_id": given.id}),
        ("verifications.room", {"cycle_id": paid.id}),
        ("verifications.show", {"verification_id": sample.id}),
        ("redeem.read", {"code": code}),
        ("registry.show", {"number": five.amina.number}),
    ]
