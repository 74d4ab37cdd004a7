"""The routes and work of what comes after a payment: answers of providers."""

from programs.permissions import May as Programs
from tests.access.rows import CYCLE, NOTHING, PLAIN, PROGRAM, READ_PROGRAMS, Row, needs

RECONCILE = needs(Programs.RECONCILE)
ANSWER = {"reconciliation_id": "reconciliation_id"}
SETTLE = Row(RECONCILE, about=ANSWER)

GETS: dict[str, Row] = {
    "reconciliations.index": Row(READ_PROGRAMS, PLAIN),
    "reconciliations.left": Row(RECONCILE, NOTHING, ANSWER | {"kind": "rows_kind"}),
    "reconciliations.room": Row(READ_PROGRAMS, PLAIN, CYCLE),
    "reconciliations.show": Row(RECONCILE, PLAIN, ANSWER, nearby=False),
    "reports.coverage": Row(READ_PROGRAMS, PLAIN, PROGRAM),
    "reports.coverage_table": Row(READ_PROGRAMS, PLAIN, PROGRAM | {"kind": "rows_kind"}),
    "reports.cycle": Row(READ_PROGRAMS, NOTHING, CYCLE),
    "reports.fund": Row(READ_PROGRAMS, NOTHING, PROGRAM | {"kind": "rows_kind"}),
    "reports.lists": Row(),
}
POSTS: dict[str, Row] = {
    "reconciliations.apply": SETTLE,
    "reconciliations.discard": SETTLE,
    "reconciliations.map_columns": SETTLE,
    "reconciliations.teach": SETTLE,
    "reconciliations.upload": Row(RECONCILE, about=CYCLE),
    "reports.check_list": Row(READ_PROGRAMS),
}
JOBS: dict[str, Row] = {
    "programs.jobs.reconciliations.check_reconciliation": Row(RECONCILE, about=ANSWER),
}
