"""Users: making them, keeping them out, giving and ending roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import passwords, sign_ins, tries
from app.auth.addresses import as_kept
from app.auth.models import RoleGrant, User
from app.auth.permissions import May
from app.auth.roles import SECOND_FACTOR, Role, clashes, role_name, why_not_together
from core import audit
from core.actor import NOBODY, Actor
from core.country import country
from core.errors import Conflict, Forbidden, Invalid, NotFound


class LinkSpent(Forbidden):
    """This link was used or is over three days old; ask an administrator for a new one."""


class NotTheFirst(Conflict):
    """There is an administrator already; ask one of them for a link."""


class OwnRoles(Forbidden):
    """Nobody changes their own roles; ask another administrator."""


class RolesExclude(Conflict):
    """Nobody is {one} and {other} at the same time: {why} Give one of them to somebody else."""


class DaysReversed(Invalid):
    """A role cannot end before it begins; choose the days the other way round."""


@dataclass(frozen=True)
class Bounds:
    """Where and when a role holds; what is not said binds nothing."""

    area_id: int | None = None
    organisation_id: int | None = None
    program_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None


EVERYWHERE = Bounds()


@dataclass(frozen=True)
class Invited:
    """A user just made, or let in anew, and the token of the one-time link for them."""

    user_id: int
    token: str


def invite(
    session: Session,
    name: str,
    email: str,
    *,
    roles: list[Role],
    actor: Actor,
    organisation_id: int | None = None,
) -> Invited:
    """Make a user, with roles everywhere, and a one-time link to set a password.

    Raises:
        Forbidden, EmailWrong, RolesExclude; Conflict where the address is in use.
    """
    actor.require(May.WRITE_USERS)
    _refuse_excluded(roles)
    user = User(
        name=name.strip(),
        email=as_kept(email),
        organisation_id=organisation_id,
        language=country().language,
    )
    with audit.act(session, actor, "users.invite", user) as figures:
        session.add(user)
        session.flush()
        session.add_all(RoleGrant(user_id=user.id, role=role, given_by=actor.id) for role in roles)
        figures.update(email=user.email, roles=", ".join(roles))
        return Invited(user.id, passwords.new_link(user))


def invite_first(session: Session) -> str:
    """The token of a one-time link for the first administrator of an empty platform.

    Raises:
        NotTheFirst: somebody has signed in here before.
    """
    if session.scalar(select(func.count()).where(User.password_hash.is_not(None))):
        raise NotTheFirst
    first = User(name="Administrator", email="first@highground.example")
    user = session.scalar(select(User)) or first
    with audit.act(session, NOBODY, "users.invite_first", user):
        session.add(user)
        session.flush()
        if session.scalar(select(RoleGrant).filter_by(user_id=user.id)) is None:
            session.add(RoleGrant(user_id=user.id, role=Role.ADMINISTRATOR))
        return passwords.new_link(user)


def renew_link(session: Session, user_id: int, *, actor: Actor) -> Invited:
    """A new one-time link for who cannot sign in; their password stays until it is used."""
    actor.require(May.WRITE_USERS)
    user = _found(session, user_id)
    with audit.act(session, actor, "users.renew_link", user):
        return Invited(user.id, passwords.new_link(user))


def behind(session: Session, token: str) -> User:
    """The user a one-time link was made for.

    Raises:
        LinkSpent: it was used, is too old, or never was.
    """
    of_link = select(User).where(User.link_digest == passwords.digest(token))
    user = session.scalar(of_link.with_for_update())
    if user is None or user.link_until is None or user.link_until < datetime.now(UTC):
        raise LinkSpent
    return user


def settle(session: Session, token: str, *, name: str, email: str, password: str) -> User:
    """Set name, address and password by a one-time link, which is spent with it.

    Whatever was signed in before is out, and an address that was locked is unlocked.

    Raises:
        LinkSpent, EmailWrong, PasswordTooShort
    """
    user = behind(session, token)
    actor = Actor(id=user.id, name=name, permissions=frozenset())
    with audit.act(session, actor, "users.settle", user) as figures:
        figures["ended"] = sign_ins.end_all(session, user)
        figures["unlocked"] = tries.locked_until(session, user.email) is not None
        tries.forget(session, user.email)
        user.name, user.email = name.strip() or user.name, as_kept(email)
        user.password_hash = passwords.hashed(password)
        user.link_digest = user.link_until = None
        return user


def give_role(
    session: Session, user_id: int, role: Role, bounds: Bounds = EVERYWHERE, *, actor: Actor
) -> None:
    """Give somebody a role, everywhere or within bounds, for good or for some days.

    Who is to set up a second factor for it is signed out, so that they prove themselves first.

    Raises:
        Forbidden, OwnRoles, NotFound, DaysReversed, RolesExclude
    """
    actor.require(May.WRITE_USERS)
    user = _other(session, user_id, actor)
    grant = RoleGrant(user_id=user.id, role=role, given_by=actor.id, **vars(bounds))
    _refuse_days(grant)
    for held in session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)):
        if _overlap(held, grant):
            _refuse_excluded([held.role, role])
    with audit.act(session, actor, "users.give_role", user) as figures:
        session.add(grant)
        figures.update(_told(grant))
        if role in SECOND_FACTOR and user.second_since is None:
            figures["ended"] = sign_ins.end_all(session, user)


def end_role(session: Session, grant_id: int, *, actor: Actor) -> None:
    """Take a role back; it ends at once.

    Raises:
        Forbidden, OwnRoles, NotFound
    """
    actor.require(May.WRITE_USERS)
    grant = session.get(RoleGrant, grant_id)
    if grant is None:
        raise NotFound(grant=grant_id)
    user = _other(session, grant.user_id, actor)
    with audit.act(session, actor, "users.end_role", user) as figures:
        figures.update(_told(grant))
        session.delete(grant)


def employ(session: Session, user_id: int, organisation_id: int | None, *, actor: Actor) -> None:
    """Say whom somebody works for, or that it is none of the organisations.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.WRITE_USERS)
    user = _found(session, user_id)
    with audit.act(session, actor, "users.employ", user) as figures:
        user.organisation_id = organisation_id
        figures.update(organisation=organisation_id)


