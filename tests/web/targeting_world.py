"""A program with rules of every kind, a cycle that was judged by them, and one that waits."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.models.locations import Location
from programs.models.targeting import Side, TargetingRun
from programs.queries.targeting import Block, Rules
from programs.services.cycles import enrol
from programs.services.scenarios import Draft, keep_scenario
from programs.services.targeting import paste_list, set_rules
from tests.make.programs import DARA, make_cycle, make_family, make_program
from tests.web.greek import GREEK, Rows

RULES = Rules(
    take=(
        Block(GREEK, "people >= 3 AND has_disability = FALSE", "age < 5", 2),
        Block(household="people = 1 OR area_in('X12')"),
    ),
    leave=(Block(GREEK, "people > 20"),),
    most=1,
    quotas=(("X12", 4),),
)


def targeting(session: Session, place: Location) -> Rows:
    """The pages of rules, runs and reasons: of who is in, who waits, who is named and who lacks."""
    homes = [make_family(session, size, place) for size in (1, 1, 2, 4)]
    program = make_program(session, purpose="rules of every kind")
    set_rules(session, program.id, RULES, actor=DARA)
    paste_list(session, program.id, Side.LEAVE, GREEK, homes[3].number, actor=DARA)
    cycle, draft = (make_cycle(session, program, *homes) for _ in range(2))
    enrol(session, cycle.id, actor=DARA)
    run_id = session.scalars(select(TargetingRun.id).filter_by(cycle_id=cycle.id)).one()
    lined = make_program(session, purpose="a line on the map")
    set_rules(session, lined.id, Rules(value=Decimal("0.5")), actor=DARA)
    other = make_cycle(session, lined, homes[0])
    why = "targeting_runs.ask"
    kept = [
        keep_scenario(session, program.id, draft, actor=DARA).id
        for draft in (
            Draft(GREEK, cycle.roster_id, cycle.starts_on, rule="people >= 2"),
            Draft(f"{GREEK} 2", cycle.roster_id, cycle.starts_on, most=2),
        )
    ]
    return [
        *(("scenarios.index", {"program_id": each.id}) for each in (program, lined)),
        ("scenarios.new", {"program_id": program.id}),
        ("scenarios.edit", {"program_id": program.id, "scenario_id": kept[0]}),
        ("targeting.show", {"program_id": program.id}),
        *(("targeting_runs.index", {"cycle_id": each.id}) for each in (cycle, draft)),
        ("targeting_runs.show", {"cycle_id": cycle.id, "run_id": run_id}),
        *((why, {"cycle_id": cycle.id, "number": each.number}) for each in homes),
        *((why, {"cycle_id": each.id, "number": homes[0].number}) for each in (draft, other)),
    ]
