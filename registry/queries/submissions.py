"""Asking for the forms devices sent, and for the words our own form is made with."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.paging import Page, page_of
from registry.models.registrants import Registrant
from registry.models.submissions import Submission
from registry.parsing.xforms import LISTS, XForm, registration_form
from registry.permissions import May
from registry.queries.vocabularies import word_lists


def forms_served(session: Session, *, actor: Actor) -> list[XForm]:
    """The forms a device can fetch."""
    actor.require(May.SEND_SUBMISSIONS)
    listed = word_lists(session)
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = {
        name: {word.code: word.labels for word in listed.get(name, ()) if word.active}
        for name in LISTS
    }
    return [registration_form(words)]


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
