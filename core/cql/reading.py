"""Reading what somebody wrote, text or JSON, into the tree of CQL2 JSON."""

import json
import re
from typing import Any

import cql2

from core.errors import Invalid
from core.words import _

LONGEST = 4000  # characters, those of coordinates and lists of numbers apart
LONGEST_WITH_SHAPES = 65_536
DEEPEST = 50  # the parser answers deeper nesting by ending the process
NULS = ("\0", "\\u0000")  # a character no text of the database has
HALVES = re.compile("[\ud800-\udfff]")  # of a character, which no text is written with
NUMBERS = re.compile(r"-?[\d.]+(?:[eE][-+]?\d+)?(?:[\s,\[\]()]+-?[\d.]+(?:[eE][-+]?\d+)?)+")


class FilterTooLong(Invalid):
    """This condition is longer or more deeply nested than is read here; say it more shortly."""


class FilterUnreadable(Invalid):
    """The condition cannot be read at {place}; write it like size >= 5 AND children_under_5 > 0."""


def tree(written: str) -> Any:
    """A filter as the tree of CQL2 JSON: text, or JSON where it begins with a brace.

    Raises:
        FilterUnreadable, FilterTooLong
    """
    if len(written) > LONGEST_WITH_SHAPES or len(NUMBERS.sub("", written)) > LONGEST:
        raise FilterTooLong
    if _nesting(written) > DEEPEST:
        raise FilterTooLong
    if any(nul in written for nul in NULS):
        raise FilterUnreadable(place="NUL")
    if half := HALVES.search(written):
        raise FilterUnreadable(place=f"U+{ord(half[0]):X}")
    read = cql2.parse_json if written.lstrip().startswith("{") else cql2.parse_text
    try:
        return read(written.strip()).to_json()
    except cql2.ParseError as unread:
        raise FilterUnreadable(place=_place(str(unread), written.strip())) from None


def both(one: str, other: str) -> str:
    """The filter that two filters are together, of which either may be empty."""
    written = [each.strip() for each in (one, other) if each.strip()]
    if len(written) < 2:
        return "".join(written)
    if any(each.startswith("{") for each in written):
        return json.dumps({"op": "and", "args": [tree(each) for each in written]})
    return " AND ".join(f"({each})" for each in written)


def said(node: Any) -> str:
    """A part of the tree, in words of a sentence."""
    match node:
        case {"op": word}:
            return str(word)
        case dict():
            return ", ".join(sorted(str(key) for key in node))
        case None:
            return "NULL"
        case _:
            return str(node)


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
