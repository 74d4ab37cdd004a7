"""Whatever filter is written, the database means the households that plain Python does."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import cql2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from registry.models.filters import Subject
from registry.models.registrants import Registrant
from registry.queries.subjects import matching
from tests.make.exposure import make_due, make_exposure
from tests.make.geo import make_country, make_release
from tests.make.registry import make_household, make_location, make_person
from tests.registry.plain_cql import Home, Living, Person, meets

DAY = date(2026, 11, 20)
ALONE = Person("female", date(1990, 1, 1), None)  # who is a member of nothing
HOMES, PEOPLE = 12, 60
KINDS = ["household", "farm", r"a_b", r"a\b", "100%"]
TEXTS = ["female", "male", "other", *KINDS]
AT = {"X11": 0.5, "X12": 1.5, "X21": 2.5, "X22": 3.5}
DEPTHS = {"wet": 0.7, "damp": 0.2}
NUMBERS = ["people", "size", "children_under_5", "children", "women", "over_60", "age_of_head"]
COMPARED = ["=", "<>", "<", "<=", ">", ">="]


def _people(chance: random.Random) -> list[Person]:
    """People of all ages, birthdays of the day among them; of some little is known."""
    return [
        Person(
            sex=chance.choice(["female", "female", "male", "male", "other", None]),
            born=chance.choice(
                [
                    None,
                    DAY.replace(year=DAY.year - chance.choice([5, 18, 60])),
                    DAY.replace(year=DAY.year - 5) + timedelta(1),
                    *(DAY - timedelta(chance.randrange(32_000)) for _turn in range(5)),
                ]
            ),
            disabled=chance.choice([True, False, False, None]),
            relation=chance.choice(["child", "spouse", "other"]),
        )
        for _turn in range(PEOPLE)
    ]


def _homes() -> list[Home]:
    """Twelve households, the last without people; some without place, head or a whole list."""
    chance = random.Random(20261120)  # noqa: S311 - the same village each time
    people = _people(chance)
    cuts = [0, *sorted(chance.sample(range(1, PEOPLE), HOMES - 2)), PEOPLE, PEOPLE]
    homes = []
    for number, (first, end) in enumerate(pairwise(cuts)):
        theirs = people[first:end]
        if theirs and number % 3:
            theirs[0] = replace(theirs[0], head=True)
        district = chance.choice([*AT, None])
        depth = chance.choice([0.7, 0.2, None, "due"])
        homes.append(
            Home(
                name=f"H{number}",
                kind=chance.choice(KINDS),
                people=tuple(theirs),
                stated=chance.choice([None, 3, 9]),
                partial=chance.choice([True, False]),
                areas=("X", district[:2], district) if district else (),
                hazard=_status(depth) if district else {},
            )
        )
    return homes


def _status(depth: float | str | None) -> dict[float, str]:
    """What a release of depths says from 0.5 m and from 0.1 m on."""
    if depth in (None, "due"):
        said = "out" if depth is None else "not_observed"
        return {0.5: said, 0.1: said}
    assert isinstance(depth, float)
    return {at: "in" if depth >= at else "out" for at in (0.5, 0.1)}


def _village(session: Session, homes: list[Home]) -> int:
    """Writes the households down, and a release of depths; answers its key."""
    areas = make_country(session)
    release = make_release(session, floor=0.1)
    make_exposure(session, release, {})
    for home in homes:
        where = None
        if home.areas:
            leaf = home.areas[-1]
            where = make_location(session, AT[leaf], 0.5, area_id=areas[leaf].id)
            status = (home.hazard[0.5], home.hazard[0.1])
            if "in" in status:
                depth = 0.7 if status[0] == "in" else 0.2
                make_exposure(session, release, {where: depth})
            elif "not_observed" in status:
                make_due(session, release, where)
        given_ = {"stated_size": home.stated, "is_partial": home.partial, "group_kind": home.kind}
        group = make_household(session, where, name=home.name, **given_)
        for number, person in enumerate(home.people):
            relation = "head" if person.head else person.relation or "child"
            said = {"has_disability": person.disabled, "name": f"{home.name}-{number}"}
            make_person(session, group, person.sex, person.born, relation, **said)
    make_person(session, None, ALONE.sex, ALONE.born, name="alone")
    return release.id


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


small = some.integers(0, 9).map(str)
texts = some.sampled_from(TEXTS).map(_quoted)
patterns = some.sampled_from(["%e%", "f%", r"a\_b", "a_b", r"a\\b", r"100\%", "%", "_a%"])
days = some.sampled_from(["1966-11-20", "2008-11-20", "2021-11-20", "2021-11-21", "1990-01-01"])


def _number_of_member() -> some.SearchStrategy[str]:
    return some.sampled_from(["age", "age + 1", "age * 2", "80 - age"])


def _of_member() -> some.SearchStrategy[str]:
    years = some.sampled_from(["0", "5", "18", "36", "60"])
    plain = some.one_of(
        some.tuples(_number_of_member(), some.sampled_from(COMPARED), years).map(" ".join),
        some.sampled_from(
            ["disabled", "disabled = false", "sex IS NULL", "birth_date > days_ago(6570)"]
        ),
        some.tuples(
            some.sampled_from(["=", "<>"]), some.sampled_from(["'head'", "'child'", "'spouse'"])
        ).map(lambda two: f"relation {two[0]} {two[1]}"),
        some.tuples(some.just("sex"), some.sampled_from(["=", "<>"]), texts).map(" ".join),
        patterns.map(lambda pattern: f"sex LIKE '{pattern}'"),
        days.map(lambda day: f"birth_date <= DATE('{day}')"),
        some.just("sex IN ('female', 'other')"),
    )
    return _joined(plain)


def _joined(plain: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    return some.recursive(
        plain,
        lambda inner: some.one_of(
            some.tuples(inner, some.sampled_from(["AND", "OR"]), inner).map(
                lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
            ),
            inner.map(lambda part: f"NOT ({part})"),
        ),
        max_leaves=4,
    )


def _number() -> some.SearchStrategy[str]:
    return some.one_of(
        some.sampled_from(NUMBERS),
        _of_member().map(lambda said: f"count_of({said})"),
        _of_member().map(lambda said: f"share_of({said}) * 4"),
        some.tuples(
            some.sampled_from(["sum_of", "least_of", "most_of", "mean_of"]),
            _number_of_member(),
            _of_member(),
        ).map(lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"),
        some.sampled_from(["mean_of(age)", "sum_of(age) / people", "size - people"]),
    )


def _of_home() -> some.SearchStrategy[str]:
    codes = some.sampled_from(["'X'", "'X1'", "'X21'", "'X11', 'X22'", "'Q'"])
    status = some.sampled_from(["in", "out", "not_observed"])
    plain = some.one_of(
        some.tuples(_number(), some.sampled_from(COMPARED), small).map(" ".join),
        some.tuples(_number(), small).map(lambda two: f"{two[0]} BETWEEN 1 AND {two[1]}"),
        _number().map(lambda said: f"{said} IS NULL"),
        _of_member().map(lambda said: f"any_of({said})"),
        _of_member().map(lambda said: f"all_of({said})"),
        codes.map(lambda listed: f"area_in({listed})"),
        some.tuples(some.sampled_from(["0.5", "0.1"]), status).map(
            lambda two: f"hazard_status(RELEASE, {two[0]}) = '{two[1]}'"
        ),
        patterns.map(lambda pattern: f"kind LIKE '{pattern}'"),
        some.tuples(some.sampled_from(["kind", "sex_of_head"]), texts).map(
            lambda two: f"{two[0]} IN ({two[1]}, 'male')"
        ),
        some.sampled_from(["is_partial", "has_disability", "sex_of_head IS NULL"]),
    )
    return _joined(plain)


@pytest.fixture
def homes(session: Session) -> list[Home]:
    return _homes()


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(written=_of_home())
def test_a_filter_means_what_plain_python_means_by_it(
    session: Session, anybody: Actor, release: int, homes: list[Home], written: str
) -> None:
    text = written.replace("RELEASE", str(release))
    tree = cql2.parse_text(text).to_json()
    expected = {home.name for home in homes if meets(tree, home, DAY)}

    meant = select(Registrant.name).where(Registrant.id.in_(matching(text, DAY, actor=anybody)))

    assert set(session.scalars(meant)) == expected


def _of_person() -> some.SearchStrategy[str]:
    of_group = _of_home().map(lambda said: f"group_of({said})")
    return _joined(some.one_of(_of_member(), of_group))


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(written=_of_person())
def test_a_filter_over_people_means_what_plain_python_means_by_it(
    session: Session, anybody: Actor, release: int, homes: list[Home], written: str
) -> None:
    text = written.replace("RELEASE", str(release))
    tree = cql2.parse_text(text).to_json()
    expected = [
        f"{home.name}-{number}"
        for home in homes
        for number, person in enumerate(home.people)
        if meets(tree, Living(person, home), DAY)
    ]
    if meets(tree, Living(ALONE, None), DAY):
        expected.append("alone")
    ids = matching(text, DAY, actor=anybody, subject=Subject.PEOPLE)

    meant = session.scalars(select(Registrant.name).where(Registrant.id.in_(ids))).all()

    assert sorted(meant) == sorted(expected)


@pytest.fixture
def release(session: Session, homes: list[Home]) -> int:
    return _village(session, homes)
