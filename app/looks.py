"""Looks at people: a page or a file that names some notes it, once, whom it showed and to whom."""

from collections.abc import Iterable

from flask import request

from app.auth.purposes import stated
from app.request import actor, db
from core.audit import Look
from core.db import Row
from registry.models.registrants import Registrant


def look_at(registrants: Iterable[int]) -> None:
    """Note that a page shows these registrants; of none, nothing is noted."""
    ids = list(dict.fromkeys(registrants))
    if ids:
        db().add(_look(registrant_ids=ids, number=len(ids)))


def look_through(subject: Row, number: int | None = None) -> None:
    """Note that somebody looks through a whole, such as a list of so many households."""
    if number != 0:
        db().add(_look(subject=subject.__tablename__, subject_id=subject.id, number=number))


def take_all(number: int) -> None:
    """Note that somebody takes the registry itself along, or so many of it."""
    if number:
        db().add(_look(subject=Registrant.__tablename__, number=number))


def _look(**shown: object) -> Look:
    purpose = stated()
    return Look(
        actor_id=actor().id,
        actor_name=actor().name,
        what=request.endpoint or "",
        purpose=purpose.words if purpose else None,
        address=request.remote_addr,
        **shown,
    )
