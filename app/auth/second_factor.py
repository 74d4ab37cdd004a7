"""The second factor: codes of six figures that change every half minute (TOTP, RFC 6238)."""

import base64
import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime

import pyotp
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.auth.models import RecoveryCode, User
from core.country import country
from core.crypto import opened, sealed
from core.db import changed

PERIOD = 30  # seconds a code is good for
DRIFT = 1  # steps a phone's clock may be ahead or behind
CODES = 10


def begin(user: User) -> None:
    """Make the key of somebody who has none yet; it counts once a first code was right."""
    if user.second_key is None:
        user.second_key = sealed(pyotp.random_base32())


def key_of(user: User) -> str:
    """The key a phone has to know, for as long as no code of it was given."""
    if user.second_key is None or user.second_since is not None:
        raise LookupError(user.id)
    return opened(user.second_key)


def address_of(user: User) -> str:
    """What the square code says to the phone: the key, and whose it is."""
    issuer = country().platform or "Highground"
    return pyotp.TOTP(key_of(user)).provisioning_uri(name=user.email, issuer_name=issuer)


def settle(session: Session, user: User) -> list[str]:
    """From now on the key counts; answers the recovery codes, which are readable only here."""
    user.second_since = datetime.now(UTC)
    return new_codes(session, user)


def keep(user: User, key: str) -> None:
    """Give somebody a key that counts at once."""
    user.second_key, user.second_since = sealed(key), datetime.now(UTC)


def drop(session: Session, user: User) -> None:
    """Take somebody's second factor away, with all that belongs to it."""
    user.second_key = user.second_since = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def new_codes(session: Session, user: User) -> list[str]:
    """Ten new recovery codes in place of those there are."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    made = [_written(base64.b32encode(secrets.token_bytes(10)).decode()) for _ in range(CODES)]
    rows = [{"user_id": user.id, "digest": _digest(code)} for code in made]
    session.execute(insert(RecoveryCode), rows)
    return made


def codes_left(session: Session, user: User) -> int:
    """How many recovery codes somebody has not used yet."""
    return session.scalars(select(func.count()).where(RecoveryCode.user_id == user.id)).one()


def fits(session: Session, user: User, typed: str) -> bool:
    """Whether a code is right now, or is one of the recovery codes; each is taken once."""
    bare = "".join(typed.split()).replace("-", "").upper()
    return _is_current(session, user, bare) or _recovers(session, user, bare)


def code_at(key: str, step: int) -> str:
    """The code of a time step."""
    return pyotp.TOTP(key).generate_otp(step)


def step_now() -> int:
    """The time step that is running."""
    return int(time.time()) // PERIOD


def _is_current(session: Session, user: User, typed: str) -> bool:
    if user.second_key is None:
        return False
    key, now = opened(user.second_key), step_now()
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_at(key, step).encode(), typed.encode()):
            return _take(session, user, step)
    return False


def _take(session: Session, user: User, step: int) -> bool:
    """Take the code of a step, unless one of it or of a later one was taken before."""
    later = (User.id == user.id, User.second_step < step)
    return changed(session, update(User).where(*later).values(second_step=step)) == 1


def _recovers(session: Session, user: User, typed: str) -> bool:
    mine = (RecoveryCode.user_id == user.id, RecoveryCode.digest == _digest(typed))
    return changed(session, delete(RecoveryCode).where(*mine)) == 1


def _written(code: str) -> str:
    """A recovery code in four groups, as people read and type it."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.replace("-", "").encode()).digest()
