"""People: the members of each household, with ages that make a young country's pyramid."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from . import names
from .frame import Floats
from .households import Households, codes
from .standing import Indices

EVENT_DAY = np.datetime64("2026-11-12")
RELATIONS = ("head", "spouse", "child", "parent", "sibling", "grandchild", "other")
HEAD, SPOUSE, CHILD, PARENT, SIBLING, GRANDCHILD, OTHER = range(7)
KIN = {  # shares of child, parent, sibling, grandchild and other, by the age of the head
    35: (0.86, 0.05, 0.07, 0.0, 0.02),
    55: (0.87, 0.06, 0.03, 0.02, 0.02),
    120: (0.54, 0.0, 0.04, 0.38, 0.04),
}
WITHOUT_DAY = 0.09  # share of births known by the year only
BANDS = (5, 18, 60)  # 0-4, 5-17, 18-59, 60+


@dataclass(frozen=True)
class People:
    """Members listed of a run of households, a row each."""

    household: Indices  # row in the run
    place: Indices  # 0 the first on the roster
    relation: Indices  # place in RELATIONS
    woman: NDArray[np.bool_]
    born: NDArray[np.datetime64]  # as recorded
    exact: NDArray[np.bool_]

    @property
    def age(self) -> Indices:
        """Whole years on the day of the event."""
        return whole_years(self.born, EVENT_DAY)

    @property
    def band(self) -> Indices:
        """0 for 0-4, 1 for 5-17, 2 for 18-59, 3 for 60 and over."""
        return np.digitize(self.age, BANDS)


def whole_years(born: NDArray[np.datetime64], on: np.datetime64) -> Indices:
    """Birthdays had by a day."""
    years = on.astype("datetime64[Y]").astype(int) - born.astype("datetime64[Y]").astype(int)
    day_of_year = _month_and_day(born)
    early: NDArray[np.bool_] = day_of_year > _month_and_day(np.array([on]))[0]
    had: Indices = years - early
    return had


def _month_and_day(days: NDArray[np.datetime64]) -> Indices:
    months = days.astype("datetime64[M]")
    month = months.astype(int) % 12
    day = (days.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    day_of_year: Indices = month * 100 + day
    return day_of_year


def members(run: Households, seed: int) -> People:
    """The rosters of a run: a head first, then a spouse where there is one, then the others."""
    rng = np.random.default_rng([seed, 2, run.first])
    household = np.repeat(np.arange(run.count), run.listed)
    place = np.arange(len(household)) - np.repeat(np.cumsum(run.listed) - run.listed, run.listed)
    head_age = np.clip(rng.normal(43, 13.5, run.count), 19, 88)
    paired = (rng.random(run.count) < 0.74) & (run.size > 1)
    head_woman = rng.random(run.count) < np.where(paired, 0.08, 0.62)
    relation = _relations(place, head_age[household], paired[household], rng)
    last_two = place >= run.size[household] - 2
    relation[(relation == PARENT) & ~last_two] = CHILD
    age = _ages(relation, head_age[household], rng)
    woman = rng.random(len(household)) < 0.5
    woman = np.where(relation == HEAD, head_woman[household], woman)
    woman = np.where(relation == SPOUSE, ~head_woman[household], woman)
    born, exact = _births(age, rng)
    return People(household, place, relation, woman, born, exact)


def _relations(
    place: Indices, head_age: Floats, paired: NDArray[np.bool_], rng: np.random.Generator
) -> Indices:
    drawn = rng.random(len(place))
    row = np.digitize(head_age, list(KIN)[:2])
    limits = np.cumsum(np.array(list(KIN.values())), axis=1)[row]
    kin = CHILD + np.minimum((drawn[:, None] >= limits).sum(axis=1), 4)
    kin = np.where((place == 1) & paired, SPOUSE, kin)
    return np.where(place == 0, HEAD, kin)


def _ages(relation: Indices, head_age: Floats, rng: np.random.Generator) -> Floats:
    """Ages in years, to the day, that suit how people are related to their head."""
    share = rng.random(len(relation))
    child_most = np.clip(head_age - 17.5, 0.9, 34)
    child_least = np.clip(head_age - 52, 0, 20)
    ages = np.select(
        [relation == kind for kind in range(len(RELATIONS))],
        [
            head_age,
            np.clip(head_age + 8 * (share - 0.55), 17.5, 92),
            child_least + (child_most - child_least) * share**0.8,
            np.clip(head_age + 19 + 14 * share, 45, 99),
            np.clip(head_age + 22 * (share - 0.6), 6, 95),
            np.clip((head_age - 38) * share, 0, 22),
            3 + 72 * share,
        ],
    )
    suited: Floats = ages
    return suited


def _births(
    age: Floats, rng: np.random.Generator
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Recorded birth dates; 1 July where the day is not known, and whether it is."""
    born = EVENT_DAY - (age * 365.2425).astype(np.int64)
    exact = rng.random(len(age)) >= WITHOUT_DAY
    july = born.astype("datetime64[Y]").astype("datetime64[M]") + 6
    return np.where(exact, born, july.astype("datetime64[D]")), exact


