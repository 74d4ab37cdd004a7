"""A filter as a condition of SQL: its tree walked once, each part understood as a piece."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    ARRAY,
    Numeric,
    SQLColumnExpression,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import array

from core.actor import Actor
from core.cql import shapes, times
from core.cql.reading import LONGEST, FilterTooLong, FilterUnreadable, said, tree
from core.cql.terms import (
    IN_TIME,
    Condition,
    Kind,
    Lookup,
    OperatorUnknown,
    Piece,
    Term,
    TermNotYours,
    Terms,
    TermUnknown,
    WrongKind,
    met_by_any,
    must_be,
    must_be_alike,
    usable,
)
from core.words import _

_Number = SQLColumnExpression[Any]


def as_it_is(shape: BaseGeometry) -> BaseGeometry:
    """A shape that was given in EPSG:4326, longitude first."""
    return shape


@dataclass(frozen=True)
class _Scope:
    terms: Terms
    actor: Actor
    placed: shapes.Placed


def condition(
    written: str, terms: Terms, *, actor: Actor, placed: shapes.Placed = as_it_is
) -> Condition:
    """What a filter says, as a condition on the rows its terms speak of.

    `written` is CQL2 text, or CQL2 JSON where it begins with a brace; an empty one is always true.
    Its shapes are brought to EPSG:4326, longitude first, by `placed`.

    Raises:
        FilterUnreadable, FilterTooLong, ShapeUnreadable, ShapeTooLarge: it is no CQL2, or too much.
        TermUnknown, OperatorUnknown: it names what is not known here.
        TermNotYours: it names what the actor may not ask about.
        NotAlike, WrongKind: it compares what cannot be compared.
    """
    if not written.strip():
        return true()
    try:
        return _flag(tree(written), _Scope(terms, actor, placed))
    except RecursionError:
        raise FilterTooLong from None


def _piece(node: Any, scope: _Scope) -> Piece:
    match node:
        case {"property": name}:
            return _term(name, scope)
        case {"op": word, "args": list(parts)}:
            return _operation(word, parts, scope)
        case {"interval": [start, end]}:
            return times.interval(_edge(start, scope, begins=True), _edge(end, scope, begins=False))
        case {"type": str(), "coordinates": _} | {"geometries": _} | {"bbox": _}:
            return shapes.drawn(node, scope.placed)
        case list():
            return _list(node, scope)
        case _:
            return _value(node)


def _value(node: Any) -> Piece:
    match node:
        case bool():
            return Piece(true() if node else false(), Kind.FLAG, str(node).lower())
        case int() | float():
            number = int(node) if float(node).is_integer() else node
            return Piece(literal(number), Kind.NUMBER, str(number))
        case str():
            return Piece(literal(node), Kind.TEXT, f"'{node}'")
        case {"date": str(day)}:
            return times.day(day)
        case {"timestamp": str(moment)}:
            return times.moment(moment)
        case _:
            raise OperatorUnknown(operator=said(node), known=_OPERATORS)


def _term(name: str, scope: _Scope) -> Piece:
    term = scope.terms.get(name)
    if not isinstance(term, Term):
        raise TermUnknown(term=name, known=_known(scope))
    _must_be_allowed(name, term, scope)
    return Piece(term.expression, term.kind, name, term.among)


def _must_be_allowed(name: str, term: Term | Lookup, scope: _Scope) -> None:
    if term.permission is not None and not scope.actor.may(term.permission):
        raise TermNotYours(term=name, known=_known(scope))


def _operation(word: str, parts: list[Any], scope: _Scope) -> Piece:
    lookup = scope.terms.get(word)
    if isinstance(lookup, Lookup):
        return _looked_up(word, lookup, parts, scope)
    if word not in _TAKES:
        raise OperatorUnknown(operator=word, known=_OPERATORS)
    if len(parts) not in _TAKES[word]:
        raise FilterUnreadable(place=word)
    if word in _CONDITIONS:
        return Piece(_CONDITIONS[word](parts, scope), Kind.FLAG, word)
    return _text(word, parts, scope) if word in _TEXTS else _sum(word, parts, scope)


def _edge(node: Any, scope: _Scope, *, begins: bool) -> Piece:
    return times.edge(node, begins=begins) if isinstance(node, str) else _piece(node, scope)


def _list(nodes: list[Any], scope: _Scope) -> Piece:
    members = tuple(_piece(node, scope) for node in nodes)
    for member in members:
        must_be(Kind.TEXT, member)
    listed = array([member.expression for member in members])
    words = ", ".join(member.said for member in members)
    return Piece(listed, Kind.LIST, f"({words})", members=members)


def _flag(node: Any, scope: _Scope) -> Condition:
    piece = _piece(node, scope)
    must_be(Kind.FLAG, piece)
    return met_by_any(and_(piece.expression), piece)


def _join(join: Callable[..., Condition], parts: list[Any], scope: _Scope) -> Condition:
    return join(*(_flag(part, scope) for part in parts))


def _not(parts: list[Any], scope: _Scope) -> Condition:
    return not_(_flag(parts[0], scope))


def _pair(test: Callable[[Piece, Piece], Condition], parts: list[Any], scope: _Scope) -> Condition:
    left, right = (_piece(part, scope) for part in parts)
    return test(left, right)


def _lists(test: Callable[[Piece, Piece], Condition], parts: list[Any], scope: _Scope) -> Condition:
    """Two lists; one of a single text is read as that text."""
    return _pair(test, [[part] if isinstance(part, str) else part for part in parts], scope)


def _compare(compare: Callable[[Any, Any], Condition], left: Piece, right: Piece) -> Condition:
    return met_by_any(_compared(compare, left, right), left, right)


def _compared(compare: Callable[[Any, Any], Condition], left: Piece, right: Piece) -> Condition:
    must_be_alike(left, right)
    if left.kind in _UNORDERED:
        raise WrongKind(said=left.said, kind=_(left.kind.value), wanted=_("a number, text or date"))
    if left.kind in IN_TIME:
        return times.compared(compare, left, right)
    return compare(left.expression, right.expression)


def _equal(parts: list[Any], scope: _Scope) -> Condition:
    if parts[1] is True:  # a flag by itself is a condition the planner can do more with
        return _flag(parts[0], scope)
    return _pair(partial(_compare, operator.eq), parts, scope)


def _unequal(parts: list[Any], scope: _Scope) -> Condition:
    return not_(_equal(parts, scope))


def _between(parts: list[Any], scope: _Scope) -> Condition:
    asked, low, high = (_piece(part, scope) for part in parts)
    above, below = _compared(operator.ge, asked, low), _compared(operator.le, asked, high)
    return met_by_any(and_(above, below), asked)


def _in(parts: list[Any], scope: _Scope) -> Condition:
    if not isinstance(parts[1], list):
        raise FilterUnreadable(place="IN")
    asked = _piece(parts[0], scope)
    listed = [_piece(part, scope) for part in parts[1]]
    same = [_compared(operator.eq, asked, piece) for piece in listed]
    if asked.kind in IN_TIME:
        return met_by_any(or_(false(), *same), asked)
    return met_by_any(asked.expression.in_([piece.expression for piece in listed]), asked)


def _share(symbol: str, left: Piece, right: Piece) -> Condition:
    """How two lists share their members, by the sign of the database for it."""
    must_be(Kind.LIST, left)
    must_be(Kind.LIST, right)
    texts, others = (cast(each.expression, ARRAY(Text)) for each in (left, right))
    shared: Condition = texts.bool_op(symbol)(others)
    return shared


def _same_members(left: Piece, right: Piece) -> Condition:
    return and_(_share("@>", left, right), _share("<@", left, right))


def _like(parts: list[Any], scope: _Scope) -> Condition:
    asked, pattern = (_piece(part, scope) for part in parts)
    must_be(Kind.TEXT, asked)
    must_be(Kind.TEXT, pattern)
    return met_by_any(asked.expression.like(pattern.expression), asked)


def _is_null(parts: list[Any], scope: _Scope) -> Condition:
    asked = _piece(parts[0], scope)
    if asked.among is None:
        return asked.expression.is_(None)
    return not_(func.coalesce(asked.among(true()), false()))


def _sum(word: str, parts: list[Any], scope: _Scope) -> Piece:
    pieces = [_piece(part, scope) for part in parts]
    for piece in pieces:
        must_be(Kind.NUMBER, piece)
    numbers = [cast(piece.expression, Numeric) for piece in pieces]  # which never overflow
    return Piece(reduce(_SUMS[word], numbers), Kind.NUMBER, _("the sum"))


def _text(word: str, parts: list[Any], scope: _Scope) -> Piece:
    piece = _piece(parts[0], scope)
    must_be(Kind.TEXT, piece)
    return Piece(_TEXTS[word](piece.expression), Kind.TEXT, piece.said, piece.among)


def _looked_up(word: str, lookup: Lookup, parts: list[Any], scope: _Scope) -> Piece:
    _must_be_allowed(word, lookup, scope)
    wanted = lookup.takes or (Kind.TEXT,) * len(parts)
    if len(parts) != len(wanted):
        raise FilterUnreadable(place=word)
    for part, kind in zip(parts, wanted, strict=True):
        if not _is_plain(part, kind):
            needed = _(kind.value)
            raise WrongKind(said=said(part), kind=_("not {it}", it=needed), wanted=needed)
    return Piece(lookup.asked(parts), lookup.kind, word)


def _is_plain(part: Any, kind: Kind) -> bool:
    """Whether a part was written out as a text or a number."""
    return not isinstance(part, bool) and isinstance(part, _PLAIN[kind])


def _known(scope: _Scope) -> str:
    return ", ".join(sorted(usable(scope.terms, scope.actor)))


def _over(above: _Number, below: _Number) -> _Number:
    return above / func.nullif(below, 0)


def _whole(above: _Number, below: _Number) -> _Number:
    return func.trunc(_over(above, below))


def _power(base: _Number, exponent: _Number) -> _Number:
    """A power, NULL where it is no number or has hundreds of digits."""
    size = exponent * func.ln(func.nullif(func.abs(base), 0))
    real = or_(base > 0, exponent == func.trunc(exponent))
    nought = and_(base == 0, exponent > 0)
    return case((and_(real, func.abs(size) < 500), func.power(base, exponent)), (nought, 0))


def _without_accents(text: _Number) -> _Number:
    apart = func.pg_catalog.normalize(text, "NFD")
    return func.regexp_replace(apart, "[\u0300-\u036f]", "", "g")


def _rest(above: _Number, below: _Number) -> _Number:
    return above % func.nullif(below, 0)


_CONDITIONS: dict[str, Callable[[list[Any], _Scope], Condition]] = {
    "and": partial(_join, and_),
    "or": partial(_join, or_),
    "not": _not,
    "=": _equal,
    "<>": _unequal,
    "<": partial(_pair, partial(_compare, operator.lt)),
    "<=": partial(_pair, partial(_compare, operator.le)),
    ">": partial(_pair, partial(_compare, operator.gt)),
    ">=": partial(_pair, partial(_compare, operator.ge)),
    "between": _between,
    "in": _in,
    "like": _like,
    "isNull": _is_null,
    "a_contains": partial(_lists, partial(_share, "@>")),
    "a_containedBy": partial(_lists, partial(_share, "<@")),
    "a_overlaps": partial(_lists, partial(_share, "&&")),
    "a_equals": partial(_lists, _same_members),
    **{word: partial(_pair, partial(shapes.lie, word)) for word in shapes.TOGETHER},
    **{word: partial(_pair, partial(times.follow, word)) for word in times.FOLLOWING},
}
_SUMS: dict[str, Callable[[_Number, _Number], _Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _over,
    "div": _whole,
    "%": _rest,
    "^": _power,
}
_TEXTS: dict[str, Callable[[_Number], _Number]] = {"casei": func.lower, "accenti": _without_accents}
_PLAIN: dict[Kind, Any] = {Kind.TEXT: str, Kind.NUMBER: int | float}
_UNORDERED = frozenset({Kind.GEOMETRY, Kind.LIST, Kind.INTERVAL})
_TAKES = dict.fromkeys([*_CONDITIONS, *_SUMS], range(2, 3)) | {
    "and": range(1, LONGEST),
    "or": range(1, LONGEST),
    "not": range(1, 2),
    "isNull": range(1, 2),
    "between": range(3, 4),
    **dict.fromkeys(_TEXTS, range(1, 2)),
}
_OPERATORS = (
    "AND, OR, NOT, =, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL, +, -, *, /, %, DIV, ^, CASEI, "
    "ACCENTI, S_… (S_INTERSECTS), T_… (T_DURING), A_… (A_CONTAINS)"
)
