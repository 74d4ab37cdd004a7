"""A filter understood whole: what it asks of each row alone, and of its members beside."""

from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import and_, true

from core.actor import Actor
from core.cql import shapes
from core.cql.conditions import Scope, flag, value
from core.cql.plan import Plan
from core.cql.reading import FilterTooLong, tree
from core.cql.terms import Condition, Over, Piece, Sourced, Terms


def as_it_is(shape: BaseGeometry) -> BaseGeometry:
    """A shape that was given in EPSG:4326, longitude first."""
    return shape


@dataclass(frozen=True)
class Asked:
    """A filter that was understood: what it asks of each row alone, and of its members beside.

    Each of the two has the plan of what has to be joined for it; `names` are the terms it uses.
    """

    plain: Condition
    sources: Plan
    of_members: Condition
    counts: Plan
    names: frozenset[str]


def condition(
    written: str, terms: Terms, *, actor: Actor, placed: shapes.Placed = as_it_is
) -> Condition:
    """What a filter says, as a condition on rows whose terms need nothing joined to them.

    Raises:
        As `asked` does.
    """
    return asked(written, terms, actor=actor, placed=placed).plain


def asked(written: str, terms: Terms, *, actor: Actor, placed: shapes.Placed = as_it_is) -> Asked:
    """What a filter says, as conditions on the rows its terms speak of.

    `written` is CQL2 text, or CQL2 JSON where it begins with a brace; an empty one is always true.
    Its shapes are brought to EPSG:4326, longitude first, by `placed`.

    Raises:
        FilterUnreadable, FilterTooLong, ShapeUnreadable, ShapeTooLarge: it is no CQL2, or too much.
        TermUnknown, OperatorUnknown: it names what is not known here.
        TermNotYours, TermWithheld: it names what the actor may not ask about.
        NotAlike, WrongKind: it compares what cannot be compared.
    """
    alone, beside = Scope(terms, actor, placed), Scope(terms, actor, placed)
    try:
        parts = _all_of_which(tree(written)) if written.strip() else []
        counted = [part for part in parts if _counts_members(part, terms)]
        plain = [flag(part, alone) for part in parts if part not in counted]
        of_members = [flag(part, beside) for part in counted]
    except RecursionError:
        raise FilterTooLong from None
    names = frozenset(alone.names | beside.names)
    conditions = (and_(true(), *plain), and_(true(), *of_members))
    return Asked(conditions[0], alone.plan, conditions[1], beside.plan, names)


def reckoned(
    written: str, terms: Terms, *, actor: Actor, plan: Plan
) -> tuple[Piece, frozenset[str]]:
    """What an expression comes to for each row, such as `count_of(age < 5) / people`, and the terms
    it uses; what has to be joined for it is asked of the plan.

    Raises:
        As `asked` does.
    """
    scope = Scope(terms, actor, as_it_is, plan)
    try:
        return value(tree(written), scope), frozenset(scope.names)
    except RecursionError:
        raise FilterTooLong from None


def counts_members(written: str, terms: Terms) -> bool:
    """Whether an expression asks for a figure over the members of a row."""
    return _counts_members(tree(written), terms)


def _all_of_which(node: Any) -> list[Any]:
    """The parts of a filter that all have to hold."""
    match node:
        case {"op": "and", "args": list(parts)}:
            return [each for part in parts for each in _all_of_which(part)]
        case _:
            return [node]


def _counts_members(node: Any, terms: Terms) -> bool:
    """Whether a part asks for a figure over the members of a row."""
    match node:
        case {"property": str(name)}:
            known = terms.get(name)
            return isinstance(known, Sourced) and known.of_members
        case {"op": str(word), "args": list(parts)}:
            return isinstance(terms.get(word), Over) or _counts_members(parts, terms)
        case {"interval": list(parts)} | list(parts):
            return any(_counts_members(part, terms) for part in parts)
        case _:
            return False
