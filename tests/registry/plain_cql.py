"""A filter over households, evaluated in plain Python: what the database is compared with.

Written from the standard and from the words of the terms, without a look at how they become SQL.
None is what is not known; it is met neither by a condition nor by its opposite.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Flag = bool | None


@dataclass(frozen=True)
class Person:
    """One who is listed in a household."""

    sex: str | None
    born: date | None
    disabled: bool | None
    head: bool = False
    relation: str | None = None

    def age(self, on: date) -> int | None:
        """Whole years."""
        if self.born is None:
            return None
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(frozen=True)
class Home:
    """One household; `areas` are the P-codes it lies in, from the country down; `asks` answer what
    else is asked of it, by the word and with what stands in its brackets."""

    name: str
    kind: str = "household"
    people: tuple[Person, ...] = ()
    stated: int | None = None
    partial: bool = False
    areas: tuple[str, ...] = ()
    hazard: dict[float, str] = field(default_factory=dict)
    asks: dict[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Living:
    """A person with the household they count in, for a filter over people."""

    person: Person
    home: Home | None


Row = Home | Person | Living


def meets(node: Any, row: Row, on: date) -> bool:
    """Whether a household, or a person, meets a filter, given as the tree of CQL2 JSON."""
    return value(node, row, on) is True


def value(node: Any, of: Row, on: date) -> Any:
    """What a part of a filter says of a household, or of one of its people."""
    said: Any = node
    match node:
        case {"property": str(name)}:
            said = _said(name, of, on)
        case {"op": str(word), "args": list(args)}:
            said = _called(word, args, of, on)
        case {"date": str(day)}:
            said = date.fromisoformat(day)
        case list():
            said = [value(each, of, on) for each in node]
        case int() | float():
            said = Fraction(str(node)) if node is not True and node is not False else node
    return said


def _called(word: str, args: list[Any], of: Row, on: date) -> Any:
    if isinstance(of, Home) and word in of.asks:
        return of.asks[word](*args)
    if isinstance(of, Home) and word in OVER:
        return _over(word, args, of, on)
    if isinstance(of, Home) and word in ("area_in", "hazard_status"):
        return _of_place(word, args, of)
    if isinstance(of, Living) and word == "group_of":
        return value(args[0], of.home, on) if of.home else None
    if word == "days_ago":
        return on - timedelta(args[0])
    return _operation(word, [value(each, of, on) for each in args])


def _of_place(word: str, args: Sequence[Any], home: Home) -> Any:
    if word == "hazard_status":
        return home.hazard.get(float(args[1]))
    return bool(set(args) & set(home.areas)) if home.areas else None


def _operation(word: str, parts: Sequence[Any]) -> Any:
    if word in OF_WHAT_IS_NOT_KNOWN:
        return OF_WHAT_IS_NOT_KNOWN[word](parts)
    return None if None in parts else REST[word](*parts)


def _and(parts: Sequence[Flag]) -> Flag:
    if False in parts:
        return False
    return None if None in parts else True


def _not(flag: Flag) -> Flag:
    return None if flag is None else not flag


def _like(text: str, pattern: str) -> bool:
    """% is any letters, _ one, and a backslash takes what follows for itself."""
    said, letters = "", iter(pattern)
    for letter in letters:
        if letter == "\\":
            said += re.escape(next(letters))
        else:
            said += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
    return re.fullmatch(said, text, re.DOTALL) is not None


def _between(parts: Sequence[Any]) -> Flag:
    asked, *ends = parts
    least, most = (None if None in (asked, end) else end for end in ends)
    return _and(
        [None if least is None else asked >= least, None if most is None else asked <= most]
    )


OF_WHAT_IS_NOT_KNOWN: dict[str, Callable[[Sequence[Any]], Flag]] = {
    "and": _and,
    "or": lambda parts: _not(_and([_not(each) for each in parts])),
    "not": lambda parts: _not(parts[0]),
    "isNull": lambda parts: parts[0] is None,
    "between": _between,
}
REST: dict[str, Callable[..., Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda asked, listed: asked in listed,
    "like": _like,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda above, below: None if below == 0 else Fraction(above) / Fraction(below),
}
OVER = {"count_of", "any_of", "all_of", "share_of", "sum_of", "least_of", "most_of", "mean_of"}
FLAGS = {"count_of", "any_of", "all_of", "share_of"}


def _over(word: str, args: Sequence[Any], home: Home, on: date) -> Any:
    conditions = args if word in FLAGS else args[1:]
    flags = [value(conditions[0], each, on) if conditions else True for each in home.people]
    if word in FLAGS:
        return _of_flags(word, flags)
    met = [each for each, flag in zip(home.people, flags, strict=True) if flag is True]
    numbers = [n for n in (value(args[0], each, on) for each in met) if n is not None]
    if word == "sum_of" and not met:
        return 0
    if not numbers:
        return None
    if word == "mean_of":
        return Fraction(sum(numbers)) / len(numbers)
    return sum(numbers) if word == "sum_of" else (min if word == "least_of" else max)(numbers)


def _of_flags(word: str, flags: Sequence[Flag]) -> Any:
    known = [flag for flag in flags if flag is not None]
    if word == "count_of":
        return flags.count(True)
    if word == "any_of":
        return _not(_and([_not(flag) for flag in flags]))
    if word == "all_of":
        return _and(flags) if flags else None
    return Fraction(known.count(True), len(known)) if known else None


def _said(name: str, of: Row, on: date) -> Any:
    if isinstance(of, Living):
        return _said(name, of.person, on)
    if isinstance(of, Person):
        told = {"sex": of.sex, "birth_date": of.born, "disabled": of.disabled, "age": of.age(on)}
        return {**told, "relation": "head" if of.head else of.relation}[name]
    return of.asks[name]() if name in of.asks else _said_of_home(name, of, on)


def _said_of_home(name: str, home: Home, on: date) -> Any:
    head = next((each for each in home.people if each.head), None)
    known = [
        (each.sex, age)
        for each in home.people
        if each.sex in ("female", "male") and (age := each.age(on)) is not None
    ]
    listed = len(home.people)
    people = max(listed, home.stated or 0) if home.partial else listed
    return {
        "people": people,
        "size": people if home.stated is None else home.stated,
        "children_under_5": sum(age < 5 for _sex, age in known),
        "children": sum(age < 18 for _sex, age in known),
        "women": sum(sex == "female" and age >= 18 for sex, age in known),
        "over_60": sum(age >= 60 for _sex, age in known),
        "has_disability": any(each.disabled for each in home.people),
        "is_partial": home.partial,
        "kind": home.kind,
        "sex_of_head": head.sex if head else None,
        "age_of_head": head.age(on) if head else None,
    }[name]
