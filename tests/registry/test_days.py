"""Days whose order only custom tells: guessed where one day is clear, asked for where none is."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from registry.models.imports import Import, ImportKind
from registry.models.registrants import Individual
from registry.parsing.days import DayOrder, DaysSeen, seen_in
from registry.queries.imports import cells_of
from registry.services import imports
from registry.services.imports import DaysUnclear
from tests.make.geo import make_country
from tests.make.imports import household, people_file, person, rows_of, take_households
from tests.make.jobs import Silent


@pytest.mark.parametrize(
    ("cells", "seen"),
    [
        (["2021-03-14", "1987", ""], DaysSeen(DayOrder.YEAR_FIRST, "")),
        (["03/04/2021", "14/03/2021"], DaysSeen(DayOrder.DAY_FIRST, "14/03/2021")),
        (["03-04-2021", "03-14-2021"], DaysSeen(DayOrder.MONTH_FIRST, "03-14-2021")),
        (["1987", "03/04/2021", "05/06/2021"], DaysSeen(None, "03/04/2021")),
        (["31/31/2021", "1/2/21", "14.03.2021"], DaysSeen(None, "31/31/2021")),
    ],
)
def test_the_first_clear_day_tells_the_order(cells: list[str], seen: DaysSeen) -> None:
    assert seen_in(cells) == seen


@pytest.fixture
def home(session: Session, tmp_path: Path, anybody: Actor) -> None:
    """A household that people of a file may belong to."""
    make_country(session)
    take_households(session, tmp_path, anybody, household())


def uploaded(session: Session, folder: Path, actor: Actor, *days: str) -> Import:
    """A file of people born on these days."""
    rows = [person(code=f"P{n}", birth_date=day, id_number=f"N{n}") for n, day in enumerate(days)]
    file = people_file(folder, *rows)
    return imports.upload(session, keep_file(file), file.name, ImportKind.PEOPLE, actor=actor)


@pytest.mark.usefixtures("home")
def test_days_are_read_in_the_order_a_clear_one_shows(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = uploaded(session, tmp_path, anybody, "03/04/1990", "14/03/1991")

    imports.map_columns(session, made.id, made.mapping, actor=anybody)
    imports.check(session, made.id, actor=anybody, progress=Silent())
    imports.review(session, made.id, actor=anybody)
    imports.merge(session, made.id, actor=anybody, progress=Silent())

    born = session.scalars(select(Individual.birth_date).order_by(Individual.birth_date)).all()
    assert list(born) == [date(1990, 4, 3), date(1991, 3, 14)]


@pytest.mark.usefixtures("home")
def test_unclear_days_wait_for_somebody_to_say(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = uploaded(session, tmp_path, anybody, "03/04/1990")

    for said in (None, DayOrder.YEAR_FIRST):
        with pytest.raises(DaysUnclear, match="03/04/1990 can be read"):
            imports.map_columns(session, made.id, made.mapping, actor=anybody, day_order=said)

    month = DayOrder.MONTH_FIRST
    imports.map_columns(session, made.id, made.mapping, actor=anybody, day_order=month)
    imports.check(session, made.id, actor=anybody, progress=Silent())
    [row] = rows_of(session, made)
    assert (cells_of(made, row)["birth_date"], row.errors) == ("1990-03-04", [])


@pytest.mark.usefixtures("home")
def test_days_with_the_year_first_need_no_order(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = uploaded(session, tmp_path, anybody, "1990-03-04", "1987")

    imports.map_columns(session, made.id, made.mapping, actor=anybody)

    assert made.day_order is DayOrder.YEAR_FIRST
