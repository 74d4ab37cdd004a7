"""The door: every request is somebody's, unless its page is on the public list."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.auth.models import RoleGrant, User
from app.auth.roles import GIVES
from core.actor import NOBODY, Actor
from core.errors import Refusal
from core.jobs import LIVE, Job
from core.settings import settings
from core.words import Language, language_of

PUBLIC = frozenset(
    {
        None,
        "static",
        "sign_in.ask",
        "sign_in.enter",
        "sign_in.leave",
        "sign_in.welcome",
        "sign_in.settle",
        "account.language",
        "health.show",
    }
)


class SignInFirst(Refusal):
    """Sign in to see this page."""

    status = 401


class SignedIn:
    """What the cookie stands for: a user, as long as their password stays what it was."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """Key and the tail of the password hash: a new password ends all other sessions."""
        return f"{self.user.id}:{(self.user.password_hash or '')[-12:]}"


def init_app(app: Flask) -> None:
    """Let Flask-Login keep who is signed in."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_known)


def _known(cookie_id: str) -> SignedIn | None:
    key, _colon, _tail = cookie_id.partition(":")
    user = g.session.get(User, int(key))
    known = SignedIn(user) if user is not None and user.active else None
    return known if known and known.get_id() == cookie_id else None


def admit(session: Session) -> tuple[Actor, Language]:
    """Who asks, and in which language they are answered.

    Raises:
        SignInFirst: nobody is signed in and the page is not public.
    """
    if not current_user.is_authenticated:
        if request.endpoint not in PUBLIC:
            raise SignInFirst
        return NOBODY, language_of(cookie.get("language") or _preferred())
    user: User = current_user.user
    grants = grants_of(session, user)
    actor = actor_of(user, grants)
    g.roles = list(dict.fromkeys(grant.role for grant in grants))
    live = select(func.count()).where(Job.actor_id == actor.id, Job.state.in_(LIVE))
    g.jobs_running = session.scalar(live)
    return actor, language_of(cookie.get("language") or user.language)


def grants_of(session: Session, user: User) -> Sequence[RoleGrant]:
    """The roles that hold for a user today, in the country's time zone."""
    today = datetime.now(UTC).astimezone(ZoneInfo(settings().timezone)).date()
    holds = select(RoleGrant).where(
        RoleGrant.user_id == user.id,
        or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= today),
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
    )
    return session.scalars(holds.order_by(RoleGrant.id)).all()


def actor_of(user: User, grants: Sequence[RoleGrant]) -> Actor:
    """The actor a user is by their roles.

    A grant bound to an area binds all of them: who is a registrar of one district and a viewer of
    the whole country acts in the district alone.
    """
    areas = frozenset(grant.area_id for grant in grants if grant.area_id is not None)
    return Actor(
        id=user.id,
        name=user.name,
        permissions=frozenset().union(*(GIVES[grant.role] for grant in grants)),
        area_ids=areas,
        national=bool(grants) and not areas,
    )


def enter(user: User) -> None:
    """Sign a person in on this browser."""
    cookie.clear()
    login_user(SignedIn(user))


def leave() -> None:
    """Sign the person of this browser out."""
    logout_user()
    cookie.clear()


def _preferred() -> str:
    return request.accept_languages.best or "en"
