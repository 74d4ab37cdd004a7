"""The steps of a cycle: what is done, what is next, and what each has come to."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.clock import day_of, day_said
from core.money import said
from core.words import _, counted, figure_said
from programs.models.cycles import CycleState
from programs.models.entitlements import VoucherState
from programs.queries.standing import Standing

PAST_APPROVAL = (CycleState.APPROVED, CycleState.DISTRIBUTED, CycleState.ENDED)


@dataclass(frozen=True)
class Step:
    """One step as the stepper shows it; `state` is done, now or later."""

    key: str
    name: str
    note: str
    state: str


def steps_of(at: Standing) -> list[Step]:
    """The seven steps of a cycle; the first that is not done is the one to do now."""
    steps, state = [], "done"
    for key, name, note, done in _said(at):
        if state == "now":
            state = "later"
        elif state == "done" and not done:
            state = "now"
        steps.append(Step(key, name, note, state))
    return steps


def _said(at: Standing) -> Iterator[tuple[str, str, str, bool]]:
    approved = at.cycle.state in PAST_APPROVAL
    yield "list", _("List"), _list_note(at), True
    yield "eligible", _("Eligible"), _eligible_note(at), at.cycle.enrolled_at is not None
    prepared = at.cycle.prepared_at is not None
    total = said(at.total, at.program.currency) if prepared else ""
    yield "amounts", _("Amounts"), total, prepared
    yield "approval", _("Approval"), _approval_note(at), approved
    yield "payment", _("Payment"), _payment_note(at), approved and _paid(at)
    yield "hand_over", _("Hand-over"), _voucher_note(at), approved and _handed_over(at)
    yield "evidence", _("Evidence"), "", at.cycle.state is CycleState.ENDED


def _list_note(at: Standing) -> str:
    kept = day_said(day_of(at.roster.frozen_at)) if at.roster.frozen_at else ""
    return _("{count} kept, {day}", count=figure_said(at.roster.households_in or 0), day=kept)


def _eligible_note(at: Standing) -> str:
    if at.cycle.enrolled_at is None:
        return ""
    enrolled, asked = figure_said(at.members.households), figure_said(at.members.asked)
    return _("{enrolled} of {asked}", enrolled=enrolled, asked=asked)


def _approval_note(at: Standing) -> str:
    if at.approval is None:
        return ""
    signed, needed = len(at.signatures), at.approval.signers_needed
    return _("{signed} of {needed} signed", signed=signed, needed=needed)


def _paid(at: Standing) -> bool:
    return at.orders > 0 or not any(way.in_money and way.entitlements for way in at.ways)


def _payment_note(at: Standing) -> str:
    if at.orders:
        return counted("{count} order", "{count} orders", at.orders)
    return _("nothing in money") if _paid(at) and at.total else ""


def _handed_over(at: Standing) -> bool:
    by_card = [way for way in at.ways if not way.in_money]
    return all(way.redeemed == way.entitlements for way in by_card)


def _voucher_note(at: Standing) -> str:
    issued = sum(n for state, n in at.vouchers.items() if state is not VoucherState.VOID)
    if not issued:
        return _("nothing by card") if at.total and all(way.in_money for way in at.ways) else ""
    redeemed = figure_said(at.vouchers[VoucherState.REDEEMED])
    return _("{redeemed} of {issued}", redeemed=redeemed, issued=figure_said(issued))
