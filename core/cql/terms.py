"""What a filter may speak of: terms with a kind, and the pieces a filter is understood in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression

from core.actor import Actor
from core.cql.plan import Plan
from core.errors import Forbidden, Invalid
from core.words import _

Condition = ColumnElement[bool]


class TermUnknown(Invalid):
    """{term} is not known here; a condition may use {known}."""


class TermMisspelt(TermUnknown):
    """{term} is not known here, perhaps {nearest} is meant; a condition may use {known}."""


class TermNotYours(Forbidden):
    """Your role may not use {term}; a condition of yours may use {known}."""


class TermWithheld(Forbidden):
    """The term {term} is not offered to your role; a condition of yours may use {known}."""


class OperatorUnknown(Invalid):
    """{operator} cannot be used here; a condition may use {known}."""


class NotAlike(Invalid):
    """{left} is {left_kind} and {right} is {right_kind}; compare like with like."""


class WrongKind(Invalid):
    """{said} is {kind}, but {wanted} is needed in its place."""


class FigureTooLarge(Invalid):
    """{said} is larger than any number that is kept here; write a smaller one."""


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
    `among` turns a condition on one of them into the condition that any of them meets it. `words`
    names the list its texts are from, where they are from one.
    """

    expression: SQLColumnExpression[Any]
    kind: Kind
    label: str
    permission: str | None = None
    among: Callable[[Condition], Condition] | None = None
    words: str | None = None


Drawn = Callable[[Plan], SQLColumnExpression[Any]]


@dataclass(frozen=True)
class Sourced:
    """A term drawn from a source, which is joined to the filters that use it and to no others.

    With `of_members` it is a figure over the members of a row.
    """

    drawn: Drawn
    kind: Kind
    label: str
    permission: str | None = None
    of_members: bool = False
    words: str | None = None


@dataclass(frozen=True)
class Measured:
    """A number told of each row, which rows that are `within` a bound are found without.

    `within` makes the condition that the number is at most the bound, or with `strictly` below it;
    it is NULL where the number is.
    """

    drawn: Drawn
    within: Callable[[Plan, float, bool], Condition]


@dataclass(frozen=True)
class Lookup:
    """A question a filter may ask with values in brackets: `area_in('KS01', 'KS02')`.

    It takes values of the kinds of `takes`, one of each, of which the last `spare` may be left out,
    or with none given any number of texts; what it answers is of `kind`, from a source where that
    is told by a function of the plan. `of` names the list its first value is from, `words` that of
    what it answers.
    `surely` makes of its values and of an answer the condition that just those rows meet that
    answer so, found without a look at the others, or None where there is no such way; it is asked
    where all else is left out.
    """

    asked: Callable[[Sequence[Any]], SQLColumnExpression[Any] | Drawn | Measured]
    label: str
    permission: str | None = None
    kind: Kind = Kind.FLAG
    takes: tuple[Kind, ...] = ()
    spare: int = 0
    of: str | None = None
    words: str | None = None
    surely: Callable[[Sequence[Any], Any], Condition | None] | None = None


@dataclass(frozen=True)
class Over:
    """A figure over the members of a row that meet a condition: `count_of(age < 5)`.

    The condition speaks of one member, in words of `terms`; left out, every member meets it. With
    `takes_value` a number of the member comes before it: `mean_of(age, sex = 'female')`. `told`
    makes the figure of the plan, the condition and the value.
    """

    terms: "Terms"
    told: Callable[[Plan, Condition, SQLColumnExpression[Any]], ColumnElement[Any]]
    kind: Kind
    label: str
    takes_value: bool = False
    permission: str | None = None


@dataclass(frozen=True)
class Through:
    """A condition on another row that a row leads to: `group_of(size > 5)` of a person.

    It speaks in words of `terms`. `told` draws it from the plan of the row and that of the other,
    under a key of its own.
    """

    terms: "Terms"
    told: Callable[[Plan, str, Plan, Condition], SQLColumnExpression[Any]]
    label: str
    permission: str | None = None


Known = Term | Sourced | Lookup | Over | Through
Terms = Mapping[str, Known]


def usable(terms: Terms, actor: Actor) -> Terms:
    """The terms this actor may use."""
    return {
        name: term
        for name, term in terms.items()
        if name not in actor.withheld and (term.permission is None or actor.may(term.permission))
    }


def unknown(name: str, terms: Terms, actor: Actor) -> TermUnknown:
    """The refusal of a name that is not among the terms, with the nearest that is."""
    mine = usable(terms, actor)
    known = ", ".join(sorted(mine))
    near = get_close_matches(name.casefold(), mine, n=1)
    if near:
        return TermMisspelt(term=name, known=known, nearest=near[0])
    return TermUnknown(term=name, known=known)


@dataclass(frozen=True)
class Piece:
    """A part of a filter that was understood, and the words to speak of it.

    `members` are the two ends of an interval, or the parts of a list that was written out;
    `at_most` is how a measured number is held against a bound.
    """

    expression: SQLColumnExpression[Any]
    kind: Kind
    said: str
    among: Callable[[Condition], Condition] | None = None
    members: "tuple[Piece, ...]" = ()
    at_most: Callable[[float, bool], Condition] | None = None


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
