"""Programs, cycles and who is in them as documents: for the service and for the command line."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.money import round_to
from core.paging import Page
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.queries.closing import open_ends
from programs.queries.entitlements import states_of
from programs.queries.programs import ProgramLine, ProgramPage, program_page, programs_listed
from programs.queries.reconciliations import answered_of
from programs.queries.standing import Standing, standing_of

Document = dict[str, Any]


def all_told(session: Session, *, actor: Actor, archived: bool = False) -> list[Document]:
    """The programs an actor sees; of the archive those that are in it."""
    return [_line(each) for each in programs_listed(session, actor=actor, archived=archived)]


def program_told(session: Session, program: Program, *, actor: Actor) -> Document:
    """One program: what it is for, its money, and its cycles, newest first."""
    page = program_page(session, program.id, actor=actor)
    currency = program.currency
    return {
        **_named(program),
        "organisation": page.organisation,
        "archived": program.archived,
        "target": program.target,
        "currency": currency,
        "eligibility": program.eligibility or None,
        "benefits": [
            {"name": gift.name, "delivery": gift.delivery} for gift in page.gifts.values()
        ],
        "fund": {
            "posted": _money(page.balance.posted, currency),
            "bound": _money(page.balance.bound, currency),
            "free": _money(page.balance.free, currency),
        },
        "cycles": _cycles(page),
    }


def cycle_told(session: Session, cycle: Cycle, *, actor: Actor) -> Document:
    """One cycle: who is in it and who is left out, what they are due, how far that and its orders
    have come, and what is open. Its figures are sums of the whole cycle."""
    at = standing_of(session, cycle.id, actor=actor)
    currency = at.program.currency
    answered, ends = answered_of(session, cycle), open_ends(session, cycle)
    dues = states_of(session, cycle)
    return {
        "program": at.program.number,
        "number": cycle.number,
        "name": cycle.name,
        "state": cycle.state,
        "starts_on": cycle.starts_on,
        "list": at.roster.code,
        "enrolled_at": cycle.enrolled_at,
        "prepared_at": cycle.prepared_at,
        "members": _members(at),
        "currency": currency,
        "due": _money(at.total, currency),
        "cost": _money(at.cost, currency),
        "signatures": {"needed": at.signers_needed, "there": len(at.signatures)},
        "entitlements": {
            state.value: {"number": number, "total": _money(total, currency)}
            for state, (number, total) in dues.items()
        },
        "payments": {
            state.value: {"number": each.orders, "total": _money(each.total, currency)}
            for state, each in answered.says.items()
        },
        "paid": _money(answered.paid, currency),
        "vouchers": {state.value: number for state, number in at.vouchers.items() if number},
        "open": {"orders": ends.orders, "vouchers": ends.vouchers, "amounts": ends.amounts},
    }


def standings_told(page: Page[Any]) -> Document:
    """Members of a program, by number: where each stands, and why."""
    told = [
        {
            "number": row.number,
            "name": row.name,
            "area": row.area,
            "state": row.state,
            "reason": row.reason,
            "cause": row.cause,
            "since": row.changed_at,
        }
        for row in page.rows
    ]
    return {"members": told, "after": page.after}


def members_told(page: Page[Any]) -> Document:
    """Households of a cycle, by number: whether each is enrolled, and why not."""
    told = [
        {
            "number": row.number,
            "name": row.name,
            "area": row.pcode,
            "people": row.people,
            "state": row.state,
            "reason": row.reason,
            "served_by": row.program,
        }
        for row in page.rows
    ]
    return {"members": told, "after": page.after}


def amounts_told(page: Page[Any], currency: str) -> Document:
    """Amounts of a cycle, by number: whose each is, and how far it has come."""
    told = [
        {
            "ern": row.ern,
            "registrant": row.number,
            "area": row.area,
            "benefit": row.benefit,
            "amount": _money(row.amount, currency),
            "fee": _money(row.fee, currency),
            "received": _money(row.redeemed, currency),
            "currency": currency,
            "state": row.state,
            "rejected_for": row.rejected_for,
            "valid_until": row.valid_until,
            "order": row.order,
        }
        for row in page.rows
    ]
    return {"entitlements": told, "after": page.after}


def _line(line: ProgramLine) -> Document:
    currency = line.balance.currency
    return {
        **_named(line),
        "organisation": line.organisation,
        "currency": currency,
        "cycles": line.cycles,
        "posted": _money(line.balance.posted, currency),
        "free": _money(line.balance.free, currency),
    }


def _named(one: Program | ProgramLine) -> Document:
    return {"number": one.number, "name": one.name, "purposes": [*one.purposes], "state": one.state}


def _cycles(page: ProgramPage) -> list[Document]:
    return [
        {
            "number": cycle.number,
            "name": cycle.name,
            "state": cycle.state,
            "households": cycle.households,
            "due": _money(cycle.total, page.program.currency),
        }
        for cycle in page.cycles
    ]


def _members(at: Standing) -> Document:
    found = at.members
    return {
        "asked": found.asked,
        "enrolled": found.households,
        "people": found.people,
        "left_out": [
            {"reason": each.reason, "program": each.program, "households": each.households}
            for each in found.left_out
        ],
    }


def _money(amount: Decimal, currency: str) -> str:
    """An amount as text, with the digits its currency has."""
    return str(round_to(Decimal(amount), currency))
