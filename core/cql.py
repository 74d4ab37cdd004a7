"""The filter language: OGC CQL2, as text or JSON, turned into a condition of SQL.

What a filter may speak of is handed in: a mapping of names to terms. Words are read by `cql2`; what
somebody wrote reaches the database only as bound values, never as SQL.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial, reduce
from typing import Any

import cql2
from sqlalchemy import (
    ColumnElement,
    Numeric,
    SQLColumnExpression,
    and_,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from core.actor import Actor
from core.errors import Forbidden, Invalid
from core.words import _

LONGEST = 4000
DEEPEST = 50  # the parser answers deeper nesting by ending the process

Condition = ColumnElement[bool]
_Number = SQLColumnExpression[Any]


class FilterTooLong(Invalid):
    """This condition is longer or more deeply nested than is read here; say it more shortly."""


class FilterUnreadable(Invalid):
    """The condition cannot be read at {place}; write it like size >= 5 AND children_under_5 > 0."""


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


@dataclass(frozen=True)
class Term:
    """A name a filter may use, and what it stands for.

    Where one row has many of it (the ancestors of an area), `among` turns a condition on one of
    them into the condition that any of them meets it.
    """

    expression: SQLColumnExpression[Any]
    kind: Kind
    label: str
    permission: str | None = None
    among: Callable[[Condition], Condition] | None = None


@dataclass(frozen=True)
class Lookup:
    """A question a filter may ask with words in brackets: `area_in('KS01', 'KS02')`."""

    asked: Callable[[Sequence[str]], Condition]
    label: str
    permission: str | None = None


Terms = Mapping[str, Term | Lookup]


@dataclass(frozen=True)
class _Scope:
    terms: Terms
    actor: Actor


@dataclass(frozen=True)
class _Piece:
    """A part of a filter that was understood, and the words to speak of it."""

    expression: SQLColumnExpression[Any]
    kind: Kind
    said: str
    among: Callable[[Condition], Condition] | None = None


def condition(written: str, terms: Terms, *, actor: Actor) -> Condition:
    """What a filter says, as a condition on the rows its terms speak of.

    `written` is CQL2 text, or CQL2 JSON where it begins with a brace; an empty one is always true.

    Raises:
        FilterUnreadable, FilterTooLong: it is no CQL2, or too much of it.
        TermUnknown, OperatorUnknown: it names what is not known here.
        TermNotYours: it names what the actor may not ask about.
        NotAlike, WrongKind: it compares what cannot be compared.
    """
    if not written.strip():
        return true()
    try:
        return _flag(_tree(written), _Scope(terms, actor))
    except RecursionError:
        raise FilterTooLong from None


def usable(terms: Terms, actor: Actor) -> Terms:
    """The terms this actor may use."""
    return {
        name: term
        for name, term in terms.items()
        if term.permission is None or actor.may(term.permission)
    }


def _tree(written: str) -> Any:
    if len(written) > LONGEST or _nesting(written) > DEEPEST:
        raise FilterTooLong
    read = cql2.parse_json if written.lstrip().startswith("{") else cql2.parse_text
    try:
        return read(written.strip()).to_json()
    except cql2.ParseError as unread:
        raise FilterUnreadable(place=_place(str(unread), written.strip())) from None


def _nesting(written: str) -> int:
    """How deep brackets stand in one another; those in quotes count too, which refuses no more."""
    depth = deepest = 0
    for letter in written:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _place(complaint: str, written: str) -> str:
    """Where the parser stopped, in words of the filter: it complains with `--> line:column`."""
    head = complaint.partition("-->")[2].split("\n")[0].strip()
    line, _colon, column = head.partition(":")
    if not (line.isdigit() and column.isdigit()):
        return _("its beginning")
    rest = written.splitlines()[int(line) - 1][int(column) - 1 :].strip()
    return f"“{rest[:30]}”" if rest else _("its end")


def _piece(node: Any, scope: _Scope) -> _Piece:
    match node:
        case {"property": name}:
            return _term(name, scope)
        case {"op": word, "args": list(parts)}:
            return _operation(word, parts, scope)
        case _:
            return _value(node)


def _value(node: Any) -> _Piece:
    match node:
        case bool():
            return _Piece(true() if node else false(), Kind.FLAG, str(node).lower())
        case int() | float():
            number = int(node) if float(node).is_integer() else node
            return _Piece(literal(number), Kind.NUMBER, str(number))
        case str():
            return _Piece(literal(node), Kind.TEXT, f"'{node}'")
        case {"date": str(day)} | {"timestamp": str(day)}:
            return _Piece(literal(_day(day)), Kind.DATE, day)
        case _:
            raise OperatorUnknown(operator=_said(node), known=_OPERATORS)


def _term(name: str, scope: _Scope) -> _Piece:
    term = scope.terms.get(name)
    if not isinstance(term, Term):
        raise TermUnknown(term=name, known=_known(scope))
    _must_be_allowed(name, term, scope)
    return _Piece(term.expression, term.kind, name, term.among)


def _must_be_allowed(name: str, term: Term | Lookup, scope: _Scope) -> None:
    if term.permission is not None and not scope.actor.may(term.permission):
        raise TermNotYours(term=name, known=_known(scope))


def _operation(word: str, parts: list[Any], scope: _Scope) -> _Piece:
    lookup = scope.terms.get(word)
    if isinstance(lookup, Lookup):
        return _looked_up(word, lookup, parts, scope)
    if word not in _TAKES:
        raise OperatorUnknown(operator=word, known=_OPERATORS)
    if len(parts) not in _TAKES[word]:
        raise FilterUnreadable(place=word)
    if word in _CONDITIONS:
        return _Piece(_CONDITIONS[word](parts, scope), Kind.FLAG, word)
    return _casei(parts, scope) if word == "casei" else _sum(word, parts, scope)


def _flag(node: Any, scope: _Scope) -> Condition:
    piece = _piece(node, scope)
    _must_be(Kind.FLAG, piece)
    return _any(and_(piece.expression), piece)


def _join(join: Callable[..., Condition], parts: list[Any], scope: _Scope) -> Condition:
    return join(*(_flag(part, scope) for part in parts))


def _not(parts: list[Any], scope: _Scope) -> Condition:
    return not_(_flag(parts[0], scope))


def _compare(
    compare: Callable[[Any, Any], Condition], parts: list[Any], scope: _Scope
) -> Condition:
    left, right = (_piece(part, scope) for part in parts)
    _must_be_alike(left, right)
    return _any(compare(left.expression, right.expression), left, right)


def _equal(parts: list[Any], scope: _Scope) -> Condition:
    if parts[1] is True:  # a flag by itself is a condition the planner can do more with
        return _flag(parts[0], scope)
    return _compare(operator.eq, parts, scope)


def _unequal(parts: list[Any], scope: _Scope) -> Condition:
    return not_(_equal(parts, scope))


def _between(parts: list[Any], scope: _Scope) -> Condition:
    asked, low, high = (_piece(part, scope) for part in parts)
    _must_be_alike(asked, low)
    _must_be_alike(asked, high)
    return _any(asked.expression.between(low.expression, high.expression), asked)


def _in(parts: list[Any], scope: _Scope) -> Condition:
    if not isinstance(parts[1], list):
        raise FilterUnreadable(place="IN")
    asked = _piece(parts[0], scope)
    listed = [_piece(part, scope) for part in parts[1]]
    for piece in listed:
        _must_be_alike(asked, piece)
    return _any(asked.expression.in_([piece.expression for piece in listed]), asked)


def _like(parts: list[Any], scope: _Scope) -> Condition:
    asked, pattern = (_piece(part, scope) for part in parts)
    _must_be(Kind.TEXT, asked)
    _must_be(Kind.TEXT, pattern)
    return _any(asked.expression.like(pattern.expression), asked)


def _is_null(parts: list[Any], scope: _Scope) -> Condition:
    asked = _piece(parts[0], scope)
    if asked.among is None:
        return asked.expression.is_(None)
    return not_(func.coalesce(asked.among(true()), false()))


def _sum(word: str, parts: list[Any], scope: _Scope) -> _Piece:
    pieces = [_piece(part, scope) for part in parts]
    for piece in pieces:
        _must_be(Kind.NUMBER, piece)
    numbers = [cast(piece.expression, Numeric) for piece in pieces]  # which never overflow
    return _Piece(reduce(_SUMS[word], numbers), Kind.NUMBER, _("the sum"))


def _casei(parts: list[Any], scope: _Scope) -> _Piece:
    piece = _piece(parts[0], scope)
    _must_be(Kind.TEXT, piece)
    return _Piece(func.lower(piece.expression), Kind.TEXT, piece.said, piece.among)


def _looked_up(word: str, lookup: Lookup, parts: list[Any], scope: _Scope) -> _Piece:
    _must_be_allowed(word, lookup, scope)
    for part in parts:
        if not isinstance(part, str):
            raise WrongKind(said=_said(part), kind=_("not text"), wanted=_(Kind.TEXT.value))
    return _Piece(lookup.asked(parts), Kind.FLAG, word)


def _any(said: Condition, *pieces: _Piece) -> Condition:
    """The condition, met by any of the values its pieces may have."""
    return reduce(lambda inner, piece: piece.among(inner) if piece.among else inner, pieces, said)


def _must_be(kind: Kind, piece: _Piece) -> None:
    if piece.kind is not kind:
        raise WrongKind(said=piece.said, kind=_(piece.kind.value), wanted=_(kind.value))


def _must_be_alike(left: _Piece, right: _Piece) -> None:
    if left.kind is not right.kind:
        kinds = {"left_kind": _(left.kind.value), "right_kind": _(right.kind.value)}
        raise NotAlike(left=left.said, right=right.said, **kinds)


def _day(written: str) -> date:
    try:
        return (datetime if "T" in written else date).fromisoformat(written)
    except ValueError:
        raise WrongKind(said=written, kind=_("no day"), wanted=_(Kind.DATE.value)) from None


def _said(node: Any) -> str:
    match node:
        case {"op": word}:
            return str(word)
        case dict():
            return ", ".join(sorted(str(key) for key in node))
        case None:
            return "NULL"
        case _:
            return str(node)


def _known(scope: _Scope) -> str:
    return ", ".join(sorted(usable(scope.terms, scope.actor)))


def _over(above: _Number, below: _Number) -> _Number:
    return above / func.nullif(below, 0)


def _whole(above: _Number, below: _Number) -> _Number:
    return func.trunc(_over(above, below))


def _rest(above: _Number, below: _Number) -> _Number:
    return above % func.nullif(below, 0)


_CONDITIONS: dict[str, Callable[[list[Any], _Scope], Condition]] = {
    "and": partial(_join, and_),
    "or": partial(_join, or_),
    "not": _not,
    "=": _equal,
    "<>": _unequal,
    "<": partial(_compare, operator.lt),
    "<=": partial(_compare, operator.le),
    ">": partial(_compare, operator.gt),
    ">=": partial(_compare, operator.ge),
    "between": _between,
    "in": _in,
    "like": _like,
    "isNull": _is_null,
}
_SUMS: dict[str, Callable[[_Number, _Number], _Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _over,
    "div": _whole,
    "%": _rest,
}
_TAKES = dict.fromkeys([*_CONDITIONS, *_SUMS], range(2, 3)) | {
    "and": range(1, LONGEST),
    "or": range(1, LONGEST),
    "not": range(1, 2),
    "isNull": range(1, 2),
    "between": range(3, 4),
    "casei": range(1, 2),
}
_OPERATORS = (
    "AND, OR, NOT, =, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL, +, -, *, /, %, DIV, CASEI"
)
