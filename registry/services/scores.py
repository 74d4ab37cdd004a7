"""Writing score models, putting them in force, and reckoning everybody's score by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    delete,
    select,
)
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.cql import Kind, WrongKind
from core.db import changed
from core.errors import Conflict, Forbidden, Invalid
from core.words import SOURCE, _
from registry.models.scores import (
    ModelState,
    ScoreBand,
    ScoreModel,
    ScoreStep,
    ScoreTerm,
)
from registry.parsing.steps import refuse_overlap
from registry.permissions import May
from registry.queries.fields import own_fields
from registry.queries.score_points import kinds_of
from registry.queries.scores import Band, Term, model_seen

MOST, LONGEST = 60, 200  # terms of a version, characters of a name


class ScoreNameless(Invalid):
    """A score needs a code of letters and digits, and a name; and each of its parts a name."""


class ScoreEmpty(Invalid):
    """A score needs one term at least, and 60 at most."""


class ScoreSettled(Conflict):
    """This version was put in force and stays as it is; begin a new version to change it."""


class OwnScore(Conflict):
    """Who wrote a score does not put it in force; ask somebody else to look at it and do so."""


class ScoreDrafted(Conflict):
    """A version of this score is being written already; change or finish that."""


class ScoreOfAll(Forbidden):
    """A score is one of the whole country; ask somebody who sees all of it."""


@dataclass(frozen=True)
class Written:
    """A version of a score as it is written down."""

    labels: Mapping[str, str]
    base: Decimal
    terms: Sequence[Term]
    bands: Sequence[Band] = ()


def write_score(session: Session, code: str, written: Written, *, actor: Actor) -> ScoreModel:
    """Write a new score, or its next version, down as a draft.

    Raises:
        Forbidden, ScoreNameless, ScoreEmpty, ScoreDrafted, StepsOverlap, WrongKind, and what
        `core.cql.reckoned` refuses of its terms.
    """
    actor.require(May.WRITE_SCORES)
    _refuse_wrong(session, code, written)
    versions = session.scalars(select(ScoreModel).where(ScoreModel.code == code)).all()
    if any(each.state is ModelState.DRAFT for each in versions):
        raise ScoreDrafted
    model = ScoreModel(
        code=code,
        version=max((each.version for each in versions), default=0) + 1,
        state=ModelState.DRAFT,
        labels=dict(written.labels),
        base=written.base,
        made_by=actor.id,
    )
    with audit.act(session, actor, "scores.write", model) as figures:
        session.add(model)
        session.flush()
        _write_parts(session, model, written)
        figures.update(code=code, version=model.version)
    return model


def change_score(
    session: Session, code: str, version: int, written: Written, *, actor: Actor
) -> ScoreModel:
    """Write a draft anew; who changes it has written it.

    Raises:
        As `write_score` does, and ModelMissing, ScoreSettled.
    """
    actor.require(May.WRITE_SCORES)
    model = _locked(session, code, version, actor)
    if model.state is not ModelState.DRAFT:
        raise ScoreSettled
    _refuse_wrong(session, code, written)
    with audit.act(session, actor, "scores.change", model) as figures:
        model.labels, model.base, model.made_by = dict(written.labels), written.base, actor.id
        for statement in _parts_of(model.id):
            changed(session, statement)
        _write_parts(session, model, written)
        figures.update(code=code, version=version)
    return model


def activate_score(session: Session, code: str, version: int, *, actor: Actor) -> ScoreModel:
    """Put a draft in force; the version before it is retired.

    Raises:
        Forbidden, ScoreOfAll, ModelMissing, ScoreSettled, OwnScore
    """
    actor.require(May.ACTIVATE_SCORES)
    _of_all(actor)
    model = _locked(session, code, version, actor)
    if model.state is not ModelState.DRAFT:
        raise ScoreSettled
    if model.made_by == actor.id:
        raise OwnScore
    before = select(ScoreModel).where(
        ScoreModel.code == code, ScoreModel.state == ModelState.ACTIVE
    )
    with audit.act(session, actor, "scores.activate", model) as figures:
        for each in session.scalars(before.with_for_update()):
            each.state = ModelState.RETIRED
        session.flush()  # one of a code is in force
        model.state, model.activated_by = ModelState.ACTIVE, actor.id
        model.activated_at = datetime.now(UTC)
        figures.update(code=code, version=version)
    return model


def _refuse_wrong(session: Session, code: str, written: Written) -> None:
    names = [written.labels.get(SOURCE, ""), *(each.label for each in written.terms)]
    names += [band.name for band in written.bands]
    if not (code.isalnum() and code.isascii() and len(code) <= 20):
        raise ScoreNameless
    if not all(name.strip() and len(name) <= LONGEST for name in names):
        raise ScoreNameless
    if not 0 < len(written.terms) <= MOST:
        raise ScoreEmpty
    refuse_overlap([band.span for band in written.bands])
    for term, kind in zip(written.terms, kinds_of(written.terms, own_fields(session)), strict=True):
        _refuse_kind(term, kind)


def _refuse_kind(term: Term, kind: Kind) -> None:
    """A number is weighed or looked up by spans, a word by words; yes and no in either way."""
    spans = any(step.span for step in term.steps)
    words = any(step.word for step in term.steps)
    fits = {
        Kind.NUMBER: not words,
        Kind.FLAG: not spans,
        Kind.TEXT: bool(term.steps) and not spans,
    }
    if not fits.get(kind, False):
        raise WrongKind(said=term.label, kind=_(kind.value), wanted=_("a number, or a look-up"))


def _write_parts(session: Session, model: ScoreModel, written: Written) -> None:
    for place, term in enumerate(written.terms):
        row = ScoreTerm(
            model_id=model.id,
            place=place,
            label=term.label.strip(),
            expression=term.expression.strip(),
            weight=term.weight,
            unknown=term.unknown,
        )
        session.add(row)
        session.flush()
        session.add_all(
            ScoreStep(
                term_id=row.id,
                place=at,
                word=step.word,
                at_least=step.span.at_least if step.span else None,
                below=step.span.below if step.span else None,
                points=step.points,
            )
            for at, step in enumerate(term.steps)
        )
    session.add_all(
        ScoreBand(
            model_id=model.id,
            place=place,
            name=band.name.strip(),
            at_least=band.span.at_least,
            below=band.span.below,
        )
        for place, band in enumerate(written.bands)
    )
    session.flush()


def _parts_of(model_id: int) -> list[Any]:
    terms = select(ScoreTerm.id).where(ScoreTerm.model_id == model_id)
    return [
        delete(ScoreStep).where(ScoreStep.term_id.in_(terms)),
        delete(ScoreTerm).where(ScoreTerm.model_id == model_id),
        delete(ScoreBand).where(ScoreBand.model_id == model_id),
    ]


def _of_all(actor: Actor) -> None:
    if not actor.sees_all:
        raise ScoreOfAll


def _locked(session: Session, code: str, version: int, actor: Actor) -> ScoreModel:
    model = model_seen(session, code, version, actor=actor).row
    session.refresh(model, with_for_update=True)
    return model
