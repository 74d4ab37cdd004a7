"""What reports say, in the language of who asks for them."""

from datetime import datetime
from decimal import Decimal

from app.request import actor
from app.web.targets import called
from core.clock import day_said, moment_said
from core.money import said
from core.words import _, bare, current, figure_said
from programs.documents.reports import Part, Report
from programs.models.memberships import LeftOut
from programs.models.payments import PaymentState
from programs.models.programs import FundEntryKind
from programs.queries.fund_statements import Statement
from programs.queries.reconciliations import Answered
from programs.queries.standing import Standing

MONEY = (0.52, 0.18, 0.3)
LEDGER = (0.2, 0.2, 0.26, 0.17, 0.17)
OF_CYCLES = (0.34, 0.22, 0.22, 0.22)


def cycle_report(at: Standing, answered: Answered, now: datetime) -> Report:
    """One cycle on paper: whom it asked, what it gives, who signed, what became of the money."""
    cycle, program = at.cycle, at.program
    parts = [
        Part(_("The list"), _list(at)),
        Part(_("Whom it helps"), _members(at)),
        Part(_("What it gives"), _ways(at), MONEY, _money_heads(), 1),
        Part(_("Signatures"), _signed(at)),
        Part(_("The money from each side"), _sides(at, answered), MONEY, _money_heads(), 1),
        Part(_("Files that left"), _files(at), (0.4, 0.6)),
    ]
    return Report(
        title=bare(_("Cycle {number}, {name}", number=cycle.number, name=cycle.name)),
        about=bare(f"{program.name}, {program.number}"),
        parts=[part for part in parts if part.rows],
        foot=_foot(now),
        rtl=current().direction == "rtl",
    )


def fund_report(told: Statement, now: datetime) -> Report:
    """A fund on paper: what it holds, each cycle's money, and every movement."""
    currency = told.program.currency
    held = [
        (_("Posted"), _money(told.balance.posted, currency)),
        (_("Bound by approved cycles"), _money(told.balance.bound, currency)),
        (_("Free"), _money(told.balance.free, currency)),
    ]
    cycles = [
        (
            bare(f"{each.number}, {each.name}"),
            _money(each.bound, currency),
            _money(each.bound_now, currency),
            _money(each.paid, currency),
        )
        for each in told.cycles
    ]
    heads = (_("Cycle"), _("Bound"), _("Bound now"), _("Paid out"))
    parts = [
        Part(_("What it holds"), held),
        Part(_("Cycles"), cycles, OF_CYCLES, heads, 1),
        Part(_("Movements"), _movements(told), LEDGER, _ledger_heads(), 3),
    ]
    return Report(
        title=_("Statement of the fund"),
        about=bare(f"{told.program.name}, {told.program.number}"),
        parts=[part for part in parts if part.rows],
        foot=_foot(now),
        rtl=current().direction == "rtl",
    )


def kind_said(kind: FundEntryKind) -> str:
    """What a movement of a fund is called."""
    known = {
        FundEntryKind.DEPOSIT: _("Posted"),
        FundEntryKind.COMMIT: _("Bound"),
        FundEntryKind.RELEASE: _("Set free"),
    }
    return known.get(kind, kind.value)


def _list(at: Standing) -> list[tuple[str, str]]:
    kept = day_said(at.roster.frozen_at.date()) if at.roster.frozen_at else ""
    rows = [(_("Name"), at.roster.name), (_("Kept on"), bare(kept))]
    rows.append((_("Digest of the list"), at.roster.hash or ""))
    return [*rows, (_("Rule"), at.cycle.rule or called(at.program.target)["every"])]


def _members(at: Standing) -> list[tuple[str, str]]:
    found = at.members
    rows = [
        (_("Asked about"), figure_said(found.asked)),
        (_("Enrolled"), figure_said(found.households)),
        (_("People in them"), figure_said(found.people)),
    ]
    out = [(_left_out(each.reason), figure_said(each.households)) for each in found.left_out]
    return [(bare(words), bare(figure)) for words, figure in (*rows, *out)]


def _left_out(reason: LeftOut) -> str:
    known = {
        LeftOut.INACTIVE: _("No longer in the registry"),
        LeftOut.DECLINED: _("Do not agree to receive help"),
        LeftOut.PAUSED: _("Paused in the program"),
        LeftOut.EXITED: _("Left the program"),
        LeftOut.RULE: _("Does not meet the rule"),
        LeftOut.SAME_PURPOSE: _("Served for the same purpose"),
    }
    why = known.get(reason, reason.value)
    return _("Left out: {why}", why=why)


def _ways(at: Standing) -> list[tuple[str, ...]]:
    currency = at.program.currency
    return [
        (way.benefit.name, bare(figure_said(way.entitlements)), _money(way.total, currency))
        for way in at.ways
        if way.entitlements
    ]


def _signed(at: Standing) -> list[tuple[str, str]]:
    if at.approval is None:
        return []
    rows = [(_("Digest of what was signed"), at.approval.hash)]
    signed = [
        (_("Signed by"), bare(f"{act.actor_name}, {moment_said(act.at)}")) for act in at.signatures
    ]
    return [*rows, *signed]


def _sides(at: Standing, answered: Answered) -> list[tuple[str, ...]]:
    currency = at.program.currency
    if not answered.instructed.orders:
        return []
    rows = [
        (_("Entitled, as it was signed"), answered.entitled.entitlements, answered.entitled.amount),
        (
            _("Instructed, the orders we made"),
            answered.instructed.orders,
            answered.instructed.total,
        ),
        *((_state_said(state), each.orders, each.total) for state, each in answered.says.items()),
    ]
    told = [(words, bare(figure_said(n)), _money(total, currency)) for words, n, total in rows]
    return [*told, (_("Paid out, in all"), "", _money(answered.paid, currency))]


def _state_said(state: PaymentState) -> str:
    known = {
        PaymentState.PAID: _("The provider says: paid"),
        PaymentState.PARTLY_PAID: _("The provider says: paid in part"),
        PaymentState.FAILED: _("The provider says: failed"),
        PaymentState.REVERSED: _("The provider says: reversed"),
        PaymentState.RECONCILED: _("Paid, and on the provider's file"),
    }
    return known.get(state, _("No answer yet"))


def _files(at: Standing) -> list[tuple[str, str]]:
    return [
        (bare(f"{file.name}, {moment_said(file.entry.at)}"), f"SHA-256 {file.digest}")
        for file in at.files
    ]


def _movements(told: Statement) -> list[tuple[str, ...]]:
    currency = told.program.currency
    return [
        (
            bare(moment_said(each.at)),
            kind_said(each.kind),
            bare(each.reference or each.cycle),
            _money(each.amount, currency),
            _money(each.free, currency),
        )
        for each in told.movements
    ]


def _ledger_heads() -> tuple[str, ...]:
    return _("When"), _("What"), _("Reference"), _("Amount"), _("Free then")


def _money_heads() -> tuple[str, ...]:
    return "", _("How many"), _("In all")


def _money(amount: Decimal, currency: str) -> str:
    return bare(said(amount, currency))


def _foot(now: datetime) -> str:
    return bare(_("Written out by {name}, {day}", name=actor().name, day=moment_said(now)))
