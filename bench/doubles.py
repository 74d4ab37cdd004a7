"""A million people among whom it is known who is written down twice: what matching is judged by.

Names are drawn so that some are borne by many. Of those written twice the second is written as
people do it: a letter wrong, missing, doubled or changed about, day and month changed about, one
part of the date wrong, nobody knows the date, another script, the words in another order, moved.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product

import pyarrow as pa

from bench.country.names import FAMILIES, MEN_LATIN, WOMEN_LATIN
from bench.country.script import in_kesari
from registry.parsing.names import bones, romanised

SHARE = 0.076058  # written down twice, as in the study of SPEED.md
AREAS = 5_000
SEED = 7
FIRST_DAY = date(1930, 1, 1)
DAYS = 35_000
BEGINNINGS = ("", "Al", "Ba", "Da", "Ka", "Ma", "Ra", "Sa", "Ta", "Wa", "Za")
ENDS = ("", "di", "ko", "len", "mar", "ra", "sen", "ta", "vi")


@dataclass(frozen=True)
class Doubles:
    """The records, and the pairs of ids that are of one person, the smaller id first."""

    records: pa.Table
    pairs: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Person:
    """Somebody as they are written down once."""

    name: str
    woman: bool
    born: date | None
    area: int


def make(count: int, seed: int = SEED) -> Doubles:
    """So many records, the last of them second records of some of the first."""
    drawn = random.Random(seed)  # noqa: S311
    twice = int(count * SHARE)
    people = [_person(drawn) for _ in range(count - twice)]
    again = drawn.sample(range(len(people)), twice)
    people += [_written_again(people[place], drawn) for place in again]
    pairs = ((place, len(people) - twice + n) for n, place in enumerate(again))
    return Doubles(_table(people), frozenset(pairs))


def _person(drawn: random.Random) -> Person:
    woman = drawn.random() < 0.5
    given = _some(GIVEN[woman], drawn)
    name = f"{given} {_some(FAMILY, drawn)}"
    born = FIRST_DAY + timedelta(days=int(DAYS * drawn.random() ** 0.6))
    return Person(name, woman, born, drawn.randrange(AREAS))


def _some(names: Sequence[str], drawn: random.Random) -> str:
    """A name, of which the first are borne by many."""
    return names[int(len(names) * drawn.random() ** 2)]


def _written_again(who: Person, drawn: random.Random) -> Person:
    name, born = who.name, who.born
    if drawn.random() < 0.45:
        name = drawn.choice(MISTAKES)(name, drawn)
    turn = drawn.random()
    if turn < 0.05:
        name = " ".join(reversed(name.split()))
    elif turn < 0.12:
        name = in_kesari(name)
    area = drawn.randrange(AREAS) if drawn.random() < 0.2 else who.area
    return Person(name, who.woman, _date_again(born, drawn), area)


def _date_again(born: date | None, drawn: random.Random) -> date | None:
    turn = drawn.random()
    if born is None or turn < 0.04:
        return None
    if turn < 0.10 and born.day <= 12:
        return born.replace(month=born.day, day=born.month)
    if turn < 0.16:
        return born.replace(day=drawn.randrange(1, 29))
    return born


def _wrong(name: str, drawn: random.Random) -> str:
    place = drawn.randrange(1, len(name))
    return name[:place] + drawn.choice("aeioumnrstl") + name[place + 1 :]


def _missing(name: str, drawn: random.Random) -> str:
    place = drawn.randrange(1, len(name))
    return name[:place] + name[place + 1 :]


def _doubled(name: str, drawn: random.Random) -> str:
    place = drawn.randrange(1, len(name))
    return name[:place] + name[place - 1 :]


def _changed_about(name: str, drawn: random.Random) -> str:
    place = drawn.randrange(1, len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


MISTAKES: tuple[Callable[[str, random.Random], str], ...] = (
    _wrong,
    _missing,
    _doubled,
    _changed_about,
)


def _lengthened(names: Sequence[str]) -> list[str]:
    """Each name by itself first, then with other beginnings and ends."""
    parts = sorted(product(BEGINNINGS, ENDS), key=lambda each: bool(each[0]) + bool(each[1]))
    return [(first + (n.lower() if first else n) + last) for first, last in parts for n in names]


GIVEN = {True: _lengthened(WOMEN_LATIN), False: _lengthened(MEN_LATIN)}
FAMILY = _lengthened(FAMILIES)


def _table(people: Sequence[Person]) -> pa.Table:
    nothing = [None] * len(people)
    said = [" ".join(map(_read, who.name.split())) for who in people]
    skeletons = [_skeleton(who.name) for who in people]
    return pa.table(
        {
            "id": pa.array(range(len(people)), pa.int64()),
            "kind": ["individual"] * len(people),
            "household": pa.array(nothing, pa.int64()),
            "said": said,
            "local": pa.array(nothing, pa.string()),
            "latin": [who.name.isascii() for who in people],
            "bones": skeletons,
            "sex": ["female" if who.woman else "male" for who in people],
            "born": pa.array([who.born for who in people], pa.date32()),
            "exact": [who.born is not None for who in people],
            "area": pa.array([who.area for who in people], pa.int64()),
            "lon": pa.array(nothing, pa.float64()),
            "lat": pa.array(nothing, pa.float64()),
            **{name: pa.array(nothing, pa.string()) for name in ("identifiers", "contacts")},
            "accounts": pa.array(nothing, pa.string()),
        }
    )


def _skeleton(name: str) -> str:
    return " ".join(sorted({each for word in name.split() for each in _bones(word)}))


@cache
def _read(word: str) -> str:
    return romanised(word)


@cache
def _bones(word: str) -> tuple[str, ...]:
    return bones(word)
