"""What the pages about users ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session, aliased

from app.auth import sign_ins, tries
from app.auth.models import RoleGrant, SignIn, User
from app.auth.permissions import May
from app.auth.roles import GIVES
from core.actor import Actor
from core.clock import today
from core.errors import NotFound
from geo.models.areas import Area
from programs.models.organisations import Organisation
from programs.models.programs import Program


@dataclass(frozen=True)
class UserPage:
    """One user, and each role with what binds it."""

    user: User
    organisation: str | None
    grants: Sequence[Row[Any]]


@dataclass(frozen=True)
class Access:
    """How one user comes in: whether the address is locked, and where they are signed in."""

    locked_until: datetime | None
    sign_ins: Sequence[SignIn]


def users_page(session: Session, *, actor: Actor) -> list[UserPage]:
    """Everybody with an account, by name, with their roles."""
    actor.require(May.WRITE_USERS)
    listed = select(User, Organisation.name).outerjoin(
        Organisation, Organisation.id == User.organisation_id
    )
    given: dict[int, list[Row[Any]]] = {}
    for row in session.execute(_grants()):
        given.setdefault(row.user_id, []).append(row)
    return [
        UserPage(user, organisation, given.get(user.id, []))
        for user, organisation in session.execute(listed.order_by(User.name, User.id))
    ]


def user_page(session: Session, user_id: int, *, actor: Actor) -> UserPage:
    """One user.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.WRITE_USERS)
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(user=user_id)
    organisation = session.get(Organisation, user.organisation_id) if user.organisation_id else None
    grants = session.execute(_grants().where(RoleGrant.user_id == user_id)).all()
    return UserPage(user, organisation.name if organisation else None, grants)


def access_of(session: Session, user: User, *, actor: Actor) -> Access:
    """Whether somebody's address is locked, and where they are signed in."""
    actor.require(May.WRITE_USERS)
    until = tries.locked_until(session, user.email)
    return Access(until, sign_ins.those_of(session, user.id))


def _grants() -> Any:
    """Grants with what binds each, by name; `held` is whether one holds today, or will, or did."""
    now = today()
    held = case(
        (RoleGrant.starts_on > now, "later"), (RoleGrant.ends_on < now, "over"), else_="now"
    )
    runner = aliased(Organisation)
    return (
        select(
            RoleGrant.id,
            RoleGrant.user_id,
            RoleGrant.role,
            RoleGrant.starts_on,
            RoleGrant.ends_on,
            Area.name,
            Area.pcode,
            runner.name.label("runner"),
            Program.name.label("program"),
            held.label("held"),
        )
        .outerjoin(Area, Area.id == RoleGrant.area_id)
        .outerjoin(runner, runner.id == RoleGrant.organisation_id)
        .outerjoin(Program, Program.id == RoleGrant.program_id)
        .order_by(held == "over", RoleGrant.id)
    )


def named_who_may(session: Session, permission: str, *, but: set[int]) -> list[str]:
    """The names of those whose role lets them do something today, without some of them."""
    roles = [role for role, gives in GIVES.items() if permission in gives]
    now = today()
    given = (
        select(User.name)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            User.active,
            User.id.not_in(but),
            RoleGrant.role.in_(roles),
            func.coalesce(RoleGrant.starts_on, now) <= now,
            func.coalesce(RoleGrant.ends_on, now) >= now,
        )
    )
    return list(session.scalars(given.distinct().order_by(User.name)))
