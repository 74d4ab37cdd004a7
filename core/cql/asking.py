"""A filter understood whole: what it asks of each row alone, and of its members beside."""

from dataclasses import dataclass, replace
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import and_, true

from core.actor import Actor
from core.cql import shapes
from core.cql.conditions import Scope, flag, value
from core.cql.plan import Plan
from core.cql.reading import FilterTooLong, tree
from core.cql.terms import Condition, Lookup, Over, Piece, Sourced, Terms


def as_it_is(shape: BaseGeometry) -> BaseGeometry:
    """A shape that was given in EPSG:4326, longitude first."""
    return shape


@dataclass(frozen=True)
class Asked:
    """A filter that was understood, in three parts that all have to hold: what it asks of the row
    itself, which is `bare`, of the `sources` that are joined to it, and of its members beside.

    `names` are the terms it uses.
    """

    bare: Condition
    sourced: Condition
    sources: Plan
    of_members: Condition
    counts: Plan
    names: frozenset[str]

    @property
    def plain(self) -> Condition:
        """What it asks of each row, its sources joined to it, without its members."""
        return and_(self.bare, self.sourced)

    @property
    def is_of_members_alone(self) -> bool:
        """Whether it asks nothing of the row, nor of what is joined to it."""
        return self.bare.compare(true()) and self.sourced.compare(true())


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
        bare, sourced = _apart([part for part in parts if part not in counted], alone)
        of_members = [flag(part, beside) for part in counted]
    except RecursionError:
        raise FilterTooLong from None
    names = frozenset(alone.names | beside.names)
    told = [and_(*each) if each else true() for each in (bare, sourced, of_members)]
    return Asked(told[0], told[1], alone.plan, told[2], beside.plan, names)


def _apart(parts: list[Any], scope: Scope) -> tuple[list[Condition], list[Condition]]:
    """Parts that ask nothing beside the row, and those for which something is joined to it."""
    bare, sourced = [], []
    for part in parts:
        own = replace(scope, plan=Plan())
        told = _needed(part, own)
        if own.plan.is_empty:
            bare.append(told)
        else:
            sourced.append(_needed(part, scope))
    return bare, sourced


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


def _needed(part: Any, scope: Scope) -> Condition:
    """A part that has to hold: as it is, or where there is a way to find just those of whom it
    surely does, that."""
    match part:
        case {"op": "=", "args": [{"op": str(word), "args": list(values)}, str() | True as said]}:
            wanted = said
        case {"op": str(word), "args": list(values)}:
            wanted = True
        case _:
            return flag(part, scope)
    known = scope.terms.get(word)
    if not isinstance(known, Lookup) or known.surely is None:
        return flag(part, scope)
    flag(part, replace(scope, plan=Plan()))  # which refuses what cannot be asked
    found = known.surely(values, wanted)
    return flag(part, scope) if found is None else found


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
