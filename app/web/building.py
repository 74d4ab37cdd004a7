"""The builder of filters: rows of plain choices, and the CQL2 they stand for, both ways.

A filter is drawn as rows that all have to hold, any of which may, or none of which may. A row asks
one term, or how many members meet conditions that are rows themselves. What cannot be drawn so is
left as text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.cql import Kind, Lookup, Over, Sourced, Term, Terms, tree
from core.words import _

ALL, ANY, NONE = "all", "any", "none"
MEMBERS = "count_of"
AREA, HAZARD = "area_in", "hazard_status"
KNOWN, UNKNOWN, YES, NO, IN, OUT, HOLDS = "known", "unknown", "yes", "no", "in", "out", "like"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
COMPARED = ("=", "<>", ">=", "<=", "<", ">")


@dataclass(frozen=True)
class Row:
    """One condition: a term, how it is compared, and with what.

    A hazard is asked of a `release` from a `threshold` on; members by rows of their own.
    """

    term: str = ""
    operator: str = ""
    value: str = ""
    release: str = ""
    threshold: str = ""
    members: "tuple[Row, ...]" = ()


@dataclass(frozen=True)
class Built:
    """A filter as rows."""

    joined: str = ALL
    rows: tuple[Row, ...] = ()


def operators(term: str, terms: Terms) -> list[tuple[str, str]]:
    """How a term may be compared: (operator, its words); the first is the usual one."""
    known = terms.get(term)
    if term == AREA:
        return [(IN, _("lies in")), (OUT, _("does not lie in"))]
    if term == HAZARD:
        return [("=", _("is")), ("<>", _("is not"))]
    if isinstance(known, Over):
        return _of_kind(Kind.NUMBER)
    if isinstance(known, Term | Sourced):
        return [*_of_kind(known.kind), (KNOWN, _("is known")), (UNKNOWN, _("is not known"))]
    return []


def _of_kind(kind: Kind) -> list[tuple[str, str]]:
    return {
        Kind.NUMBER: [
            (">=", _("at least")),
            ("<=", _("at most")),
            ("=", _("exactly")),
            ("<>", _("not")),
            (">", _("more than")),
            ("<", _("fewer than")),
        ],
        Kind.TEXT: [("=", _("is")), ("<>", _("is not")), (HOLDS, _("holds the letters"))],
        Kind.FLAG: [(YES, _("yes")), (NO, _("no"))],
        Kind.DATE: [(">=", _("on or after")), ("<=", _("on or before")), ("=", _("on"))],
    }.get(kind, [])


def offered(terms: Terms) -> list[tuple[str, str]]:
    """The terms rows may ask, (name, what it means)."""
    return [(name, term.label) for name, term in terms.items() if _drawable(name, term)]


def _drawable(name: str, term: object) -> bool:
    if isinstance(term, Lookup):
        return name in (AREA, HAZARD)
    return isinstance(term, Term | Sourced) and bool(_of_kind(term.kind))


def settled(row: Row, terms: Terms) -> Row:
    """A row with an operator its term takes, and without the value of another term."""
    known = [operator for operator, _words in operators(row.term, terms)]
    if row.operator in known or not known:
        return row
    return Row(row.term, known[0], members=row.members)


def written(built: Built, terms: Terms) -> str:
    """The CQL2 text of a filter; rows that are not filled in yet are left out."""
    parts = [part for row in built.rows if (part := _written(row, terms))]
    if not parts:
        return ""
    if built.joined == ALL:
        return " AND ".join(parts)
    either = " OR ".join(parts)
    return either if built.joined == ANY else f"NOT ({either})"


def _written(row: Row, terms: Terms) -> str:
    known = terms.get(row.term)
    if isinstance(known, Over):
        members = " AND ".join(filter(None, (_written(each, known.terms) for each in row.members)))
        number = _literal(row.value, Kind.NUMBER)
        return f"{row.term}({members}) {row.operator} {number}" if number else ""
    if row.term == AREA:
        inside = f"area_in({_quoted(row.value)})" if row.value.strip() else ""
        return f"NOT {inside}" if inside and row.operator == OUT else inside
    if row.term == HAZARD:
        return _hazard(row)
    return _plain(row, known) if isinstance(known, Term | Sourced) else ""


def _hazard(row: Row) -> str:
    threshold = _literal(row.threshold or "0", Kind.NUMBER)
    if not (row.release.isdigit() and threshold and row.value):
        return ""
    return f"hazard_status({row.release}, {threshold}) {row.operator} {_quoted(row.value)}"


def _plain(row: Row, known: Term | Sourced) -> str:
    fixed = {
        YES: f"{row.term} = TRUE",
        NO: f"{row.term} = FALSE",
        KNOWN: f"{row.term} IS NOT NULL",
        UNKNOWN: f"{row.term} IS NULL",
    }
    if row.operator in fixed:
        return fixed[row.operator]
    if row.operator == HOLDS:
        letters = re.sub(r"([\\%_])", r"\\\1", row.value)
        return f"{row.term} LIKE {_quoted(f'%{letters}%')}" if row.value else ""
    literal = _literal(row.value, known.kind)
    return f"{row.term} {row.operator} {literal}" if literal else ""


def _literal(typed: str, kind: Kind) -> str:
    """A value as CQL2 writes it; nothing where it is none of its kind yet."""
    value = typed.strip()
    if kind is Kind.NUMBER:
        return value if NUMBER.fullmatch(value) else ""
    if kind is Kind.DATE:
        return f"DATE('{value}')" if _is_day(value) else ""
    return _quoted(value) if value else ""


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _quoted(text: str) -> str:
    return "'{}'".format(text.strip().replace("'", "''"))


def drawn(text: str, terms: Terms) -> Built | None:
    """A filter as rows; None where rows cannot say it.

    Raises:
        FilterUnreadable, FilterTooLong: it is no CQL2.
    """
    if not text.strip():
        return Built()
    joined, parts = _parts(tree(text))
    rows = [_row(part, terms) for part in parts]
    known = tuple(row for row in rows if row is not None)
    return Built(joined, known) if len(known) == len(rows) else None


def _parts(node: Any) -> tuple[str, list[Any]]:
    match node:
        case {"op": "and", "args": list(parts)}:
            return ALL, parts
        case {"op": "or", "args": list(parts)}:
            return ANY, parts
        case {"op": "not", "args": [{"op": "or", "args": list(parts)}]}:
            return NONE, parts
        case _:
            return ALL, [node]


def _row(node: Any, terms: Terms) -> Row | None:
    """The row of one part, where there is one that says the same."""
    for draw in (_of_flag, _of_nothing, _of_area, _of_letters, _of_hazard, _of_members, _of_value):
        row = draw(node, terms)
        if row is not None:
            return row
    return None


def _of_flag(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"property": str(name)} | {"op": "=", "args": [{"property": str(name)}, True]}:
            return _if_asked(Row(name, YES), terms)
        case {"op": "not", "args": [{"property": str(name)}]} | {
            "op": "=",
            "args": [{"property": str(name)}, False],
        }:
            return _if_asked(Row(name, NO), terms)
        case _:
            return None


def _of_nothing(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "isNull", "args": [{"property": str(name)}]}:
            return _if_asked(Row(name, UNKNOWN), terms)
        case {"op": "not", "args": [{"op": "isNull", "args": [{"property": str(name)}]}]}:
            return _if_asked(Row(name, KNOWN), terms)
        case _:
            return None


def _of_area(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "area_in", "args": [str(pcode)]}:
            return _if_asked(Row(AREA, IN, pcode), terms)
        case {"op": "not", "args": [{"op": "area_in", "args": [str(pcode)]}]}:
            return _if_asked(Row(AREA, OUT, pcode), terms)
        case _:
            return None


def _of_letters(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "like", "args": [{"property": str(name)}, str(pattern)]}:
            letters = re.fullmatch(r"%((?:[^\\%_]|\\[\\%_])+)%", pattern)
            if letters is None:
                return None
            plain = re.sub(r"\\(.)", r"\1", letters[1])
            return _if_asked(Row(name, HOLDS, plain), terms)
        case _:
            return None


def _of_hazard(node: Any, terms: Terms) -> Row | None:
    match node:
        case {
            "op": "=" | "<>" as operator,
            "args": [{"op": "hazard_status", "args": [release, threshold]}, str(status)],
        }:
            said = (_figure(release), _figure(threshold))
            return _if_asked(Row(HAZARD, operator, status, *said), terms)
        case _:
            return None


def _of_members(node: Any, terms: Terms) -> Row | None:
    match node:
        case {
            "op": str(operator),
            "args": [{"op": str(word), "args": list(conditions)}, int() | float() as number],
        } if operator in COMPARED and isinstance(terms.get(word), Over) and word == MEMBERS:
            parts = _parts(conditions[0]) if conditions else (ALL, [])
            theirs = [_row(part, _terms_over(terms, word)) for part in parts[1]]
            rows = tuple(row for row in theirs if row is not None)
            whole = len(rows) == len(theirs) and parts[0] == ALL
            return Row(word, operator, _figure(number), members=rows) if whole else None
        case _:
            return None


def _terms_over(terms: Terms, word: str) -> Terms:
    known = terms.get(word)
    return known.terms if isinstance(known, Over) else {}


def _of_value(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": str(operator), "args": [{"property": str(name)}, value]} if (
            operator in COMPARED
        ):
            known = terms.get(name)
            said = _said(value, known.kind) if isinstance(known, Term | Sourced) else None
            return None if said is None else _if_asked(Row(name, operator, said), terms)
        case _:
            return None


def _said(value: Any, kind: Kind) -> str | None:
    match value:
        case bool():
            return None
        case int() | float() if kind is Kind.NUMBER:
            return _figure(value)
        case str() if kind is Kind.TEXT:
            return value
        case {"date": str(day)} if kind is Kind.DATE:
            return day
        case _:
            return None


def _figure(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)


def _if_asked(row: Row, terms: Terms) -> Row | None:
    """A row, if the builder offers its term and compares it so."""
    known = terms.get(row.term)
    drawable = known is not None and _drawable(row.term, known)
    taken = any(row.operator == operator for operator, _words in operators(row.term, terms))
    return row if drawable and taken else None


def sent(form: Mapping[str, str], terms: Terms) -> Built:
    """The rows of a form, after what its button asks for: another row, or one fewer."""
    rows = [_sent(form, f"{number}", terms) for number in _numbers(form, "")]
    return _done(Built(form.get("joined", ALL), tuple(rows)), form.get("do", ""))


def _numbers(form: Mapping[str, str], of: str) -> list[int]:
    """The places of the rows a form holds, in their order."""
    named = re.compile(re.escape(of) + r"(\d+)\.term")
    return sorted(int(found[1]) for name in form if (found := named.fullmatch(name)))


def _sent(form: Mapping[str, str], place: str, terms: Terms) -> Row:
    term = form[f"{place}.term"]
    theirs = _terms_over(terms, term)
    members = tuple(
        _sent(form, f"{place}.{number}", theirs) for number in _numbers(form, f"{place}.")
    )
    if form.get(f"{place}.was", term) != term:  # another term than its value was given for
        return settled(Row(term, members=members), terms)
    parts = ("operator", "value", "release", "threshold")
    operator, value, release, threshold = (form.get(f"{place}.{part}", "") for part in parts)
    return settled(Row(term, operator, value, release, threshold, members), terms)


def _done(built: Built, do: str) -> Built:
    act, _colon, place = do.partition(":")
    changed: dict[str, Callable[[Sequence[Row]], Sequence[Row]]] = {
        "add": lambda rows: [*rows, Row()],
        "members": lambda rows: [*rows, Row(MEMBERS, ">=", "1", members=(Row(),))],
        "drop": lambda rows: _without(rows, place),
        "beside": lambda rows: _with_another(rows, place),
    }
    rows = changed[act](built.rows) if act in changed else built.rows
    return Built(built.joined, tuple(rows))


def _without(rows: Sequence[Row], place: str) -> list[Row]:
    """Without the row of a place, `2`, or the condition on members of one, `2.0`."""
    number, _dot, inner = place.partition(".")
    kept = []
    for at, row in enumerate(rows):
        if str(at) != number:
            kept.append(row)
        elif inner:
            members = tuple(each for n, each in enumerate(row.members) if str(n) != inner)
            kept.append(Row(row.term, row.operator, row.value, members=members))
    return kept


def _with_another(rows: Sequence[Row], place: str) -> list[Row]:
    """With one more condition on the members of a row."""
    return [
        Row(row.term, row.operator, row.value, members=(*row.members, Row()))
        if str(at) == place
        else row
        for at, row in enumerate(rows)
    ]
