"""Whoever gives a command acts as somebody: a user, whose rights hold here as in the browser."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - the foreign keys need every table
from app.auth.door import actor_of, grants_of
from app.auth.models import User
from core.actor import Actor
from core.audit import Look
from core.db import transaction
from core.errors import NotFound
from core.jobs import Job, JobState

LOOK = 0.3  # seconds between two looks at the work that is followed


class UserUnknown(NotFound):
    """Nobody signs in as {email}; name a user by the e-mail address they sign in with."""


def acting_as(email: str) -> Actor:
    """The user of this address, with the rights they have today.

    Raises:
        UserUnknown
    """
    with transaction() as session:
        named = select(User).where(func.lower(User.email) == email.strip().lower(), User.active)
        user = session.scalars(named).first()
        if user is None:
            raise UserUnknown(email=email)
        return actor_of(session, user, grants_of(session, user))


def looked(session: Session, actor: Actor, what: str, registrant_ids: Sequence[int]) -> None:
    """Note that somebody looked at these, as a page would; `what` is the command."""
    if registrant_ids:
        look = {"actor_id": actor.id, "actor_name": actor.name, "what": what}
        session.add(Look(registrant_ids=[*registrant_ids], number=len(registrant_ids), **look))


@contextmanager
def followed(actor: Actor) -> Iterator[None]:
    """Say on stderr what the actor's work is at, for as long as the block lasts."""
    over = threading.Event()

    def follow() -> None:
        said = ""
        while not over.wait(LOOK):
            note = _note(actor)
            if note and note != said:
                click.echo(note, err=True)
            said = note or said

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _note(actor: Actor) -> str | None:
    running = select(Job.note).where(Job.state == JobState.RUNNING, Job.actor_id == actor.id)
    with transaction() as session:
        return session.scalars(running.order_by(Job.id.desc()).limit(1)).first()
