"""What the terms of a score come to and add up to, for all households or some: one row each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Numeric, Select, Text, and_, case, cast, func, literal, null, select, true
from sqlalchemy.dialects.postgresql import array

from core.clock import today
from core.cql import Kind, Plan, reckoned
from registry.models.fields import Scope
from registry.models.registrants import Registrant, RegistrantState
from registry.parsing.steps import Span
from registry.queries.fields import Own
from registry.queries.queryables import RECKONER
from registry.queries.reckoning import reckoning, terms_of
from registry.queries.scores import Band, Model, Term

SCORED = (
    *("model_id", "registrant_id", "area_id", "made_by", "given", "points", "value", "band"),
    "on_day",
)


def scored(model: Model, own: Own, of: Select[Any] | None = None) -> Select[Any]:
    """The scores of every active household, or of those whose ids `of` selects, a row each with
    the columns of `SCORED`."""
    expressions = [term.expression for term in model.terms]
    values = (
        reckoning(Scope.GROUP, expressions, today(), own, of)
        .add_columns(Registrant.area_id.label("area_id"), Registrant.made_by.label("made_by"))
        .where(Registrant.state == RegistrantState.ACTIVE)
        .subquery("reckoned")
    )
    kinds = kinds_of(model.terms, own)
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
        *(parts.c[name] for name in SCORED[1:7]),
        _band(model.bands, parts.c.value).label("band"),
        literal(today()).label("on_day"),
    )


def _given(value: Any, kind: Kind) -> Any:
    """What a term came to: a number, a word, yes or no."""
    if kind is Kind.FLAG:
        return case((value, "yes"), (~value, "no"))
    return cast(value, Numeric) if kind is Kind.NUMBER else value


def _points(term: Term, given: Any, kind: Kind) -> Any:
    """What a term adds; where its value is not known, or its look-up does not have it, what its
    model says of that, or else NULL."""
    added = _known_points(term, given, kind)
    return added if term.unknown is None else func.coalesce(added, literal(term.unknown, Numeric))


def _known_points(term: Term, given: Any, kind: Kind) -> Any:
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


def kinds_of(terms: Sequence[Term], own: Own) -> list[Kind]:
    """What each term comes to.

    Raises:
        What `core.cql.reckoned` refuses.
    """
    known = terms_of(Scope.GROUP, today(), own)
    return [reckoned(term.expression, known, actor=RECKONER, plan=Plan())[0].kind for term in terms]
