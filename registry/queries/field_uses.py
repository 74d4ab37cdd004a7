"""What uses a field: indicators, rules, scores, filters and lists, so that none loses it unsaid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import any_, literal, select
from sqlalchemy.orm import Session

from core.cql import tree
from core.errors import Refusal
from core.words import _
from registry.models.fields import FieldState, OwnField, Scope
from registry.models.filters import Filter, Shared
from registry.models.rosters import Roster, RosterState
from registry.models.scores import ModelState, ScoreModel, ScoreTerm
from registry.queries.vocabularies import label

SHOWN = 3  # uses that a refusal names


@dataclass(frozen=True)
class Use:
    """One thing that uses a field, in the reader's words; its page is found by `kind` and `key`."""

    kind: str
    key: str
    said: str


def uses_of(session: Session, scope: Scope, code: str) -> list[Use]:
    """What in the registry uses a field that is in use.

    A field of people may be used by what is asked of households, of their members.
    """
    return [
        *_fields(session, scope, code),
        *_scores(session, code),
        *_filters(session, code),
        *_lists(session, code),
    ]


def uses_said(uses: Sequence[Use]) -> str:
    """Some uses in words, for a refusal."""
    said = ", ".join(each.said for each in uses[:SHOWN])
    more = len(uses) - SHOWN
    return said if more <= 0 else _("{said} and {count} more", said=said, count=more)


def names_in(written: str) -> frozenset[str]:
    """The terms an expression names; none of one that cannot be read any more."""
    try:
        return frozenset(_named(tree(written))) if written.strip() else frozenset()
    except Refusal:
        return frozenset()


def _named(node: Any) -> Iterator[str]:
    match node:
        case {"property": str(name)}:
            yield name
        case dict():
            for part in node.values():
                yield from _named(part)
        case list():
            for part in node:
                yield from _named(part)


def _fields(session: Session, scope: Scope, code: str) -> Iterator[Use]:
    """Fields that are reckoned of it, or whose rules speak of it."""
    asked = select(OwnField).where(
        OwnField.state == FieldState.ACTIVE, OwnField.scope.in_({scope, Scope.GROUP})
    )
    for each in session.scalars(asked.order_by(OwnField.id)):
        rules = (each.needed_if, each.holds) if each.scope is scope else ()
        texts = [text for text in (each.computed, *rules) if text]
        itself = (each.scope, each.code) == (scope, code)
        if not itself and any(code in names_in(text) for text in texts):
            said = _("the field {name}", name=label(each.code, each.labels))
            yield Use("field", f"{each.scope}/{each.code}", said)


def _scores(session: Session, code: str) -> Iterator[Use]:
    """Versions of scores that are in force, or being written."""
    asked = (
        select(ScoreModel, ScoreTerm.expression)
        .join(ScoreTerm, ScoreTerm.model_id == ScoreModel.id)
        .where(ScoreModel.state != ModelState.RETIRED)
        .order_by(ScoreModel.id)
    )
    using = {model for model, written in session.execute(asked) if code in names_in(written)}
    for model in sorted(using, key=lambda each: each.id):
        said = _("the score {code}, version {version}", code=model.code, version=model.version)
        yield Use("score", f"{model.code}/{model.version}", said)


def _filters(session: Session, code: str) -> Iterator[Use]:
    """Kept filters; one that is somebody's own is not named."""
    asked = select(Filter).where(literal(code) == any_(Filter.terms)).order_by(Filter.id)
    for each in session.scalars(asked):
        shared = each.shared is not Shared.NONE
        said = _("the filter {name}", name=each.name) if shared else _("a filter of somebody")
        yield Use("filter", each.code, said)


def _lists(session: Session, code: str) -> Iterator[Use]:
    """Lists that are not frozen yet."""
    asked = select(Roster).where(Roster.state == RosterState.DRAFT, Roster.filter.is_not(None))
    for each in session.scalars(asked.order_by(Roster.id)):
        if code in names_in(each.filter or ""):
            yield Use("list", each.code, _("the list {name}", name=each.name))
