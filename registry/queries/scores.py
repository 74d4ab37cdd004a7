"""Asking for scores: the models there are, and what each came to for a household."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from registry.models.scores import (
    ModelState,
    Score,
    ScoreBand,
    ScoreModel,
    ScoreStep,
    ScoreTerm,
)
from registry.parsing.steps import Span, Step, span_said, steps_said
from registry.permissions import May


class ModelMissing(NotFound):
    """There is no version {version} of a score {code}."""


class NoneInForce(NotFound):
    """No version of a score {code} is in force; put one in force first."""


@dataclass(frozen=True)
class Term:
    """One term: what it is called, its expression, its weight or its look-up, and what it adds of
    whom nothing is known; without that they have no score."""

    label: str
    expression: str
    weight: Decimal
    steps: Sequence[Step] = ()
    unknown: Decimal | None = None

    @property
    def written(self) -> str:
        """Its look-up as people write it."""
        return steps_said(self.steps)


@dataclass(frozen=True)
class Band:
    """One class of scores."""

    name: str
    span: Span

    @property
    def written(self) -> str:
        return span_said(self.span)


@dataclass(frozen=True)
class Model:
    """One version of a score with its parts."""

    row: ScoreModel
    terms: Sequence[Term]
    bands: Sequence[Band]


@dataclass(frozen=True)
class Added:
    """What one term added to a score; nothing where its value is not known or in no look-up."""

    term: Term
    given: str | None
    points: Decimal | None


@dataclass(frozen=True)
class Breakdown:
    """What a version came to for a household, in parts that add up."""

    model: Model
    score: Score
    parts: Sequence[Added]


def models_listed(session: Session, *, actor: Actor) -> list[ScoreModel]:
    """Every version of every score, the newest of each first.

    Raises:
        Forbidden
    """
    actor.require(May.READ_SCORES)
    asked = select(ScoreModel).order_by(ScoreModel.code, ScoreModel.version.desc())
    return list(session.scalars(asked))


def model_seen(session: Session, code: str, version: int, *, actor: Actor) -> Model:
    """One version with its parts.

    Raises:
        Forbidden, ModelMissing
    """
    actor.require(May.READ_SCORES)
    asked = select(ScoreModel).where(ScoreModel.code == code, ScoreModel.version == version)
    row = session.scalars(asked).first()
    if row is None:
        raise ModelMissing(code=code, version=version)
    return model_of(session, row)


def model_in_force(session: Session, code: str, *, actor: Actor) -> ScoreModel:
    """The version of a score that is in force.

    Raises:
        Forbidden, NoneInForce
    """
    actor.require(May.READ_SCORES)
    in_force = ScoreModel.state == ModelState.ACTIVE
    row = session.scalars(select(ScoreModel).where(ScoreModel.code == code, in_force)).first()
    if row is None:
        raise NoneInForce(code=code)
    return row


def model_of(session: Session, row: ScoreModel) -> Model:
    """A version with its parts."""
    terms = session.scalars(
        select(ScoreTerm).where(ScoreTerm.model_id == row.id).order_by(ScoreTerm.place)
    ).all()
    bands = session.scalars(
        select(ScoreBand).where(ScoreBand.model_id == row.id).order_by(ScoreBand.place)
    )
    return Model(
        row,
        [Term(t.label, t.expression, t.weight, _steps(session, t.id), t.unknown) for t in terms],
        [Band(band.name, Span(band.at_least, band.below)) for band in bands],
    )


def households_by_band(session: Session, model_id: int, *, actor: Actor) -> dict[str | None, int]:
    """How many households each class has; under None those without a score.

    Raises:
        Forbidden
    """
    actor.require(May.READ_SCORES)
    actor.require(May.READ_REGISTRANTS)
    counted = select(Score.band, func.count()).where(Score.model_id == model_id)
    rows = session.execute(counted.group_by(Score.band))
    return {row[0]: row[1] for row in rows}


def scores_of(session: Session, registrant_id: int, *, actor: Actor) -> list[Breakdown]:
    """What the active versions came to for a household the actor was shown.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    asked = (
        select(Score, ScoreModel)
        .join(ScoreModel, ScoreModel.id == Score.model_id)
        .where(Score.registrant_id == registrant_id, ScoreModel.state == ModelState.ACTIVE)
        .order_by(ScoreModel.code)
    )
    return [_broken_down(model_of(session, row), score) for score, row in session.execute(asked)]


def _broken_down(model: Model, score: Score) -> Breakdown:
    parts = zip(model.terms, score.given, score.points, strict=True)
    return Breakdown(model, score, [Added(*part) for part in parts])


def _steps(session: Session, term_id: int) -> list[Step]:
    asked = select(ScoreStep).where(ScoreStep.term_id == term_id).order_by(ScoreStep.place)
    return [
        Step(each.word, None if each.word else Span(each.at_least, each.below), each.points)
        for each in session.scalars(asked)
    ]
