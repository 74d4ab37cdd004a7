"""The rows of what programs give, of their funds, and of who signs."""

from programs.permissions import May as Programs
from tests.access.rows import PLAIN, PROGRAM, READ_PEOPLE, READ_PROGRAMS, Row, needs

WRITE = needs(Programs.WRITE_PROGRAMS)
BENEFIT = PROGRAM | {"benefit_id": "benefit_id"}

GETS: dict[str, Row] = {
    "approvals.index": Row(READ_PROGRAMS, PLAIN),
    "benefits.edit": Row(WRITE, PLAIN, BENEFIT),
    "benefits.new": Row(WRITE, PLAIN, PROGRAM),
    "exchange_rates.index": Row(READ_PROGRAMS),
}
POSTS: dict[str, Row] = {
    "benefits.add": Row(WRITE, about=PROGRAM),
    "benefits.change": Row(WRITE, about=BENEFIT),
    "programs.duplicate": Row(WRITE, about=PROGRAM),
    "programs.look_ahead": Row(READ_PEOPLE),
    "entitlements.adjust": Row(needs(Programs.PREPARE_CYCLES), about={"cycle_id": "cycle_id"}),
    "exchange_rates.write": Row(needs(Programs.POST_FUNDS)),
    "benefits.try_out": Row(READ_PEOPLE),
}
