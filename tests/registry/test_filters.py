"""How many households a filter means, and what is told of that to whom."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from registry.counting.rounding import unsteadily
from registry.queries.filters import Counted, count_matching
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location

DAY = date(2026, 11, 20)
COUNTER = Actor(id=3, name="Cora", permissions=frozenset({"registrant:count"}), national=True)
READER = Actor(
    id=4,
    name="Dara",
    permissions=frozenset({"registrant:count", "registrant:read"}),
    national=True,
)


def _households(session: Session, many: int, **said: Any) -> None:
    for _turn in range(many):
        make_household(session, stated_size=4, **said)


def test_who_may_read_the_registry_is_told_the_very_figure(session: Session) -> None:
    _households(session, 7)
    _households(session, 4, is_partial=True)

    assert count_matching(session, "is_partial", DAY, actor=READER) == Counted(4, 11, about=False)


def test_who_may_only_count_is_told_of_no_few(session: Session) -> None:
    _households(session, 47)
    _households(session, 4, is_partial=True)

    told = count_matching(session, "is_partial", DAY, actor=COUNTER)

    assert told.about
    assert told.meant in (0, 5)
    assert told.of in (50, 55)
    assert count_matching(session, "is_partial", DAY, actor=COUNTER) == told


def test_two_filters_that_mean_the_same_households_are_told_alike(session: Session) -> None:
    _households(session, 13, is_partial=True)
    _households(session, 20)

    by_word = count_matching(session, "is_partial", DAY, actor=COUNTER)
    other = count_matching(session, "NOT (is_partial = false)", DAY, actor=COUNTER)

    assert by_word == other


def test_a_figure_is_rounded_up_as_often_as_it_has_come_of_the_way() -> None:
    tenths = [tenth / 10 for tenth in range(10)]

    assert [unsteadily(10, 5, chance) for chance in tenths] == [10] * 10
    assert [unsteadily(12, 5, chance) for chance in tenths] == [15] * 4 + [10] * 6
    assert sum(unsteadily(13, 5, chance) for chance in tenths) == 130
    assert {unsteadily(4, 5, chance) for chance in tenths} == {0, 5}


def test_whoever_is_bound_to_an_area_counts_its_households(session: Session) -> None:
    areas = make_country(session)
    for code, lon in (("X11", 0.5), ("X21", 2.5)):
        make_household(session, make_location(session, lon, 0.5, area_id=areas[code].id))
    bound = Actor(
        id=5, name="Ede", permissions=READER.permissions, area_ids=frozenset({areas["X1"].id})
    )

    assert count_matching(session, "size IS NOT NULL", DAY, actor=bound) == Counted(
        1, 1, about=False
    )
