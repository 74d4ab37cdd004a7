"""A written filter as the rows of the builder, where there are rows that say the same."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.web.building import (
    ALL,
    ANY,
    COMPARED,
    EXPOSED,
    GROUP,
    HAS,
    HAZARD,
    HOLDS,
    HOUSEHOLD,
    IN,
    KNOWN,
    LACKS,
    LONGER,
    MEMBERS,
    MONEY,
    NO,
    NONE,
    OUT,
    UNKNOWN,
    WITHIN,
    YES,
    Built,
    Row,
    is_drawable,
    layer_named,
    operators,
    terms_within,
)
from core.cql import (
    FilterTooLong,
    FilterUnreadable,
    Kind,
    Lookup,
    Over,
    Sourced,
    Term,
    Terms,
    Through,
    tree,
)


def drawn(text: str, terms: Terms) -> Built | None:
    """A filter as rows; None where rows cannot say it, or it is no CQL2."""
    if not text.strip():
        return Built()
    try:
        joined, parts = _parts(tree(text))
    except (FilterUnreadable, FilterTooLong):
        return None
    rows = _rows(parts, terms)
    return None if rows is None else Built(joined, rows)


def _rows(parts: Sequence[Any], terms: Terms) -> tuple[Row, ...] | None:
    """The rows of some parts; None where one of them has none."""
    found = [_row(part, terms) for part in parts]
    rows = tuple(row for row in found if row is not None)
    return rows if len(rows) == len(found) else None


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
    for draw in DRAWN:
        row = draw(node, terms)
        if row is not None:
            return row
    return None


def _asked(node: Any, terms: Terms) -> Row | None:
    """The row that asks a term, or one with the word it takes; how it is compared is still open."""
    match node:
        case {"property": str(name)}:
            return Row(name)
        case {"op": str(word), "args": [str(taken), *rest]} if _takes_a_word(word, terms):
            since = rest[0] if rest else ""
            plainly = not rest or (len(rest) == 1 and word in MONEY and isinstance(since, str))
            return Row(word, release=taken, threshold=since) if plainly else None
        case _:
            return None


def _takes_a_word(name: str, terms: Terms) -> bool:
    known = terms.get(name)
    return isinstance(known, Lookup) and known.of is not None


def _of_flag(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "=", "args": [asked, bool() as flag]}:
            return _compared(asked, YES if flag else NO, "", terms)
        case {"op": "not", "args": [{"property": _} as asked]}:
            return _compared(asked, NO, "", terms)
        case _:
            return _compared(node, YES, "", terms)


def _compared(asked: Any, operator: str, value: str, terms: Terms) -> Row | None:
    row = _asked(asked, terms)
    return row and _if_asked(replace(row, operator=operator, value=value), terms)


def _of_nothing(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "isNull", "args": [asked]}:
            return _compared(asked, UNKNOWN, "", terms)
        case {"op": "not", "args": [{"op": "isNull", "args": [asked]}]}:
            return _compared(asked, KNOWN, "", terms)
        case _:
            return None


def _of_layer(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "not", "args": [asked]}:
            operator = OUT
        case {"op": "isNull", "args": [asked]}:
            operator = UNKNOWN
        case asked:
            operator = IN
    match asked:
        case {"op": "exposed", "args": [str(event), str(layer), *rest]} if len(rest) < 2:
            threshold = _figure(rest[0]) if rest else ""
            said = (operator, "", layer_named(event, layer), threshold)
            return _if_asked(Row(EXPOSED, *said), terms)
        case _:
            return None


def _of_belonging(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "area_in" | "in_program" as word, "args": [str(code)]}:
            return _if_asked(Row(word, IN, code), terms)
        case {"op": "not", "args": [{"op": "area_in" | "in_program" as word, "args": [str(code)]}]}:
            return _if_asked(Row(word, OUT, code), terms)
        case _:
            return None


def _of_letters(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "like", "args": [asked, str(pattern)]}:
            letters = re.fullmatch(r"%((?:[^\\%_]|\\[\\%_])+)%", pattern)
            if letters is None:
                return None
            plain = re.sub(r"\\(.)", r"\1", letters[1])
            return _compared(asked, HOLDS, plain, terms)
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
            joined, parts = _parts(conditions[0]) if conditions else (ALL, [])
            rows = _rows(parts, terms_within(word, terms))
            said = _figure(number)
            return None if rows is None else Row(word, operator, said, members=rows, joined=joined)
        case _:
            return None


def _of_group(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "and" | "or"} | {"op": "not", "args": [{"op": "or"}]}:
            joined, parts = _parts(node)
            rows = _rows(parts, terms)
            return None if rows is None else Row(GROUP, members=rows, joined=joined)
        case _:
            return None


def _of_household(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "group_of", "args": [condition]} if isinstance(terms.get(HOUSEHOLD), Through):
            joined, parts = _parts(condition)
            rows = _rows(parts, terms_within(HOUSEHOLD, terms))
            return None if rows is None else Row(HOUSEHOLD, members=rows, joined=joined)
        case _:
            return None


def _of_list(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": "a_contains", "args": [{"property": str(name)}, ([str(word)] | str(word))]}:
            return _if_asked(Row(name, HAS, word), terms)
        case {"op": "not", "args": [{"op": "a_contains", "args": _} as inner]}:
            row = _of_list(inner, terms)
            return row and Row(row.term, LACKS, row.value)
        case _:
            return None


def _of_value(node: Any, terms: Terms) -> Row | None:
    match node:
        case {"op": str(operator), "args": [asked, value]} if operator in COMPARED:
            row = _asked(asked, terms)
            known = terms.get(row.term) if row else None
            if not isinstance(known, Term | Sourced | Lookup):
                return None
            said = _said(value, known.kind)
            return None if said is None else _compared(asked, operator, said, terms)
        case _:
            return None


def _of_days(node: Any, terms: Terms) -> Row | None:
    match node:
        case {
            "op": ">=" | "<" as compared,
            "args": [asked, {"op": "days_ago", "args": [int() | float() as days]}],
        } if _figure(days).isdigit():
            operator = WITHIN if compared == ">=" else LONGER
            return _compared(asked, operator, _figure(days), terms)
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
    drawable = known is not None and is_drawable(row.term, known)
    taken = any(row.operator == operator for operator, _words in operators(row.term, terms))
    return row if drawable and taken else None


DRAWN = (
    *(_of_layer, _of_belonging, _of_flag, _of_nothing, _of_letters, _of_hazard, _of_members),
    *(_of_household, _of_days, _of_list, _of_value, _of_group),
)
