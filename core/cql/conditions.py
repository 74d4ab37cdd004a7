"""A filter as a condition of SQL: its tree walked once, each part understood as a piece."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial, reduce
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Numeric,
    SQLColumnExpression,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import array

from core.actor import Actor
from core.cql import shapes, times
from core.cql.plan import Plan
from core.cql.reading import LONGEST, FilterUnreadable, said
from core.cql.sums import SUMS, TEXTS
from core.cql.terms import (
    IN_TIME,
    Condition,
    FigureTooLarge,
    Kind,
    Known,
    Lookup,
    Measured,
    OperatorUnknown,
    Over,
    Piece,
    Sourced,
    Term,
    TermMisspelt,
    TermNotYours,
    Terms,
    TermWithheld,
    Through,
    WrongKind,
    met_by_any,
    must_be,
    must_be_alike,
    unknown,
    usable,
)
from core.errors import Invalid
from core.words import _

MOST = 2**31 - 1  # a number in the brackets of a term; in comparisons there may be larger ones


@dataclass(frozen=True)
class Scope:
    """What a part of a filter may speak of, and what was asked for on the way."""

    terms: Terms
    actor: Actor
    placed: shapes.Placed
    plan: Plan = field(default_factory=Plan)
    names: set[str] = field(default_factory=set)


def _piece(node: Any, scope: Scope) -> Piece:
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
            kept = literal(number) if abs(number) <= MOST else literal(Decimal(number), Numeric)
            return Piece(kept, Kind.NUMBER, str(number))
        case str():
            return Piece(literal(node), Kind.TEXT, f"'{node}'")
        case {"date": str(day)}:
            return times.day(day)
        case {"timestamp": str(moment)}:
            return times.moment(moment)
        case _:
            raise OperatorUnknown(operator=said(node), known=_OPERATORS)


def _term(name: str, scope: Scope) -> Piece:
    term = scope.terms.get(name)
    if not isinstance(term, Term | Sourced):
        raise unknown(name, scope.terms, scope.actor)
    _must_be_allowed(name, term, scope)
    if isinstance(term, Sourced):
        return Piece(term.drawn(scope.plan), term.kind, name)
    return Piece(term.expression, term.kind, name, term.among)


def _must_be_allowed(name: str, term: Known, scope: Scope) -> None:
    if term.permission is not None and not scope.actor.may(term.permission):
        raise TermNotYours(term=name, known=_known(scope))
    if name in scope.actor.withheld:
        raise TermWithheld(term=name, known=_known(scope))
    scope.names.add(name)


def _operation(word: str, parts: list[Any], scope: Scope) -> Piece:
    known = scope.terms.get(word)
    if isinstance(known, Lookup):
        return _looked_up(word, known, parts, scope)
    if isinstance(known, Over):
        return _over_members(word, known, parts, scope)
    if isinstance(known, Through):
        return _of_another(word, known, parts, scope)
    if word not in _TAKES:
        raise _no_operator(word, scope)
    if len(parts) not in _TAKES[word]:
        raise FilterUnreadable(place=word)
    if word in _CONDITIONS:
        return Piece(_CONDITIONS[word](parts, scope), Kind.FLAG, word)
    return _text(word, parts, scope) if word in TEXTS else _sum(word, parts, scope)


def _edge(node: Any, scope: Scope, *, begins: bool) -> Piece:
    return times.edge(node, begins=begins) if isinstance(node, str) else _piece(node, scope)


def _list(nodes: list[Any], scope: Scope) -> Piece:
    members = tuple(_piece(node, scope) for node in nodes)
    for member in members:
        must_be(Kind.TEXT, member)
    listed = array([member.expression for member in members])
    words = ", ".join(member.said for member in members)
    return Piece(listed, Kind.LIST, f"({words})", members=members)


def flag(node: Any, scope: Scope) -> Condition:
    """A part of a filter as a condition.

    Raises:
        Invalid, Forbidden: as `core.cql.asked` does.
    """
    piece = _piece(node, scope)
    must_be(Kind.FLAG, piece)
    return met_by_any(and_(piece.expression), piece)


def value(node: Any, scope: Scope) -> Piece:
    """A part of a filter as a value of one kind, one for each row.

    Raises:
        Invalid, Forbidden: as `core.cql.asked` does. WrongKind: a row has many of it.
    """
    piece = _piece(node, scope)
    if piece.kind is Kind.FLAG:
        return Piece(flag(node, scope), Kind.FLAG, piece.said)
    if piece.among is not None:
        many = _("a list of texts")
        raise WrongKind(said=piece.said, kind=many, wanted=_("a number, text or date"))
    return piece


def _join(join: Callable[..., Condition], parts: list[Any], scope: Scope) -> Condition:
    return join(*(flag(part, scope) for part in parts))


def _not(parts: list[Any], scope: Scope) -> Condition:
    return not_(flag(parts[0], scope))


def _pair(test: Callable[[Piece, Piece], Condition], parts: list[Any], scope: Scope) -> Condition:
    left, right = (_piece(part, scope) for part in parts)
    return test(left, right)


def _lists(test: Callable[[Piece, Piece], Condition], parts: list[Any], scope: Scope) -> Condition:
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
    bound = right.expression
    if left.at_most is not None and compare in _BOUNDED and isinstance(bound, BindParameter):
        strictly, beyond = _BOUNDED[compare]
        within = left.at_most(float(bound.value or 0), strictly)
        return not_(within) if beyond else within
    return compare(left.expression, bound)


def _equal(parts: list[Any], scope: Scope) -> Condition:
    if parts[1] is True:  # a flag by itself is a condition the planner can do more with
        return flag(parts[0], scope)
    return _pair(partial(_compare, operator.eq), parts, scope)


def _unequal(parts: list[Any], scope: Scope) -> Condition:
    return not_(_equal(parts, scope))


def _between(parts: list[Any], scope: Scope) -> Condition:
    asked, low, high = (_piece(part, scope) for part in parts)
    above, below = _compared(operator.ge, asked, low), _compared(operator.le, asked, high)
    return met_by_any(and_(above, below), asked)


def _in(parts: list[Any], scope: Scope) -> Condition:
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


def _like(parts: list[Any], scope: Scope) -> Condition:
    asked, pattern = (_piece(part, scope) for part in parts)
    must_be(Kind.TEXT, asked)
    must_be(Kind.TEXT, pattern)
    if isinstance(parts[1], str) and re.search(r"(?<!\\)(\\\\)*\\$", parts[1]):
        raise FilterUnreadable(place=parts[1])
    return met_by_any(asked.expression.like(pattern.expression), asked)


def _is_null(parts: list[Any], scope: Scope) -> Condition:
    asked = _piece(parts[0], scope)
    if asked.among is None:
        return asked.expression.is_(None)
    return not_(func.coalesce(asked.among(true()), false()))


def _sum(word: str, parts: list[Any], scope: Scope) -> Piece:
    pieces = [_piece(part, scope) for part in parts]
    for piece in pieces:
        must_be(Kind.NUMBER, piece)
    numbers = [cast(piece.expression, Numeric) for piece in pieces]  # which never overflow
    return Piece(reduce(SUMS[word], numbers), Kind.NUMBER, _("the sum"))


def _text(word: str, parts: list[Any], scope: Scope) -> Piece:
    piece = _piece(parts[0], scope)
    must_be(Kind.TEXT, piece)
    return Piece(TEXTS[word](piece.expression), Kind.TEXT, piece.said, piece.among)


def _looked_up(word: str, lookup: Lookup, parts: list[Any], scope: Scope) -> Piece:
    _must_be_allowed(word, lookup, scope)
    wanted = lookup.takes or (Kind.TEXT,) * len(parts)
    if len(parts) not in range(len(wanted) - lookup.spare, len(wanted) + 1):
        raise FilterUnreadable(place=word)
    for part, kind in zip(parts, wanted, strict=False):
        if not _is_plain(part, kind):
            needed = _(kind.value)
            raise WrongKind(said=said(part), kind=_("not {it}", it=needed), wanted=needed)
        if kind is Kind.NUMBER and abs(part) > MOST:
            raise FigureTooLarge(said=said(part))
    told = lookup.asked(parts)
    if isinstance(told, Measured):
        within = partial(told.within, scope.plan)
        return Piece(told.drawn(scope.plan), lookup.kind, word, at_most=within)
    expression = told if isinstance(told, SQLColumnExpression) else told(scope.plan)
    return Piece(expression, lookup.kind, word)


def _over_members(word: str, over: Over, parts: list[Any], scope: Scope) -> Piece:
    _must_be_allowed(word, over, scope)
    values, conditions = parts[: over.takes_value], parts[over.takes_value :]
    if len(values) < over.takes_value or len(conditions) > 1:
        raise FilterUnreadable(place=word)
    member = replace(scope, terms=over.terms, plan=scope.plan.within)
    met = and_(true(), *(flag(part, member) for part in conditions))
    pieces = [_piece(part, member) for part in values]
    for piece in pieces:
        must_be(Kind.NUMBER, piece)
    value = pieces[0].expression if pieces else null()
    return Piece(over.told(scope.plan, met, value), over.kind, word)


def _of_another(word: str, through: Through, parts: list[Any], scope: Scope) -> Piece:
    _must_be_allowed(word, through, scope)
    if len(parts) != 1:
        raise FilterUnreadable(place=word)
    other = replace(scope, terms=through.terms, plan=Plan())
    met = flag(parts[0], other)
    return Piece(through.told(scope.plan, repr(parts), other.plan, met), Kind.FLAG, word)


def _is_plain(part: Any, kind: Kind) -> bool:
    """Whether a part was written out as a text or a number."""
    return not isinstance(part, bool) and isinstance(part, _PLAIN[kind])


def _no_operator(word: str, scope: Scope) -> Invalid:
    refusal = unknown(word, scope.terms, scope.actor)
    if isinstance(refusal, TermMisspelt):
        return refusal
    return OperatorUnknown(operator=word, known=_OPERATORS)


def _known(scope: Scope) -> str:
    return ", ".join(sorted(usable(scope.terms, scope.actor)))


_CONDITIONS: dict[str, Callable[[list[Any], Scope], Condition]] = {
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
_PLAIN: dict[Kind, Any] = {Kind.TEXT: str, Kind.NUMBER: int | float}
_UNORDERED = frozenset({Kind.GEOMETRY, Kind.LIST, Kind.INTERVAL})
# which comparisons with a bound ask for less than it alone, and which for what is beyond
_BOUNDED: dict[Any, tuple[bool, bool]] = {
    operator.lt: (True, False),
    operator.le: (False, False),
    operator.gt: (False, True),
    operator.ge: (True, True),
}
_TAKES = dict.fromkeys([*_CONDITIONS, *SUMS], range(2, 3)) | {
    "and": range(1, LONGEST),
    "or": range(1, LONGEST),
    "not": range(1, 2),
    "isNull": range(1, 2),
    "between": range(3, 4),
    **dict.fromkeys(TEXTS, range(1, 2)),
}
_OPERATORS = (
    "AND, OR, NOT, =, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL, +, -, *, /, %, DIV, ^, CASEI, "
    "ACCENTI, S_… (S_INTERSECTS), T_… (T_DURING), A_… (A_CONTAINS)"
)
