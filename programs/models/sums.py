"""Sums of whole cycles, as views of the database that read as their owner.

They name no person and are never filtered by reach: what decides is the whole of its subject.
"""

from sqlalchemy import BigInteger, Column, Date, MetaData, String, Table

from core.db import states
from core.money import Money
from programs.models.entitlements import EntitlementState, VoucherState
from programs.models.memberships import LeftOut, MembershipState
from programs.models.messages import MessageState
from programs.models.payments import PaymentState
from programs.models.verifications import Confirmation, MismatchState

VIEWS = MetaData()

cycle_member_sums = Table(
    "cycle_member_sums",
    VIEWS,
    Column("cycle_id", BigInteger),
    Column("state", states(MembershipState)),
    Column("reason", states(LeftOut)),
    Column("by_program_id", BigInteger),
    Column("households", BigInteger),
    Column("people", BigInteger),
)

entitlement_sums = Table(
    "entitlement_sums",
    VIEWS,
    Column("cycle_id", BigInteger),
    Column("benefit_id", BigInteger),
    Column("state", states(EntitlementState)),
    Column("entitlements", BigInteger),
    Column("total", Money),
    Column("most", Money),
    Column("cost", Money),
)

cycle_sums = Table(
    "cycle_sums",  # of what is due or was given: nothing cancelled, rejected or expired
    VIEWS,
    Column("cycle_id", BigInteger),
    Column("households", BigInteger),
    Column("entitlements", BigInteger),
    Column("total", Money),
    Column("cost", Money),
)

voucher_sums = Table(
    "voucher_sums",
    VIEWS,
    Column("cycle_id", BigInteger),
    Column("state", states(VoucherState)),
    Column("vouchers", BigInteger),
)

answer_sums = Table(
    "answer_sums",  # of pay orders: how far they have come, and what was paid of them
    VIEWS,
    Column("cycle_id", BigInteger),
    Column("state", states(PaymentState)),
    Column("sent_on", Date),
    Column("orders", BigInteger),
    Column("total", Money),
    Column("paid", Money),
)

payment_sums = Table(
    "payment_sums",
    VIEWS,
    Column("batch_id", BigInteger),
    Column("state", states(PaymentState)),
    Column("orders", BigInteger),
    Column("total", Money),
    Column("paid", Money),
)

verification_sums = Table(
    "verification_sums",  # of who was asked whether they received it: what they said
    VIEWS,
    Column("verification_id", BigInteger),
    Column("cycle_id", BigInteger),
    Column("stratum", String),
    Column("result", states(Confirmation)),
    Column("mismatch", states(MismatchState)),
    Column("households", BigInteger),
    Column("paid", Money),
    Column("received", Money),
)

message_sums = Table(
    "message_sums",
    VIEWS,
    Column("run_id", BigInteger),
    Column("state", states(MessageState)),
    Column("messages", BigInteger),
)
