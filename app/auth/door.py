"""The door: every request is somebody's, unless its page is on the public list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask import g, request
from flask import session as cookie
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.auth import keys, second_factor, sign_ins
from app.auth.models import RoleGrant, SignIn, User
from app.auth.roles import AREAWIDE, NATIONWIDE, SECOND_FACTOR, permissions_of
from core.actor import NOBODY, Actor
from core.clock import today
from core.country import country
from core.errors import Forbidden, Refusal
from core.jobs import LIVE, Job
from core.words import PSEUDO, Language, language_of
from programs.queries.reach import people_of, programs_of
from registry.queries.terms import withheld_from

PUBLIC = frozenset(
    {
        None,
        "static",
        "sign_in.ask",
        "sign_in.enter",
        "sign_in.code",
        "sign_in.give_code",
        "sign_in.leave",
        "sign_in.welcome",
        "sign_in.settle",
        "account.language",
        "health.show",
        "brand.logo",
        "brand.sheet",
        "public_requests.new",
        "public_requests.send",
        "public_requests.received",
        "public_requests.ask",
        "public_requests.state",
        "callbacks.receive",
    }
)
SETTING_UP = PUBLIC | {
    "second_factor.show",
    "second_factor.begin",
    "second_factor.settle",
}


API = "/api/"


class SignInFirst(Refusal):
    """Sign in to see this page."""

    status = 401


class CodeFirst(Refusal):
    """Give the code of your phone to go on."""

    status = 401


class SetUpFirst(Forbidden):
    """Your role needs a second factor; set it up, then go on."""


class ConfirmFirst(Forbidden):
    """This moves money: confirm that it is you, then do it again."""


def admit(session: Session) -> tuple[Actor, Language]:
    """Who asks, and in which language they are answered.

    Raises:
        SignInFirst: nobody is signed in and the page is not public. CodeFirst: a password was
        given, the code is owed. SetUpFirst: they hold a role that needs a second factor.
        KeyUnknown: a program brought a key that opens nothing.
    """
    if request.path.startswith(API) and (key := keys.sent(request.authorization)):
        return _by_key(session, key), language_of(_preferred())
    known = sign_ins.found(session, cookie.get("sign_in", ""))
    if known is None:
        _only(PUBLIC, SignInFirst)
        return NOBODY, language_of(cookie.get("language") or _preferred())
    g.sign_in, user = known
    g.language = language_of(cookie.get("language") or user.language)
    if not g.sign_in.whole:
        _only(PUBLIC, CodeFirst)
        return NOBODY, g.language
    return _let_in(session, user), g.language


def _let_in(session: Session, user: User) -> Actor:
    """Somebody who is signed in wholly, with today's roles."""
    grants = grants_of(session, user)
    if owes_second_factor(user, grants):
        _only(SETTING_UP, SetUpFirst)
        return Actor(user.id, user.name, frozenset())
    actor = actor_of(session, user, grants)
    sign_ins.see(session, g.sign_in)
    g.roles = list(dict.fromkeys(grant.role for grant in grants))
    live = select(func.count()).where(Job.actor_id == actor.id, Job.state.in_(LIVE))
    g.jobs_running = session.scalar(live)
    return actor


def _by_key(session: Session, whole: str) -> Actor:
    """Somebody's program, which no browser sends here for somebody else: it needs no token."""
    key, user = keys.found(session, whole)
    grants = grants_of(session, user)
    if owes_second_factor(user, grants):
        raise SetUpFirst
    g.by_key = key
    return keys.bound(actor_of(session, user, grants), key)


def _only(pages: frozenset[str | None], refusal: type[Refusal]) -> None:
    if request.endpoint not in pages:
        raise refusal


def owes_second_factor(user: User, grants: Sequence[RoleGrant]) -> bool:
    """Whether somebody has to set up a second factor before anything else."""
    return user.second_since is None and any(grant.role in SECOND_FACTOR for grant in grants)


def require_confirmed() -> None:
    """Refuse unless whoever is signed in proved lately to be there themselves.

    Raises:
        ConfirmFirst
    """
    if not sign_ins.is_confirmed(here()):
        raise ConfirmFirst


def here() -> SignIn:
    """The sign-in of this browser, whole or half."""
    sign_in: SignIn | None = g.get("sign_in")
    if sign_in is None:
        raise SignInFirst
    return sign_in


def grants_of(session: Session, user: User) -> Sequence[RoleGrant]:
    """The roles that hold for a user today, in the country's time zone."""
    holds = select(RoleGrant).where(
        RoleGrant.user_id == user.id,
        or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= today()),
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today()),
    )
    return session.scalars(holds.order_by(RoleGrant.id)).all()


def actor_of(session: Session, user: User, grants: Sequence[RoleGrant]) -> Actor:
    """The actor a user is by their roles.

    A grant bound to an area binds all of them: who is a registrar of one district and a viewer of
    the whole country acts in the district alone. So does one bound to a program, or to those an
    organisation runs at this moment.
    """
    areas = frozenset(grant.area_id for grant in grants if grant.area_id is not None)
    actor = Actor(
        id=user.id,
        name=user.name,
        permissions=permissions_of({grant.role for grant in grants}),
        area_ids=areas,
        national=bool(grants) and not areas,
        withheld=withheld_from(session, {grant.role for grant in grants}),
        roles=frozenset(grant.role.value for grant in grants),
        organisation_id=user.organisation_id,
    )
    bound = [grant for grant in grants if grant.program_id or grant.organisation_id]
    return bound_to(actor, _programs(session, bound)) if bound else actor


def bound_to(actor: Actor, program_ids: frozenset[int]) -> Actor:
    """An actor who sees some programs only, and no people but theirs unless bound to areas too."""
    beyond = NATIONWIDE | AREAWIDE if actor.national else NATIONWIDE
    return replace(
        actor,
        permissions=actor.permissions - beyond,
        program_ids=program_ids,
        people=people_of(program_ids) if actor.national else None,
    )


def _programs(session: Session, grants: Sequence[RoleGrant]) -> frozenset[int]:
    given = {grant.program_id for grant in grants if grant.program_id is not None}
    runners = {grant.organisation_id for grant in grants if grant.organisation_id is not None}
    theirs = session.scalars(programs_of(frozenset(runners))) if runners else ()
    return frozenset(given).union(theirs)


def enter(session: Session, user: User) -> None:
    """Sign a person in on this browser, as far as a password goes."""
    whole = user.second_since is None
    browser = sign_ins.Browser(request.remote_addr or "", request.user_agent.string)
    if owes_second_factor(user, grants_of(session, user)):
        second_factor.begin(user)
    g.sign_in, token = sign_ins.begin(session, user, browser, whole=whole)
    cookie.clear()
    cookie["sign_in"] = token


def leave() -> None:
    """Sign the person of this browser out."""
    if "sign_in" in g:
        g.sign_in.ended_at = datetime.now(UTC)
    cookie.clear()


def _preferred() -> str:
    """The language the browser asks for, of those the country offers; else the country's first."""
    asked = request.accept_languages
    if asked.best == PSEUDO:
        return PSEUDO
    return asked.best_match(country().languages) or country().language
