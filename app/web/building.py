"""The builder of filters: rows of plain choices, and the CQL2 they stand for.

A filter is rows that all have to hold, any of which may, or none of which may. A row asks one term,
or how many members meet conditions that are rows themselves, or it is a group of rows of its own.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from core.cql import Kind, Lookup, Over, Sourced, Term, Terms, Through
from core.words import _

ALL, ANY, NONE = "all", "any", "none"
MEMBERS = "count_of"
GROUP = "group"  # of rows, in the place of a term
HOUSEHOLD = "group_of"
AREA, HAZARD, PROGRAM, EXPOSED = "area_in", "hazard_status", "in_program", "exposed"
MONEY = ("entitled", "received")  # since a day, if one is named
BY_HAND = re.compile(r"pcode|level_\d_pcode")  # the row of areas asks the same by name
KNOWN, UNKNOWN, YES, NO, IN, OUT, HOLDS = "known", "unknown", "yes", "no", "in", "out", "like"
HAS, LACKS = "has", "lacks"
WITHIN, LONGER = "within", "longer"  # so many days ago
DAYS = re.compile(r"\d{1,6}")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
COMPARED = ("=", "<>", ">=", "<=", "<", ">")


@dataclass(frozen=True)
class Row:
    """One condition: a term, how it is compared, and with what.

    A hazard is asked of a `release` from a `threshold` on, or of the latest one of an event and its
    layer; other terms that take a word have it in `release`, and money may have a day in
    `threshold`. Members, and a group, are asked by rows of their own, `joined` as a filter's.
    """

    term: str = ""
    operator: str = ""
    value: str = ""
    release: str = ""
    threshold: str = ""
    members: "tuple[Row, ...]" = ()
    joined: str = ALL


@dataclass(frozen=True)
class Built:
    """A filter as rows."""

    joined: str = ALL
    rows: tuple[Row, ...] = ()


def operators(term: str, terms: Terms) -> list[tuple[str, str]]:
    """How a term may be compared: (operator, its words); the first is the usual one."""
    known = terms.get(term)
    if term in (AREA, HAZARD, PROGRAM, EXPOSED):
        return _of_place_or_program(term)
    if isinstance(known, Over):
        return _of_kind(Kind.NUMBER)
    if not is_drawable(term, known) or not isinstance(known, Term | Sourced | Lookup):
        return []
    sure = isinstance(known, Lookup) and known.kind is Kind.FLAG
    if sure or known.kind is Kind.LIST or term in MONEY:  # what nobody has is no or 0
        return _of_kind(known.kind)
    return [*_of_kind(known.kind), (KNOWN, _("is known")), (UNKNOWN, _("is not known"))]


def _of_place_or_program(term: str) -> list[tuple[str, str]]:
    return {
        AREA: [(IN, _("lies in")), (OUT, _("does not lie in"))],
        HAZARD: [("=", _("is")), ("<>", _("is not"))],
        PROGRAM: [(IN, _("is enrolled in")), (OUT, _("is not enrolled in"))],
        EXPOSED: [
            (IN, _("surely stands in it")),
            (OUT, _("surely stands outside")),
            (UNKNOWN, _("nobody knows")),
        ],
    }[term]


def _of_kind(kind: Kind) -> list[tuple[str, str]]:
    return {
        Kind.NUMBER: [
            (">=", _("at least")),
            ("<=", _("at most")),
            ("=", _("exactly")),
            ("<>", _("not")),
            (">", _("more than")),
            ("<", _("less than")),
        ],
        Kind.TEXT: [("=", _("is")), ("<>", _("is not")), (HOLDS, _("holds the letters"))],
        Kind.FLAG: [(YES, _("yes")), (NO, _("no"))],
        Kind.LIST: [(HAS, _("has")), (LACKS, _("does not have"))],
        Kind.DATE: [
            (">=", _("on or after")),
            ("<=", _("on or before")),
            ("=", _("on")),
            (WITHIN, _("within the last days:")),
            (LONGER, _("longer ago than days:")),
        ],
    }.get(kind, [])


def offered(terms: Terms) -> list[tuple[str, str]]:
    """The terms rows may ask, (name, what it means)."""
    plainly = _in_few_words()
    return [
        (name, plainly.get(name, term.label))
        for name, term in terms.items()
        if is_drawable(name, term) and not BY_HAND.fullmatch(name)
    ]


def _in_few_words() -> dict[str, str]:
    """Terms whose row asks more than their name says, where the row makes the rest plain."""
    return {
        EXPOSED: _("Stands in the latest of a hazard"),
        "sex_of_head": _("Sex of the head"),
        "sex": _("Sex"),
        "consent": _("What was said to"),
        "visited_on": _("Last visit"),
        "has_document": _("Has a paper that holds"),
        "has_identifier": _("Has a valid identifier"),
        "helped_for": _("Is helped by a program for"),
        "program_state": _("Where it stands with a program"),
        AREA: _("Area it lies in"),
        HAZARD: _("Answer of a hazard"),
        PROGRAM: _("Program it is in"),
        "entitled": _("What was approved for it"),
        "received": _("What it received"),
    }


def joined_words() -> dict[str, str]:
    """How rows are joined, in words."""
    return {
        ALL: _("all of this holds"),
        ANY: _("any of this holds"),
        NONE: _("none of this holds"),
    }


def is_drawable(name: str, term: object) -> bool:
    """Whether a row can ask a term."""
    if isinstance(term, Lookup):
        return name in (AREA, HAZARD, PROGRAM, EXPOSED) or term.of is not None
    return isinstance(term, Term | Sourced) and bool(_of_kind(term.kind))


def settled(row: Row, terms: Terms) -> Row:
    """A row with an operator its term takes, and without the value of another term."""
    known = [operator for operator, _words in operators(row.term, terms)]
    if row.operator in known or not known:
        return row
    return Row(row.term, known[0], members=row.members, joined=row.joined)


def written(built: Built, terms: Terms) -> str:
    """The CQL2 text of a filter; rows that are not filled in yet are left out."""
    return _joined(built.joined, built.rows, terms)


def _joined(joined: str, rows: Sequence[Row], terms: Terms) -> str:
    parts = [part for row in rows if (part := _written(row, terms))]
    if not parts or joined == ALL:
        return " AND ".join(parts)
    either = " OR ".join(parts)
    return either if joined == ANY else f"NOT ({either})"


def _written(row: Row, terms: Terms) -> str:
    known = terms.get(row.term)
    if row.term == GROUP or isinstance(known, Over | Through):
        return _with_rows(row, terms)
    if row.term in (AREA, PROGRAM):
        inside = f"{row.term}({_quoted(row.value)})" if row.value.strip() else ""
        return f"NOT {inside}" if inside and row.operator == OUT else inside
    if row.term == HAZARD:
        return _hazard(row)
    if row.term == EXPOSED:
        return _exposed(row)
    if isinstance(known, Lookup):
        return _plain(row, _called(row), known.kind) if row.release.strip() else ""
    return _plain(row, row.term, known.kind) if isinstance(known, Term | Sourced) else ""


def _with_rows(row: Row, terms: Terms) -> str:
    """A group of rows, a number of members, or what is asked of the household."""
    theirs = _joined(row.joined, row.members, terms_within(row.term, terms))
    if row.term == GROUP:
        return f"({theirs})" if theirs and row.joined != NONE else theirs
    if row.term == HOUSEHOLD:
        return f"{row.term}({theirs})" if theirs else ""
    number = _literal(row.value, Kind.NUMBER)
    return f"{row.term}({theirs}) {row.operator} {number}" if number else ""


def _called(row: Row) -> str:
    """A term with the word it takes, and the day since when money counts."""
    since = row.threshold.strip() if row.term in MONEY else ""
    day = f", {_quoted(since)}" if _is_day(since) else ""
    return f"{row.term}({_quoted(row.release)}{day})"


def _exposed(row: Row) -> str:
    """The latest release of an event and its layer, from a threshold on if one is named."""
    named = layer_said(row.release)
    if named is None:
        return ""
    threshold = _literal(row.threshold, Kind.NUMBER)
    asked = ", ".join([*map(_quoted, named), *([threshold] if threshold else [])])
    said = f"{EXPOSED}({asked})"
    return {OUT: f"NOT {said}", UNKNOWN: f"{said} IS NULL"}.get(row.operator, said)


def layer_named(event: str, layer: str) -> str:
    """An event and its layer, as one value of a form."""
    return json.dumps([event, layer], ensure_ascii=False)


def layer_said(value: str) -> tuple[str, str] | None:
    """The event and the layer a value of a form names."""
    try:
        match json.loads(value):
            case [str(event), str(layer)]:
                return event, layer
    except ValueError:
        pass
    return None


def _hazard(row: Row) -> str:
    threshold = _literal(row.threshold or "0", Kind.NUMBER)
    if not (row.release.isdigit() and threshold and row.value):
        return ""
    return f"hazard_status({row.release}, {threshold}) {row.operator} {_quoted(row.value)}"


def _plain(row: Row, said: str, kind: Kind) -> str:
    """What is `said` of a row, compared as the row says."""
    fixed = {
        YES: f"{said} = TRUE",
        NO: f"{said} = FALSE",
        KNOWN: f"{said} IS NOT NULL",
        UNKNOWN: f"{said} IS NULL",
    }
    if row.operator in fixed:
        return fixed[row.operator]
    if row.operator in (WITHIN, LONGER):
        days = row.value.strip()
        compared = ">=" if row.operator == WITHIN else "<"
        return f"{said} {compared} days_ago({days})" if DAYS.fullmatch(days) else ""
    if row.operator in (HAS, LACKS):
        has = f"A_CONTAINS({said}, ({_quoted(row.value)}))" if row.value.strip() else ""
        return f"NOT {has}" if has and row.operator == LACKS else has
    if row.operator == HOLDS:
        letters = re.sub(r"([\\%_])", r"\\\1", row.value)
        return f"{said} LIKE {_quoted(f'%{letters}%')}" if row.value else ""
    literal = _literal(row.value, kind)
    return f"{said} {row.operator} {literal}" if literal else ""


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
    theirs = terms_within(term, terms)
    members = tuple(
        _sent(form, f"{place}.{number}", theirs) for number in _numbers(form, f"{place}.")
    )
    joined = form.get(f"{place}.joined", ALL)
    if form.get(f"{place}.was", term) != term:  # another term than its value was given for
        return settled(Row(term, members=members), terms)
    parts = ("operator", "value", "release", "threshold")
    operator, value, release, threshold = (form.get(f"{place}.{part}", "") for part in parts)
    return settled(Row(term, operator, value, release, threshold, members, joined), terms)


def terms_within(term: str, terms: Terms) -> Terms:
    """What the rows of a row may ask."""
    if term == GROUP:
        return terms
    known = terms.get(term)
    return known.terms if isinstance(known, Over | Through) else {}


def _done(built: Built, do: str) -> Built:
    act, _colon, place = do.partition(":")
    changed: dict[str, Callable[[tuple[Row, ...]], tuple[Row, ...]]] = {
        "add": lambda rows: (*rows, Row()),
        "members": lambda rows: (*rows, Row(MEMBERS, ">=", "1", members=(Row(),))),
        "household": lambda rows: (*rows, Row(HOUSEHOLD, members=(Row(),))),
        "group": lambda rows: (*rows, Row(GROUP, members=(Row(), Row()), joined=ANY)),
        "drop": partial(_without, place=place),
        "beside": partial(_with_another, place=place),
    }
    rows = changed[act](built.rows) if act in changed else built.rows
    return Built(built.joined, rows)


def _without(rows: tuple[Row, ...], place: str) -> tuple[Row, ...]:
    """Without the row of a place: `2`, or `2.0` for the first one of its own."""
    number, _dot, inner = place.partition(".")
    return tuple(
        replace(row, members=_without(row.members, inner)) if f"{at}" == number else row
        for at, row in enumerate(rows)
        if inner or f"{at}" != number
    )


def _with_another(rows: tuple[Row, ...], place: str) -> tuple[Row, ...]:
    """With one more row among those of the row of a place."""
    number, _dot, inner = place.partition(".")
    return tuple(
        replace(row, members=_with_another(row.members, inner) if inner else (*row.members, Row()))
        if f"{at}" == number
        else row
        for at, row in enumerate(rows)
    )
