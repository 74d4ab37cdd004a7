"""The routes and work of what comes after a payment: answers, samples, messages, reports."""

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

RECONCILE = needs(Programs.RECONCILE)
ANSWER = {"reconciliation_id": "reconciliation_id"}
SAMPLE = {"verification_id": "verification_id"}
DRAW = Row(needs(Programs.DRAW_SAMPLES), about=SAMPLE)
SETTLE = Row(RECONCILE, about=ANSWER)

SEND = needs(Programs.SEND_MESSAGES)
RUN = {"run_id": "message_run_id"}
HAND = Row(SEND, about=RUN)

GETS: dict[str, Row] = {
    "messages.letters": Row(SEND, PEOPLE, RUN),
    "messages.room": Row(SEND, PLAIN, CYCLE),
    "reconciliations.index": Row(READ_PROGRAMS, PLAIN),
    "reconciliations.left": Row(RECONCILE, NOTHING, ANSWER | {"kind": "rows_kind"}),
    "reconciliations.room": Row(READ_PROGRAMS, PLAIN, CYCLE),
    "reconciliations.show": Row(RECONCILE, PLAIN, ANSWER, nearby=False),
    "reports.coverage": Row(READ_PROGRAMS, PLAIN, PROGRAM),
    "reports.coverage_table": Row(READ_PROGRAMS, PLAIN, PROGRAM | {"kind": "rows_kind"}),
    "reports.cycle": Row(READ_PROGRAMS, NOTHING, CYCLE),
    "reports.fund": Row(READ_PROGRAMS, NOTHING, PROGRAM | {"kind": "rows_kind"}),
    "reports.lists": Row(),
    "verifications.listed": Row(
        READ_PROGRAMS | READ_PEOPLE, PEOPLE, SAMPLE | {"kind": "rows_kind"}
    ),
    "verifications.room": Row(READ_PROGRAMS, PLAIN, CYCLE),
    "verifications.show": Row(READ_PROGRAMS, PEOPLE, SAMPLE, READ_PEOPLE),
    "verifications.team": Row(READ_PROGRAMS | READ_PEOPLE, PEOPLE, SAMPLE | {"team": "team"}),
}
POSTS: dict[str, Row] = {
    "messages.as_file": HAND,
    "messages.hand": HAND,
    "messages.queue": Row(SEND, about=CYCLE),
    "messages.settle": HAND,
    "messages.write": Row(SEND, about=CYCLE),
    "reconciliations.apply": SETTLE,
    "reconciliations.discard": SETTLE,
    "reconciliations.map_columns": SETTLE,
    "reconciliations.teach": SETTLE,
    "reconciliations.upload": Row(RECONCILE, about=CYCLE),
    "reports.check_list": Row(READ_PROGRAMS),
    "verifications.close": DRAW,
    "verifications.draw": Row(needs(Programs.DRAW_SAMPLES), about=CYCLE),
    "verifications.record": Row(needs(Programs.RECORD_ANSWERS), about=SAMPLE),
    "verifications.settle": DRAW,
}
JOBS: dict[str, Row] = {
    "programs.jobs.messages.hand_messages": Row(SEND, about=RUN),
    "programs.jobs.reconciliations.check_reconciliation": Row(RECONCILE, about=ANSWER),
}
