"""Rows of what has to do with providers of payments."""

from programs.permissions import May as Programs
from tests.access.rows import CYCLE, PLAIN, Row, needs

PAY, OF_FSPS = needs(Programs.MAKE_PAYMENTS), needs(Programs.WRITE_FSPS)
BATCH = {"batch_id": "planned_batch_id"}
PLANNED = {"cycle_id": "planned_id"}
FSP = {"fsp_id": "fsp_id"}

PAYMENT_GETS: dict[str, Row] = {
    "fsps.index": Row(OF_FSPS, PLAIN),
    "fsps.show": Row(OF_FSPS, PLAIN, FSP),
    "payment_plans.show": Row(PAY, PLAIN, PLANNED),
    "payments.batch": Row(PAY, PLAIN, BATCH),
    "payments.in_doubt": Row(PAY),
    "payments.order": Row(PAY, PLAIN, {"reference": "reference"}),
}
PAYMENT_POSTS: dict[str, Row] = {
    "callbacks.receive": Row(about={"code": "fsp"}),
    "fsps.change": Row(OF_FSPS, about=FSP),
    "fsps.create": Row(OF_FSPS),
    "payment_plans.make": Row(PAY, about=CYCLE),
    "payments.ask": Row(PAY, about=BATCH),
    "payments.csv": Row(needs(Programs.EXPORT_PAYMENTS), about={"batch_id": "batch_id"}),
    "payments.file": Row(PAY | needs(Programs.EXPORT_PAYMENTS), about=BATCH),
    "payments.handed": Row(PAY, about=BATCH),
    "payments.report": Row(PAY, about=BATCH),
    "payments.retry": Row(PAY, about=BATCH),
    "payments.send": Row(PAY, about=BATCH),
    "payments.workbook": Row(needs(Programs.EXPORT_PAYMENTS), about={"batch_id": "batch_id"}),
}
PAYMENT_JOBS: dict[str, Row] = {
    "programs.jobs.sending.ask_provider": Row(PAY, about=BATCH),
    "programs.jobs.sending.send_batch": Row(PAY, about=BATCH),
    "programs.jobs.sending.take_answers": Row(about=FSP),
}
