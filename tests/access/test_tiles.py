"""Tiles of households, decoded: who is bound to one area is told how many live there alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyogrio
import pytest
from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from tests.access.people import Person, Reach
from tests.access.test_second_wall import forgetful  # noqa: F401 - a fixture
from tests.access.world import NORTH, Side, World
from tests.make.registry import make_household, make_location
from tests.together import undone

FAR = (6, 32, 31)  # 0 to 5.6 degrees east, 0 to 5.6 north: holds both sides
NEAR = {Reach.NORTH: (14, 8214, 8146), Reach.SOUTH: (14, 8305, 8146)}  # 0.5 and 2.5 east, 1 north
LIVE = {Reach.NORTH: 7, Reach.SOUTH: 9}  # with the family that was there before
EVERYWHERE = {Reach.NATIONAL: [7, 9], Reach.NORTH: [7], Reach.SOUTH: [9]}

Count = Callable[[Person, tuple[int, int, int], str], list[int]]


@pytest.fixture(autouse=True)
def neighbours(session: Session, world: World, people: list[Person]) -> Iterator[None]:
    """Six more households by the northern family, eight by the southern: seven and nine in all."""
    with undone(session):
        for side, more in ((world.north, 6), (world.south, 8)):
            for n in range(more):
                make_household(session, make_location(session, *_by(side, n), area_id=side.area.id))
        yield


def _by(side: Side, n: int) -> tuple[float, float]:
    """A place in the family's street, some metres on."""
    return (0.5 if side.mark == NORTH else 2.5) - (n + 1) / 1e5, 1.0


@pytest.fixture
def lived_in(tmp_path: Path, world: World) -> Count:
    """How many live in each cell of a tile, as GDAL reads what somebody is answered."""

    def count(person: Person, tile: tuple[int, int, int], asked: str) -> list[int]:
        zoom, x, y = map(str, tile)
        answer = person.get(f"/tiles/households/{zoom}/{x}/{y}.mvt{asked}")
        assert answer.status_code == 200
        if not answer.get_data():
            return []
        file = tmp_path / f"{person.user_id}-{len(asked)}" / zoom / x / f"{y}.mvt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.get_data())
        frame = pyogrio.read_dataframe(file, layer="households", read_geometry=False)
        return sorted(frame["n"].tolist() if "n" in frame else [1] * len(frame))

    return count


@pytest.fixture
def counting(people: list[Person]) -> list[Person]:
    """Those who may count, of every reach."""
    may = [person for person in people if "registrant:count" in person.permissions]
    assert {person.reach for person in may} == set(Reach)
    return may


def _see_their_own(counting: list[Person], lived_in: Count, world: World) -> None:
    release = f"?release={world.keys['release_id']}&at_least=0.5"
    for person in counting:
        for asked in ("", release):
            assert lived_in(person, FAR, asked) == EVERYWHERE[person.reach], (person, asked)
            for reach, tile in NEAR.items():
                here = LIVE[reach] if person.reach in {Reach.NATIONAL, reach} else 0
                assert sum(lived_in(person, tile, asked)) == here, (person, tile, asked)


def test_a_tile_counts_the_households_of_ones_own_area_alone(
    counting: list[Person], lived_in: Count, world: World
) -> None:
    _see_their_own(counting, lived_in, world)


def test_a_tile_counts_no_others_where_reach_is_forgotten(
    counting: list[Person],
    lived_in: Count,
    world: World,
    forgetful: list[str],  # noqa: F811
) -> None:
    _see_their_own(counting, lived_in, world)


def _counted(person: Person) -> int:
    """How many the page of selecting counts, in all answers and areas together."""
    page = BeautifulSoup(person.get("/select?areas=X").text, "html.parser")
    rows = [row.select("td.n")[:4] for row in page.select("#by-area tbody tr")]
    return sum(int(figure.text) for row in rows for figure in row)


def _are_told_of_their_own(counting: list[Person]) -> None:
    for person in counting:
        if "location:exact" in person.permissions:
            assert _counted(person) == sum(EVERYWHERE[person.reach]), person


def test_an_answer_counts_the_households_of_ones_own_area_alone(counting: list[Person]) -> None:
    _are_told_of_their_own(counting)


def test_an_answer_counts_no_others_where_reach_is_forgotten(
    counting: list[Person],
    forgetful: list[str],  # noqa: F811
) -> None:
    _are_told_of_their_own(counting)
