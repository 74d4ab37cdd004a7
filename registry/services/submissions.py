"""Forms that devices send: kept as they are, taken in once, or kept with what stands against it."""

import io
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, Refusal
from core.storage import Readable, keep_personal, stream_of
from registry.models.registrants import Registrant
from registry.models.submissions import Submission, SubmissionFile, SubmissionState
from registry.parsing.filled_forms import Filled, filled
from registry.parsing.form_readings import PICTURE, Fills, read
from registry.permissions import May
from registry.queries.device_forms import reading_of
from registry.queries.fields import own_fields
from registry.queries.registrants import registrant_by_number
from registry.services import documents, visits
from registry.services.documents import Brought
from registry.services.form_answers import household_of, visit_of
from registry.services.people import register

AT_ONCE = 100  # forms that are tried again while somebody waits


class FormUnknown(Invalid):
    """Nobody has said how the form "{form}" is read; bring it in, and say what it fills."""


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
        added = [n for n, file in files.items() if _keep(session, submission, n, file)]
        if new is not None:
            _take_in(session, submission, said, actor)
        _add_documents(session, submission, added, actor)
        figures.update(form=said.form, files=len(added), state=submission.state)
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
        came = select(SubmissionFile.name).where(SubmissionFile.submission_id == submission.id)
        _add_documents(session, submission, session.scalars(came).all(), actor)
        figures.update(form=submission.form, state=submission.state)
    return submission


def take_all_again(session: Session, *, actor: Actor) -> tuple[int, int]:
    """Try again what somebody sent and was not taken in, the first first, at most a hundred.

    Each is the act it is on its own. Answers how many were taken in, and how many were tried.

    Raises:
        Forbidden
    """
    actor.require(May.SEND_SUBMISSIONS)
    waiting = select(Submission.id).where(
        Submission.made_by == actor.id, Submission.state == SubmissionState.REFUSED
    )
    ids = session.scalars(waiting.order_by(Submission.id).limit(AT_ONCE)).all()
    tried = [take_again(session, each, actor=actor) for each in ids]
    return sum(each.state is SubmissionState.TAKEN for each in tried), len(tried)


def _take_in(session: Session, submission: Submission, said: Filled, actor: Actor) -> None:
    """Register what the form says, or say why not."""
    try:
        with session.begin_nested():
            if said.corrects:
                raise CorrectsAnother
            made = _done(session, said, actor)
    except Refusal as fault:
        submission.state, submission.refusal = SubmissionState.REFUSED, fault.message
        return
    submission.state, submission.refusal = SubmissionState.TAKEN, None
    submission.registrant_id, submission.area_id = made.id, made.area_id
    session.flush()


def _done(session: Session, said: Filled, actor: Actor) -> Registrant:
    """Do what a form says, by how it is read; answers whom it is about."""
    reading = reading_of(session, said.form)
    if reading is None:
        raise FormUnknown(form=said.form[:60])
    answers, own = read(said, reading), own_fields(session)
    if reading.fills is Fills.REGISTRATION:
        return register(session, household_of(answers, own), actor=actor)
    number, found = visit_of(answers, own, said.instance_id)
    visits.add(session, number, found, actor=actor)
    return registrant_by_number(session, number, actor=actor)


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


def _add_documents(
    session: Session, submission: Submission, names: Collection[str], actor: Actor
) -> None:
    """Pictures that came with a form, as documents of whom it is about; what cannot be kept as one
    stays with the form, and the form says why."""
    with stream_of(submission.sha256) as form:
        said = filled(form.read())
    reading = reading_of(session, said.form)
    if reading is None or submission.registrant_id is None:
        return
    read_so = read(said, reading)
    pictures = {each[PICTURE] for each in (read_so.once, *read_so.people) if PICTURE in each}
    whose = session.get_one(Registrant, submission.registrant_id)
    of = select(SubmissionFile).where(
        SubmissionFile.submission_id == submission.id,
        SubmissionFile.name.in_(pictures & {*names}),
    )
    for kept in session.scalars(of.order_by(SubmissionFile.id)):
        try:
            with session.begin_nested(), stream_of(kept.sha256) as file:
                documents.add(session, whose.number, Brought(PICTURE, kept.name, file), actor=actor)
        except Refusal as fault:
            submission.refusal = fault.message
    session.flush()
