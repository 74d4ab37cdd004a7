"""The routes of targeting and scenarios: what each needs, and what of the world it may show."""

from programs.permissions import May as Programs
from tests.access.rows import (
    CYCLE,
    NOTHING,
    PEOPLE,
    PLAIN,
    PROGRAM,
    READ_PEOPLE,
    READ_PROGRAMS,
    Row,
    needs,
)

RUN = CYCLE | {"run_id": "run_id"}
NUMBERED = {"program": "program", "cycle": "cycle_number"}
SCENARIO = PROGRAM | {"scenario_id": "scenario_id"}
WRITE = needs(Programs.WRITE_PROGRAMS)
PREPARE = needs(Programs.PREPARE_CYCLES)

GETS: dict[str, Row] = {
    "api_targeting.ask": Row(
        READ_PEOPLE | READ_PROGRAMS,
        PEOPLE,
        {"program": "program", "cycle": "cycle_number", "registrant": "number"},
    ),
    "api_programs.index": Row(READ_PROGRAMS, PLAIN),
    "api_programs.show": Row(READ_PROGRAMS, PLAIN, {"program": "program"}),
    "api_programs.cycle": Row(READ_PROGRAMS, PLAIN, NUMBERED),
    "api_programs.members": Row(READ_PEOPLE | READ_PROGRAMS, PEOPLE, {"program": "program"}),
    "api_programs.enrolled": Row(READ_PEOPLE | READ_PROGRAMS, PEOPLE, NUMBERED),
    "api_programs.amounts": Row(READ_PEOPLE | READ_PROGRAMS, NOTHING, NUMBERED),
    "scenarios.index": Row(READ_PROGRAMS, PLAIN, PROGRAM),
    "scenarios.new": Row(PREPARE, PLAIN, PROGRAM),
    "scenarios.edit": Row(PREPARE, PLAIN, SCENARIO),
    "targeting.show": Row(READ_PROGRAMS, PLAIN, PROGRAM),
    "targeting_runs.index": Row(READ_PROGRAMS, PLAIN, CYCLE),
    "targeting_runs.show": Row(READ_PEOPLE | READ_PROGRAMS, PEOPLE, RUN),
    "targeting_runs.ask": Row(READ_PEOPLE | READ_PROGRAMS, PEOPLE, CYCLE | {"number": "number"}),
}
POSTS: dict[str, Row] = {
    "scenarios.keep": Row(PREPARE, about=PROGRAM),
    "scenarios.save": Row(PREPARE, about=SCENARIO),
    "scenarios.drop": Row(PREPARE, about=SCENARIO),
    "scenarios.promote": Row(PREPARE, about=SCENARIO),
    "targeting.save": Row(WRITE, about=PROGRAM),
    "targeting.paste": Row(WRITE | READ_PEOPLE, about=PROGRAM),
    "targeting.drop": Row(WRITE, about=PROGRAM | {"list_id": "program_id"}),
    "targeting_runs.undo": Row(PREPARE, about=RUN),
}
