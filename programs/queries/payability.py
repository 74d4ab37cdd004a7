"""Who of what is due in a cycle a provider can pay, by which account, and why each other cannot."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from geo.models.areas import Area
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.fsps import Fsp
from programs.models.memberships import MembershipState, ProgramMembership
from programs.models.payments import LeftUnpaid, Unpayable
from programs.models.programs import Benefit, Delivery
from registry.models.accounts import Account, AccountKind, AccountState
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Membership, Registrant, RegistrantState
from registry.queries.consents import ASSISTANCE, SHARING, declined

HEAD = "head"
PHONE = r"^\+?[0-9]{7,15}$"
ACCOUNT = r"^[A-Z0-9]{4,34}$"
OUT = (MembershipState.PAUSED, MembershipState.EXITED)


def payable(cycle: Cycle, fsp: Fsp, within_id: int | None) -> Select[*tuple[Any, ...]]:
    """What is approved of a cycle and goes by the provider's mechanism, one row each.

    Columns: `entitlement_id, registrant_id, area_id, amount, ern, account_id, contact_id, reason`.
    The account is the household's own, else its head's; for mobile money a wallet, else the main
    telephone number. Who was merged into another record is paid by that one's account. Sealed
    numbers cannot be looked over by the database: they are where they are opened.
    """
    payee = func.coalesce(Registrant.merged_into_id, Registrant.id)
    account, contact = _account(payee, fsp.mechanism), _contact(payee, fsp.mechanism)
    at, why = aliased(Registrant), _reasons(fsp, payee, account, contact)
    asked = (
        select(
            Entitlement.id.label("entitlement_id"),
            Entitlement.registrant_id,
            Entitlement.area_id,
            Entitlement.amount,
            Entitlement.ern,
            account.c.id.label("account_id"),
            case((account.c.id.is_(None), contact.c.id)).label("contact_id"),
            why(at).label("reason"),
        )
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
        .join(Registrant, Registrant.id == Entitlement.registrant_id)
        .join(at, at.id == payee)
        .outerjoin(
            ProgramMembership,
            and_(
                ProgramMembership.program_id == cycle.program_id,
                ProgramMembership.registrant_id == Entitlement.registrant_id,
            ),
        )
        .outerjoin(account, true())
        .outerjoin(contact, true())
        .where(
            Entitlement.cycle_id == cycle.id,
            Entitlement.state == EntitlementState.APPROVED,
            Benefit.delivery == fsp.mechanism,
        )
    )
    if within_id is None:
        return asked
    inside = select(Area.id).where(Area.path.contains([within_id]))
    return asked.where(Entitlement.area_id.in_(inside))


def _reasons(fsp: Fsp, payee: ColumnElement[int], account: Any, contact: Any) -> Any:
    """The first reason that holds, of a registrant who is to be paid."""
    kind = LeftUnpaid.reason.type

    def first(at: Any) -> ColumnElement[Any]:
        found: list[tuple[ColumnElement[bool], Unpayable]] = [
            (at.state != RegistrantState.ACTIVE, Unpayable.INACTIVE),
            (payee.in_(declined(ASSISTANCE)), Unpayable.DECLINED),
            (payee.in_(declined(SHARING)), Unpayable.NOT_SHARED),
            (ProgramMembership.state.in_(OUT), Unpayable.PAUSED),
        ]
        if fsp.mechanism is not Delivery.CASH:
            neither = account.c.id.is_(None) & contact.c.id.is_(None)
            bad = or_(
                _odd(account.c.key, _shape(fsp)),
                account.c.id.is_(None) & _odd(contact.c.key, PHONE),
            )
            found += [(neither, Unpayable.NO_ACCOUNT), (bad, Unpayable.BAD_ACCOUNT)]
        if fsp.most is not None:
            found.append((Entitlement.amount > fsp.most, Unpayable.OVER_LIMIT))
        return case(*((holds, literal(why, kind)) for holds, why in found))

    return first


def _shape(fsp: Fsp) -> str:
    return PHONE if fsp.mechanism is Delivery.MOBILE else ACCOUNT


def _odd(number: ColumnElement[str], shape: str) -> ColumnElement[bool]:
    """Whether a number that can be read is none."""
    digest = number.contains(":")
    return func.coalesce(~digest & ~number.regexp_match(shape), False)


def _account(payee: ColumnElement[int], mechanism: Delivery) -> Any:
    """The account of a payee, its own before its head's, the main one first."""
    kind = AccountKind.WALLET if mechanism is Delivery.MOBILE else AccountKind.BANK
    return (
        select(Account.id, Account.key)
        .where(
            literal(mechanism is not Delivery.CASH),
            Account.kind == kind,
            Account.state == AccountState.VALID,
            or_(Account.registrant_id == payee, Account.registrant_id.in_(_heads(payee))),
        )
        .order_by(Account.registrant_id != payee, Account.is_main.desc(), Account.id)
        .limit(1)
        .lateral("account")
    )


def _contact(payee: ColumnElement[int], mechanism: Delivery) -> Any:
    """The main telephone number of a payee, its own before its head's."""
    return (
        select(Contact.id, Contact.key)
        .where(
            literal(mechanism is Delivery.MOBILE),
            Contact.kind == ContactKind.PHONE,
            or_(Contact.registrant_id == payee, Contact.registrant_id.in_(_heads(payee))),
        )
        .order_by(Contact.registrant_id != payee, Contact.is_main.desc(), Contact.id)
        .limit(1)
        .lateral("contact")
    )


def _heads(payee: ColumnElement[int]) -> Select[int]:
    heads = select(Membership.member_id).where(
        Membership.group_id == payee, Membership.kind == HEAD, Membership.ended_on.is_(None)
    )
    return heads.correlate(Registrant)
