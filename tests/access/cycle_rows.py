"""The routes of members, of when cycles begin, and of what comes of a cycle."""

from programs.permissions import May as Programs
from tests.access.rows import (
    CYCLE,
    PEOPLE,
    PLAIN,
    PROGRAM,
    READ_LISTS,
    READ_PEOPLE,
    READ_PROGRAMS,
    Row,
    needs,
)

MEMBERS = READ_PEOPLE
PREPARE = Row(needs(Programs.PREPARE_CYCLES), about=CYCLE)
WRITE = Row(needs(Programs.WRITE_PROGRAMS), about=PROGRAM)
PAY = Row(needs(Programs.MAKE_PAYMENTS), about=CYCLE)

CYCLE_GETS: dict[str, Row] = {
    "approvals.differences": Row(
        READ_PROGRAMS | READ_LISTS, PEOPLE, {"approval_id": "again_id"}, READ_PEOPLE
    ),
    "archive.index": Row(READ_PROGRAMS),
    "following.returned": Row(READ_PEOPLE | READ_PROGRAMS, PEOPLE, {"cycle_id": "back_id"}),
    "members.csv": Row(READ_PEOPLE, PEOPLE, PROGRAM),
    "members.history": Row(READ_PEOPLE, PEOPLE, PROGRAM | {"registrant_id": "registrant_id"}),
    "members.index": Row(READ_PEOPLE, PEOPLE, PROGRAM),
    "recurrences.show": Row(READ_PROGRAMS, PLAIN, PROGRAM),
}
CYCLE_POSTS: dict[str, Row] = {
    "archive.put": WRITE,
    "archive.take_out": WRITE,
    "following.close": PREPARE,
    "following.follow_up": PREPARE,
    "following.overlap": PREPARE,
    "following.paid": PAY,
    "following.reissue": PREPARE,
    "following.reject": PAY,
    "following.start": Row(needs(Programs.PREPARE_CYCLES)),
    "following.top_up": PREPARE,
    "members.condition": WRITE,
    "members.move": WRITE,
    "recurrences.keep": WRITE,
    "recurrences.start": Row(needs(Programs.PREPARE_CYCLES), about=PROGRAM),
}
