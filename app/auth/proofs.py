"""Proving who one is: by password, by code, and again before money is moved."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import passwords, second_factor, sign_ins, tries
from app.auth.addresses import as_kept
from app.auth.models import RoleGrant, SignIn, User
from app.auth.permissions import May
from app.auth.roles import SECOND_FACTOR
from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict, Forbidden, NotFound


class SignInWrong(Forbidden):
    """The address or the password is wrong; look at both, or ask an administrator for a link."""


class CodeWrong(Forbidden):
    """This code is wrong or was used before; wait for the next one your phone shows."""


class SecondFactorThere(Conflict):
    """A second factor is set up already; ask an administrator to take it away first."""


class SecondFactorNeeded(Forbidden):
    """Your role needs a second factor, so it cannot be switched off."""


class NoSecondFactor(Conflict):
    """There is no second factor here; set one up first."""


class OwnSecondFactor(Forbidden):
    """Nobody takes away their own second factor; ask another administrator."""


@dataclass(frozen=True)
class Proof:
    """What somebody types to show it is they: the password, and a code where one is needed."""

    password: str
    code: str = ""


def let_in(session: Session, email: str, password: str) -> User:
    """The user this address and password belong to; whether a code is owed is another question.

    Raises:
        SignInWrong: they belong to nobody who may sign in. TriedTooOften; EmailWrong.
    """
    address = as_kept(email)
    tried = tries.count(address)
    user = session.scalar(select(User).where(User.email == address))
    if not passwords.fits(user, password) or user is None:
        raise tries.lock(tried, user) or SignInWrong()
    tries.take_back(tried)
    if user.second_since is None:
        _came_in(session, user)
    return user


def give_code(session: Session, sign_in: SignIn, code: str) -> None:
    """Make a half sign-in whole by a code of the phone, or one of the recovery codes.

    Raises:
        CodeWrong, TriedTooOften
    """
    user = session.get_one(User, sign_in.user_id)
    _check_code(session, user, code)
    sign_in.whole, sign_in.confirmed_at = True, datetime.now(UTC)
    _came_in(session, user)


def confirm(session: Session, sign_in: SignIn, proof: Proof) -> None:
    """Prove to be there oneself; for some minutes it lets money be moved.

    Raises:
        SignInWrong, CodeWrong, TriedTooOften
    """
    user = session.get_one(User, sign_in.user_id)
    _check_password(user, proof.password)
    if user.second_since is not None:
        _check_code(session, user, proof.code)
    with audit.act(session, _self(user), "users.confirm", user):
        tries.forget(session, user.email)
        sign_in.confirmed_at = datetime.now(UTC)


def change_password(session: Session, sign_in: SignIn, old: str, new: str) -> None:
    """Change one's own password; all one's other sign-ins end with it.

    Raises:
        SignInWrong: the old one does not fit. PasswordTooShort, TriedTooOften.
    """
    user = session.get_one(User, sign_in.user_id)
    _check_password(user, old)
    with audit.act(session, _self(user), "users.change_password", user) as figures:
        user.password_hash = passwords.hashed(new)
        figures["ended"] = sign_ins.end_all(session, user, but=sign_in.id)


def begin_second_factor(session: Session, user_id: int) -> None:
    """Make the key of one's own second factor, which counts once a code of it was right.

    Raises:
        SecondFactorThere
    """
    user = session.get_one(User, user_id)
    if user.second_since is not None:
        raise SecondFactorThere
    second_factor.begin(user)


def settle_second_factor(session: Session, sign_in: SignIn, code: str) -> list[str]:
    """Switch one's own second factor on by its first code; answers the recovery codes.

    Raises:
        SecondFactorThere, NoSecondFactor, CodeWrong, TriedTooOften
    """
    user = session.get_one(User, sign_in.user_id)
    if user.second_since is not None:
        raise SecondFactorThere
    if user.second_key is None:
        raise NoSecondFactor
    _check_code(session, user, code)
    with audit.act(session, _self(user), "users.settle_second_factor", user) as figures:
        sign_in.confirmed_at = datetime.now(UTC)
        figures["ended"] = sign_ins.end_all(session, user, but=sign_in.id)
        return second_factor.settle(session, user)


def renew_codes(session: Session, user_id: int) -> list[str]:
    """Make oneself ten new recovery codes; the old ones open nothing any more.

    Raises:
        NoSecondFactor
    """
    user = session.get_one(User, user_id)
    if user.second_since is None:
        raise NoSecondFactor
    with audit.act(session, _self(user), "users.renew_codes", user):
        return second_factor.new_codes(session, user)


def drop_second_factor(session: Session, user_id: int) -> None:
    """Switch off one's own second factor, where no role needs it.

    Raises:
        NoSecondFactor, SecondFactorNeeded
    """
    user = session.get_one(User, user_id)
    if user.second_since is None:
        raise NoSecondFactor
    if needs_second_factor(session, user.id):
        raise SecondFactorNeeded
    with audit.act(session, _self(user), "users.drop_second_factor", user):
        second_factor.drop(session, user)


def reset_second_factor(session: Session, user_id: int, *, actor: Actor) -> None:
    """Take away somebody's second factor, for a phone that is lost; they are signed out.

    Raises:
        Forbidden, OwnSecondFactor, NotFound, NoSecondFactor
    """
    actor.require(May.WRITE_USERS)
    if user_id == actor.id:
        raise OwnSecondFactor
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(user=user_id)
    if user.second_key is None:
        raise NoSecondFactor
    with audit.act(session, actor, "users.reset_second_factor", user) as figures:
        second_factor.drop(session, user)
        figures["ended"] = sign_ins.end_all(session, user)


def needs_second_factor(session: Session, user_id: int) -> bool:
    """Whether somebody holds, or will hold, a role that needs a second factor."""
    now = today()
    held = select(RoleGrant.id).where(
        RoleGrant.user_id == user_id,
        RoleGrant.role.in_(SECOND_FACTOR),
        (RoleGrant.ends_on >= now) | RoleGrant.ends_on.is_(None),
    )
    return session.scalar(held.limit(1)) is not None


def _check_password(user: User, password: str) -> None:
    tried = tries.count(user.email)
    if not passwords.fits(user, password):
        raise tries.lock(tried, user) or SignInWrong()
    tries.take_back(tried)


def _check_code(session: Session, user: User, code: str) -> None:
    tried = tries.count(user.email)
    if not second_factor.fits(session, user, code):
        raise tries.lock(tried, user) or CodeWrong()
    tries.take_back(tried)


def _came_in(session: Session, user: User) -> None:
    with audit.act(session, _self(user), "users.sign_in", user):
        tries.forget(session, user.email)


def _self(user: User) -> Actor:
    return Actor(id=user.id, name=user.name, permissions=frozenset())
