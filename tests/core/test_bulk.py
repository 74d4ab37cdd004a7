"""Columns go in and come out whole, NULLs and uncommitted rows included."""

import numpy as np
import pytest
from sqlalchemy import column, func, select, table, text
from sqlalchemy.orm import Session

from core.bulk import copy_array, copy_into, fetch_columns

PLACES = table("places", column("id"), column("lon"), column("word"), column("seen"))


@pytest.fixture
def places(session: Session) -> Session:
    session.execute(
        text(
            "create temp table places (id bigint, lon float8, word text, seen bool) on commit drop"
        )
    )
    return session


def test_a_structured_array_becomes_rows(places: Session) -> None:
    rows = np.array(
        [(7, 1.5, b"in", True), (-8, -0.25, b"no", False)],
        [("id", "i8"), ("lon", "f8"), ("word", "S2"), ("seen", "b1")],
    )

    count = copy_array(places, "places", rows)

    assert count == 2
    found = places.execute(text("select * from places order by id")).all()
    assert found == [(-8, -0.25, "no", False), (7, 1.5, "in", True)]


def test_a_column_left_out_of_the_array_is_null(places: Session) -> None:
    copy_array(places, "places", np.array([(7,)], [("id", "i8")]))

    assert places.execute(text("select id, lon, word from places")).one() == (7, None, None)


def test_no_rows_are_copied_as_none(places: Session) -> None:
    assert copy_array(places, "places", np.empty(0, [("id", "i8")])) == 0
    assert copy_into(places, "places", ["id"], []) == 0


def test_rows_of_python_values_are_copied_as_they_are(places: Session) -> None:
    count = copy_into(places, "places", ["id", "word"], [(1, "tab\tand\\"), (2, None)])

    assert count == 2
    found = places.execute(text("select id, word from places order by id")).all()
    assert found == [(1, "tab\tand\\"), (2, None)]


def test_columns_come_back_in_one_order_with_missing_floats_as_nan(places: Session) -> None:
    copy_into(places, "places", ["id", "lon"], [(1, 10.5), (2, None), (3, -3.0)])

    found = fetch_columns(places, select(PLACES.c.id, PLACES.c.lon), {"id": "i8", "lon": "f8"})

    order = np.argsort(found["id"])
    np.testing.assert_array_equal(found["id"][order], [1, 2, 3])
    np.testing.assert_array_equal(found["lon"][order], [10.5, np.nan, -3.0])


def test_a_missing_number_is_refused_where_a_column_is_said_to_hold_none(places: Session) -> None:
    copy_into(places, "places", ["id", "lon"], [(1, 10.5), (2, None)])

    with pytest.raises(ValueError, match="lon holds NULL"):
        fetch_columns(places, select(PLACES.c.lon), {"lon": "f8!"})


def test_an_empty_answer_is_empty_columns(places: Session) -> None:
    found = fetch_columns(places, select(PLACES.c.id), {"id": "i8"})

    assert found["id"].shape == (0,)


def test_a_missing_whole_number_is_refused_rather_than_shifting_the_column(places: Session) -> None:
    copy_into(places, "places", ["id"], [(1,), (None,)])

    with pytest.raises(ValueError, match="id holds NULL"):
        fetch_columns(places, select(PLACES.c.id), {"id": "i8"})


def test_a_million_come_in_one_statement(places: Session, statements: list[str]) -> None:
    numbers = func.generate_series(1, 1_000_000).column_valued("id")

    found = fetch_columns(places, select(numbers), {"id": "i4"})

    assert len(statements) == 1
    assert found["id"].sum(dtype="i8") == 1_000_000 * 1_000_001 // 2
