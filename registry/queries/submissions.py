"""Asking for the forms devices sent."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.paging import Page, page_of
from registry.models.registrants import Registrant
from registry.models.submissions import Submission
from registry.permissions import May


def submissions_page(session: Session, *, actor: Actor, after: int | None = None) -> Page[Any]:
    """The forms somebody sent, the first first.

    Columns: created_at, form, state, refusal, registrant_id, number, name, id.
    """
    actor.require(May.SEND_SUBMISSIONS)
    columns: list[Any] = [
        Submission.created_at,
        Submission.form,
        Submission.state,
        Submission.refusal,
        Submission.registrant_id,
        Registrant.number,
        Registrant.name,
        Submission.id,
    ]
    listed = (
        select(*columns)
        .outerjoin(Registrant, Registrant.id == Submission.registrant_id)
        .where(Submission.made_by == actor.id)
    )
    return page_of(session, listed, Submission.id, after)
