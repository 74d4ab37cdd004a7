"""Writing score models, putting them in force, and reckoning everybody's score by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Numeric,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.cql import Kind, Plan, WrongKind, reckoned
from core.db import changed
from core.errors import Conflict, Forbidden, Invalid
from core.words import SOURCE, _
from registry.models.fields import Scope
from registry.models.registrants import Registrant, RegistrantState
from registry.models.scores import (
    ModelState,
    Score,
    ScoreBand,
    ScoreModel,
    ScoreStep,
    ScoreTerm,
)
from registry.parsing.steps import Span, refuse_overlap
from registry.permissions import May
from registry.queries.fields import Own, own_fields
from registry.queries.queryables import RECKONER
from registry.queries.reckoning import reckoning, terms_of
from registry.queries.scores import Band, Model, Term, model_of, model_seen

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


class ScoreIdle(Conflict):
    """Only a version that is in force is reckoned."""


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


def run_score(session: Session, model_id: int, *, actor: Actor) -> dict[str, int]:
    """Reckon the score of every active household by a version in force, in one statement.

    Raises:
        Forbidden, ScoreOfAll, ScoreIdle
    """
    actor.require(May.ACTIVATE_SCORES)
    _of_all(actor)
    row = session.get(ScoreModel, model_id, with_for_update=True)
    if row is None or row.state is not ModelState.ACTIVE:
        raise ScoreIdle
    with audit.act(session, actor, "scores.run", row) as figures:
        session.execute(delete(Score).where(Score.model_id == row.id))
        scored = _scored(model_of(session, row), own_fields(session))
        session.execute(insert(Score).from_select(list(scored.selected_columns.keys()), scored))
        row.run_on = today()
        counted = select(func.count(), func.count(Score.value)).where(Score.model_id == row.id)
        households, with_score = session.execute(counted).one()
        figures.update(code=row.code, households=households, scored=with_score)
    return {"households": households, "scored": with_score}


def _scored(model: Model, own: Own) -> Any:
    """The scores of every active household, a row each."""
    expressions = [term.expression for term in model.terms]
    values = (
        reckoning(Scope.GROUP, expressions, today(), own)
        .add_columns(Registrant.area_id.label("area_id"), Registrant.made_by.label("made_by"))
        .where(Registrant.state == RegistrantState.ACTIVE)
        .subquery("reckoned")
    )
    kinds = _kinds(model.terms, own)
    told = [_given(values.c[f"reckoned_{place}"], kind) for place, kind in enumerate(kinds)]
    points = [_points(*part) for part in zip(model.terms, told, kinds, strict=True)]
    parts = select(
        values.c.registrant_id,
        values.c.area_id,
        values.c.made_by,
        array([cast(each, Text) for each in told]).label("given"),
        array([cast(each, Numeric) for each in points]).label("points"),
        sum(points, start=literal(model.row.base, Numeric)).label("value"),
    ).subquery("parts")
    return select(
        literal(model.row.id).label("model_id"),
        *(parts.c[name] for name in ("registrant_id", "area_id", "made_by", "given", "points")),
        parts.c.value,
        _band(model.bands, parts.c.value).label("band"),
        literal(today()).label("on_day"),
    )


def _given(value: Any, kind: Kind) -> Any:
    """What a term came to: a number, a word, yes or no."""
    if kind is Kind.FLAG:
        return case((value, "yes"), (~value, "no"))
    return cast(value, Numeric) if kind is Kind.NUMBER else value


def _points(term: Term, given: Any, kind: Kind) -> Any:
    """What a term adds; NULL where its value is not known, or its look-up does not have it."""
    if term.steps:
        steps = [(_meets(given, step.word, step.span), literal(step.points, Numeric))
                 for step in term.steps]  # fmt: skip
        return case(*steps)
    if kind is Kind.FLAG:
        return literal(term.weight, Numeric) * case((given == "yes", 1), (given == "no", 0))
    return literal(term.weight, Numeric) * given


def _meets(given: Any, word: str | None, span: Span | None) -> Any:
    return _within(given, span) if span else given == word


def _within(value: Any, span: Span) -> Any:
    ends = []
    if span.at_least is not None:
        ends.append(value >= span.at_least)
    if span.below is not None:
        ends.append(value < span.below)
    return and_(value.is_not(None), true(), *ends)


def _band(bands: Sequence[Band], value: Any) -> Any:
    if not bands:
        return cast(null(), Text)
    return case(*((_within(value, band.span), band.name) for band in bands))


def _kinds(terms: Sequence[Term], own: Own) -> list[Kind]:
    known = terms_of(Scope.GROUP, today(), own)
    return [reckoned(term.expression, known, actor=RECKONER, plan=Plan())[0].kind for term in terms]


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
    for term, kind in zip(written.terms, _kinds(written.terms, own_fields(session)), strict=True):
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
