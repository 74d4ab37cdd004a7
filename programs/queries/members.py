"""Who is in a cycle or in a program, by name, for those who may read names."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.paging import Page, page_of
from geo.models.areas import Area
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.models.programs import Benefit, Program
from programs.queries.reach import cycle_seen, within_programs
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.reach import people_within_reach


@dataclass(frozen=True)
class Standing:
    """A registrant in one program, and why."""

    program_id: int
    number: str
    program: str
    state: MembershipState
    reason: str | None
    changed_at: datetime


@dataclass(frozen=True)
class Received:
    """One thing a registrant is or was due, in which cycle, and how far it has come."""

    ern: str
    program: str
    cycle_id: int
    cycle: str
    benefit: str
    amount: Decimal
    currency: str
    state: EntitlementState
    at: datetime


def members_page(
    session: Session,
    cycle_id: int,
    *,
    actor: Actor,
    reason: LeftOut | None = None,
    after: str | None = None,
) -> Page[Any]:
    """The households of a cycle within reach by number; with a reason, those it leaves out.

    Columns: `registrant_id, name, area, pcode, people, state, reason, program, number`; the
    program that serves a household already is named to who may see it.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_REGISTRANTS)
    cycle_seen(session, cycle_id, actor=actor)
    served_by = (Program.id == CycleMember.by_program_id) & within_programs(actor, Program.id)
    listed = (
        select(
            CycleMember.registrant_id,
            Registrant.name,
            Area.name.label("area"),
            Area.pcode,
            CycleMember.people,
            CycleMember.state,
            CycleMember.reason,
            Program.name.label("program"),
            Registrant.number,
        )
        .join(Registrant, Registrant.id == CycleMember.registrant_id)
        .outerjoin(Area, Area.id == CycleMember.area_id)
        .outerjoin(Program, served_by)
        .where(CycleMember.cycle_id == cycle_id)
        .where(people_within_reach(actor, CycleMember.registrant_id, CycleMember.area_id))
    )
    if reason is not None:
        listed = listed.where(CycleMember.reason == reason)
    return page_of(session, listed, Registrant.number, after)


def standings_of(session: Session, registrant_id: int, *, actor: Actor) -> list[Standing]:
    """The programs a registrant is or was in; the caller has shown that they may see them."""
    actor.require(May.READ_REGISTRANTS)
    listed = (
        select(
            Program.id,
            Program.number,
            Program.name,
            ProgramMembership.state,
            ProgramMembership.reason,
            ProgramMembership.changed_at,
        )
        .join(Program, Program.id == ProgramMembership.program_id)
        .where(ProgramMembership.registrant_id == registrant_id)
        .where(within_reach(actor, ProgramMembership.area_id), within_programs(actor, Program.id))
        .order_by(ProgramMembership.changed_at.desc())
    )
    return [Standing(*row) for row in session.execute(listed)]


def received_by(session: Session, registrant_id: int, *, actor: Actor) -> list[Received]:
    """What a registrant is or was due, newest first."""
    actor.require(May.READ_REGISTRANTS)
    listed = (
        select(
            Entitlement.ern,
            Program.name,
            Cycle.id,
            Cycle.name,
            Benefit.name,
            Entitlement.amount,
            Program.currency,
            Entitlement.state,
            Entitlement.created_at,
        )
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
        .where(Entitlement.registrant_id == registrant_id)
        .where(within_reach(actor, Entitlement.area_id), within_programs(actor, Program.id))
        .order_by(Entitlement.id.desc())
    )
    return [Received(*row) for row in session.execute(listed)]
