"""What may be done with programs, their money and what they give."""

from enum import StrEnum


class May(StrEnum):
    """Permissions of this floor, `noun:verb`."""

    READ_PROGRAMS = "program:read"
    WRITE_PROGRAMS = "program:write"
    POST_FUNDS = "fund:post"
    PREPARE_CYCLES = "cycle:prepare"
    ASK_APPROVAL = "approval:ask"
    APPROVE = "approval:sign"
    MAKE_PAYMENTS = "payment:make"
    EXPORT_PAYMENTS = "payment:export"
    RECONCILE = "payment:reconcile"
    WRITE_FSPS = "fsp:write"
    DRAW_SAMPLES = "verification:draw"
    RECORD_ANSWERS = "verification:record"
    SEND_MESSAGES = "message:send"
    ISSUE_VOUCHERS = "voucher:issue"
    REDEEM_VOUCHERS = "voucher:redeem"
    READ_SERVICE_POINTS = "service_point:read"
    WRITE_SERVICE_POINTS = "service_point:write"
    WRITE_ORGANISATIONS = "organisation:write"
