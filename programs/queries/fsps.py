"""Providers of payments, for who writes them down."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from programs.models.fsps import Fsp
from programs.permissions import May


def fsps(session: Session, *, actor: Actor) -> Sequence[Fsp]:
    """Every provider, those that take orders first."""
    actor.require(May.WRITE_FSPS)
    return session.scalars(select(Fsp).order_by(Fsp.active.desc(), Fsp.name)).all()


def fsp_of(session: Session, fsp_id: int, *, actor: Actor) -> Fsp:
    """One provider.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.WRITE_FSPS)
    fsp = session.get(Fsp, fsp_id)
    if fsp is None:
        raise NotFound(fsp=fsp_id)
    return fsp