def table(run: Households, people: People, seed: int) -> pa.Table:
    """The members as the rows of people.csv."""
    rng = np.random.default_rng([seed, 4, run.first])
    household = codes(run.first, run.count).take(pa.array(people.household))
    latin, local = _names(people, run.count, rng)
    kind, number = _identifiers(run.first, people, rng)
    place = pc.utf8_lpad(pa.array(people.place + 1).cast(pa.string()), 2, "0")
    return pa.table(
        {
            "code": pc.binary_join_element_wise(
                pc.replace_substring(household, "H", "P"), place, "-"
            ),
            "household_code": household,
            "name": latin,
            "name_local": local,
            "sex": _words(("male", "female"), people.woman.astype(int)),
            "birth_date": pa.array(people.born.astype("datetime64[D]")),
            "birth_date_exact": _words(("no", "yes"), people.exact.astype(int)),
            "relation": _words(RELATIONS, people.relation),
            "id_type": kind,
            "id_number": number,
            "disability": _disability(people, rng),
        }
    )


def _words(words: tuple[str, ...], rows: Indices) -> pa.Array:
    return pa.array(words).take(pa.array(rows))


def _names(people: People, households: int, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """Given name and family name in both scripts; most of a household share the family name."""
    count = len(people.household)
    family = rng.integers(0, len(names.FAMILIES), households)[people.household]
    other = rng.integers(0, len(names.FAMILIES), count)
    own = rng.random(count) < np.array([0, 0.35, 0.02, 0.3, 0.1, 0.3, 0.6])[people.relation]
    family = np.where(own, other, family)
    given = rng.integers(0, min(len(names.WOMEN), len(names.MEN)), count)
    woman = pa.array(people.woman)
    written = []
    for women, men, families in (
        (names.WOMEN_LATIN, names.MEN_LATIN, names.FAMILIES),
        (names.WOMEN_LOCAL, names.MEN_LOCAL, names.FAMILIES_LOCAL),
    ):
        first = pc.if_else(woman, _words(women, given), _words(men, given))
        written.append(pc.binary_join_element_wise(first, _words(families, family), " "))
    return written[0], written[1]


def _identifiers(first: int, people: People, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """ID types and numbers, no number twice: a permutation of the person's own number."""
    share = rng.random(len(people.household))
    adult = people.age >= 18
    kind = np.select(
        [adult & (share < 0.86), adult & (share < 0.91), ~adult & (share < 0.68)], [1, 2, 3], 0
    )
    person = (first + people.household) * 16 + people.place
    number = (person * 387_420_489 + 123_456_789) % 1_000_000_000
    digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), 9, "0")
    prefix = pa.array([None, "N", "V", "B"], pa.string()).take(pa.array(kind))
    types = pa.array([None, "national_id", "voter_card", "birth_record"], pa.string())
    return types.take(pa.array(kind)), pc.binary_join_element_wise(prefix, digits, "")


def _disability(people: People, rng: np.random.Generator) -> pa.Array:
    """yes, no, or empty where nobody asked."""
    asked = rng.random(len(people.household)) < 0.71
    likely = np.array([0.012, 0.02, 0.035, 0.15])[people.band]
    answer = rng.random(len(people.household)) < likely
    return pa.array(("no", "yes")).take(pa.array(answer.astype(int), mask=~asked))
