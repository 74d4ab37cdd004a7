"""Forms that devices send: kept as they are, taken in once, or kept with what stands against it."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, Refusal
from core.storage import Readable, keep_personal, stream_of
from registry.models.submissions import Submission, SubmissionFile, SubmissionState
from registry.parsing.xforms import REGISTRATION, Filled, SubmissionUnreadable, filled
from registry.permissions import May
from registry.services.people import Household, Person, register
from registry.services.places import Place

NUMBERED, AT = ("id_type", "id_number"), 3
OF_HOUSEHOLD = ("phone", "address", "settlement")


class FormUnknown(Invalid):
    """No form called "{form}" is filled in for this registry; fetch the list of forms anew."""


class CorrectsAnother(Invalid):
    """This form corrects one that was sent before; ask for a change of the record instead."""


class SentByAnother(Conflict):
    """A form of this number was sent by somebody else; make a new one on the device."""


class TakenAlready(Conflict):
    """This form is taken in already; look at the record it made."""


def receive(
    session: Session, xml: bytes, files: Mapping[str, Readable], *, actor: Actor
) -> Submission:
    """Keep a filled-in form with its files, and take it in; sent again it is taken in once.

    A form that cannot be taken in is kept, and says why. Files of one form may come one after the
    other, each with the form.

    Raises:
        Forbidden, SubmissionUnreadable, SubmissionNumberless, SentByAnother
    """
    actor.require(May.SEND_SUBMISSIONS)
    said = filled(xml)
    kept = keep_personal(io.BytesIO(xml))
    row = {
        "instance_id": said.instance_id,
        "form": said.form,
        "version": said.version,
        "sha256": kept.sha256,
        "state": SubmissionState.REFUSED,
        "made_by": actor.id,
    }
    new = session.scalar(
        insert(Submission).values(row).on_conflict_do_nothing().returning(Submission.id)
    )
    known = select(Submission).where(Submission.instance_id == said.instance_id)
    submission = session.scalars(known.with_for_update()).one_or_none()
    if submission is None or submission.made_by != actor.id:
        raise SentByAnother
    with audit.act(session, actor, "submissions.receive", submission) as figures:
        added = sum(_keep(session, submission, name, file) for name, file in files.items())
        if new is not None:
            _take_in(session, submission, said, actor)
        figures.update(form=said.form, files=added, state=submission.state)
    return submission


def take_again(session: Session, submission_id: int, *, actor: Actor) -> Submission:
    """Try again to take in a form that was refused, for what stood against it may be gone.

    Raises:
        Forbidden, SentByAnother, TakenAlready
    """
    actor.require(May.SEND_SUBMISSIONS)
    of = select(Submission).where(Submission.id == submission_id)
    submission = session.scalars(of.with_for_update()).one_or_none()
    if submission is None or submission.made_by != actor.id:
        raise SentByAnother
    if submission.state is SubmissionState.TAKEN:
        raise TakenAlready
    with audit.act(session, actor, "submissions.take_again", submission) as figures:
        with stream_of(submission.sha256) as form:
            _take_in(session, submission, filled(form.read()), actor)
        figures.update(form=submission.form, state=submission.state)
    return submission


def _take_in(session: Session, submission: Submission, said: Filled, actor: Actor) -> None:
    """Register what the form says, or say why not."""
    try:
        with session.begin_nested():
            if said.form != REGISTRATION:
                raise FormUnknown(form=said.form[:60])
            if said.corrects:
                raise CorrectsAnother
            made = register(session, _household(said), actor=actor)
    except Refusal as fault:
        submission.state, submission.refusal = SubmissionState.REFUSED, fault.message
        return
    submission.state, submission.refusal = SubmissionState.TAKEN, None
    submission.registrant_id, submission.area_id = made.id, made.area_id
    session.flush()


def _keep(session: Session, submission: Submission, name: str, file: Readable) -> int:
    """Keep one file of a form by its name; answers how many were new."""
    kept = keep_personal(file)
    row = {
        "submission_id": submission.id,
        "name": name,
        "sha256": kept.sha256,
        "area_id": submission.area_id,
        "made_by": submission.made_by,
    }
    added = insert(SubmissionFile).values(row).on_conflict_do_nothing()
    return len(session.scalars(added.returning(SubmissionFile.id)).all())


def _household(said: Filled) -> Household:
    """A household as the registration form says it."""
    answers = said.answers
    try:
        size = answers.get("stated_size")
        return Household(
            people=[_person(each) for each in said.people],
            place=_place(answers.get("place", "")),
            stated_size=int(size) if size else None,
            more={name: answers[name] for name in OF_HOUSEHOLD if name in answers},
        )
    except ValueError as broken:
        raise SubmissionUnreadable(found=str(broken)[:60]) from broken


def _person(answers: Mapping[str, str]) -> Person:
    more: dict[str, Any] = {name: answers[name] for name in NUMBERED if name in answers}
    born = answers.get("birth_date")
    return Person(
        name=answers.get("name", ""),
        relation=answers.get("relation", "member"),
        sex=answers.get("sex"),
        birth_date=date.fromisoformat(born) if born else None,
        more=more,
    )


def _place(said: str) -> Place:
    """A geopoint: latitude, longitude, altitude, accuracy in metres, divided by blanks."""
    numbers = [float(part) for part in said.split()]
    if len(numbers) < 2:
        return Place()
    accuracy = numbers[AT] if len(numbers) > AT and numbers[AT] > 0 else None
    return Place(lon=numbers[1], lat=numbers[0], accuracy_m=accuracy, taken_at=datetime.now(UTC))
