"""Who of what is due in a cycle a provider can pay, by which account, and why each other cannot."""

from collections.abc import Sequence
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
from programs.queries.targets import Whom
from registry.models.accounts import Account, AccountKind, AccountState
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Registrant, RegistrantState
from registry.queries.consents import ASSISTANCE, SHARING, declined

PHONE = r"^\+?[0-9]{7,15}$"
ACCOUNT = r"^[A-Z0-9]{4,34}$"
Others = Sequence[Select[Any]]
OUT = (MembershipState.PAUSED, MembershipState.EXITED)


def payable(cycle: Cycle, whom: Whom, fsp: Fsp, within_id: int | None) -> Select[*tuple[Any, ...]]:
    """What is approved of a cycle and goes by the provider's mechanism, one row each.

    Columns: `entitlement_id, registrant_id, area_id, amount, ern, account_id, contact_id, reason`.
    The account is their own, else of a household its head's, of a person that of the household or
    its head; for mobile money a wallet, else the main telephone number. Who was merged into
    another record is paid by that one's account. Sealed numbers cannot be looked over by the
    database: they are where they are opened.
    """
    payee = func.coalesce(Registrant.merged_into_id, Registrant.id)
    others = whom.beside(payee)
    account = _account(payee, others, fsp.mechanism)
    contact = _contact(payee, others, fsp.mechanism)
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


def _account(payee: ColumnElement[int], others: Others, mechanism: Delivery) -> Any:
    """The account of a payee, its own before those of others, the main one first."""
    kind = AccountKind.WALLET if mechanism is Delivery.MOBILE else AccountKind.BANK
    return (
        select(Account.id, Account.key)
        .where(
            literal(mechanism is not Delivery.CASH),
            Account.kind == kind,
            Account.state == AccountState.VALID,
            _theirs(Account.registrant_id, payee, others),
        )
        .order_by(
            *_own_first(Account.registrant_id, payee, others), Account.is_main.desc(), Account.id
        )
        .limit(1)
        .lateral("account")
    )


def _contact(payee: ColumnElement[int], others: Others, mechanism: Delivery) -> Any:
    """The main telephone number of a payee, its own before those of others."""
    return (
        select(Contact.id, Contact.key)
        .where(
            literal(mechanism is Delivery.MOBILE),
            Contact.kind == ContactKind.PHONE,
            _theirs(Contact.registrant_id, payee, others),
        )
        .order_by(
            *_own_first(Contact.registrant_id, payee, others), Contact.is_main.desc(), Contact.id
        )
        .limit(1)
        .lateral("contact")
    )


def _theirs(whose: Any, payee: ColumnElement[int], others: Others) -> ColumnElement[bool]:
    return or_(whose == payee, *(whose.in_(ids) for ids in others))


def _own_first(whose: Any, payee: ColumnElement[int], others: Others) -> list[ColumnElement[bool]]:
    """The payee's own before those of others, who come in their order."""
    return [whose != payee, *(whose.not_in(ids) for ids in others[:-1])]