def keep_out(session: Session, user_id: int, *, actor: Actor) -> None:
    """Keep somebody out from their next request on."""
    actor.require(May.WRITE_USERS)
    user = _other(session, user_id, actor)
    with audit.act(session, actor, "users.keep_out", user) as figures:
        user.active = False
        figures["ended"] = sign_ins.end_all(session, user)


def let_back(session: Session, user_id: int, *, actor: Actor) -> None:
    """Let somebody sign in again."""
    actor.require(May.WRITE_USERS)
    user = _other(session, user_id, actor)
    with audit.act(session, actor, "users.let_back", user):
        user.active = True


def unlock(session: Session, user_id: int, *, actor: Actor) -> None:
    """Let somebody try again at once after too many wrong tries.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.WRITE_USERS)
    user = _found(session, user_id)
    with audit.act(session, actor, "users.unlock", user):
        tries.forget(session, user.email)


def sign_out(session: Session, user_id: int, sign_in_id: int, *, actor: Actor) -> None:
    """End one of the sign-ins of somebody.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.WRITE_USERS)
    sign_ins.end(session, _found(session, user_id), sign_in_id, actor=actor)


def sign_out_everywhere(session: Session, user_id: int, *, actor: Actor) -> None:
    """End all sign-ins of somebody else.

    Raises:
        Forbidden, OwnRoles, NotFound
    """
    actor.require(May.WRITE_USERS)
    user = _other(session, user_id, actor)
    sign_ins.end_others(session, user, 0, actor=actor)


def _refuse_days(grant: RoleGrant) -> None:
    if grant.starts_on and grant.ends_on and grant.ends_on < grant.starts_on:
        raise DaysReversed


def _refuse_excluded(roles: Sequence[Role]) -> None:
    for pair in clashes(roles):
        one, other = (role_name(role) for role in pair)
        raise RolesExclude(one=one, other=other, why=why_not_together(pair))


def _overlap(one: RoleGrant, other: RoleGrant) -> bool:
    """Whether two roles hold on a same day."""
    return (one.starts_on or date.min) <= (other.ends_on or date.max) and (
        other.starts_on or date.min
    ) <= (one.ends_on or date.max)


def _told(grant: RoleGrant) -> dict[str, object]:
    """What the trail tells of a grant: its role, and what binds it."""
    told = {name: getattr(grant, name) for name in vars(EVERYWHERE)}
    return {"role": grant.role} | {name: value for name, value in told.items() if value is not None}


def _found(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(user=user_id)
    return user


def _other(session: Session, user_id: int, actor: Actor) -> User:
    if user_id == actor.id:
        raise OwnRoles
    return _found(session, user_id)
