"""What a filter may speak of: terms with a kind, and the pieces a filter is understood in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression

from core.actor import Actor
from core.errors import Forbidden, Invalid
from core.words import _

Condition = ColumnElement[bool]


class TermUnknown(Invalid):
    """{term} is not known here; a condition may use {known}."""


class TermNotYours(Forbidden):
    """Your role may not use {term}; a condition of yours may use {known}."""


class OperatorUnknown(Invalid):
    """{operator} cannot be used here; a condition may use {known}."""


class NotAlike(Invalid):
    """{left} is {left_kind} and {right} is {right_kind}; compare like with like."""


class WrongKind(Invalid):
    """{said} is {kind}, but {wanted} is needed in its place."""


class Kind(StrEnum):
    """What sort of value a term has."""

    NUMBER = "a number"
    TEXT = "text"
    FLAG = "yes or no"
    DATE = "a date"
    MOMENT = "a moment"
    INTERVAL = "a time from one day to another"
    GEOMETRY = "a shape"
    LIST = "a list of texts"


IN_TIME = frozenset({Kind.DATE, Kind.MOMENT})


@dataclass(frozen=True)
class Term:
    """A name a filter may use, and what it stands for.

    Shapes are EPSG:4326, longitude first. Where one row has many of it (the ancestors of an area),
    `among` turns a condition on one of them into the condition that any of them meets it.
    """

    expression: SQLColumnExpression[Any]
    kind: Kind
    label: str
    permission: str | None = None
    among: Callable[[Condition], Condition] | None = None


@dataclass(frozen=True)
class Lookup:
    """A question a filter may ask with values in brackets: `area_in('KS01', 'KS02')`.

    It takes values of the kinds of `takes`, one of each, or with none given any number of texts;
    what it answers is of `kind`.
    """

    asked: Callable[[Sequence[Any]], SQLColumnExpression[Any]]
    label: str
    permission: str | None = None
    kind: Kind = Kind.FLAG
    takes: tuple[Kind, ...] = ()


Terms = Mapping[str, Term | Lookup]


def usable(terms: Terms, actor: Actor) -> Terms:
    """The terms this actor may use."""
    return {
        name: term
        for name, term in terms.items()
        if term.permission is None or actor.may(term.permission)
    }


@dataclass(frozen=True)
class Piece:
    """A part of a filter that was understood, and the words to speak of it.

    `members` are the two ends of an interval, or the parts of a list that was written out.
    """

    expression: SQLColumnExpression[Any]
    kind: Kind
    said: str
    among: Callable[[Condition], Condition] | None = None
    members: "tuple[Piece, ...]" = ()


def met_by_any(said: Condition, *pieces: Piece) -> Condition:
    """The condition, met by any of the values its pieces may have."""
    return reduce(lambda inner, piece: piece.among(inner) if piece.among else inner, pieces, said)


def must_be(kind: Kind, piece: Piece) -> None:
    """Refuse a piece of another kind.

    Raises:
        WrongKind
    """
    if piece.kind is not kind:
        raise WrongKind(said=piece.said, kind=_(piece.kind.value), wanted=_(kind.value))


def must_be_alike(left: Piece, right: Piece) -> None:
    """Refuse to compare what is not of one kind; days and moments are.

    Raises:
        NotAlike
    """
    if left.kind is not right.kind and not {left.kind, right.kind} <= IN_TIME:
        kinds = {"left_kind": _(left.kind.value), "right_kind": _(right.kind.value)}
        raise NotAlike(left=left.said, right=right.said, **kinds)
