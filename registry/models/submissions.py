"""Forms that were filled in elsewhere and sent here."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, Words, states
from registry.models.told_of import ToldOf


class SubmissionState(StrEnum):
    """What became of a form that was sent."""

    TAKEN = "taken"
    REFUSED = "refused"


class Submission(ToldOf, Row):
    """One filled-in form, known by the number its device gave it (`instance_id`).

    `sha256` names the form as it was sent. One that could not be taken in says why.
    """

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("instance_id"), Index(None, "registrant_id"))

    instance_id: Mapped[str]
    form: Mapped[str]
    version: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[SubmissionState] = mapped_column(states(SubmissionState))
    refusal: Mapped[str | None] = mapped_column(Words)
    registrant_id: Mapped[int | None] = mapped_column(ForeignKey("registrants.id"))


class SubmissionFile(ToldOf, Row):
    """One file that came with a form, by the name the form calls it."""

    __tablename__ = "submission_files"
    __table_args__ = (UniqueConstraint("submission_id", "name"),)

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    name: Mapped[str]
    sha256: Mapped[str]
