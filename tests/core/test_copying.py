"""Columns written as COPY's text come out as they went in, whatever is in them."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.bulk import NULL, as_array, as_arrays, as_texts, copy_columns

SPECIAL = ["\\", '"', "\t", "\n", "\r", "\\N", "\\.", "{}", "{a,b}", "NULL", "null", "", " ", "é"]
CELLS = (
    st.none()
    | st.sampled_from(SPECIAL)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5)


@pytest.fixture
def written(session: Session) -> Session:
    session.execute(
        text("create temp table written (n int, word text, words text[]) on commit drop")
    )
    return session


@given(ROWS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_texts_and_arrays_come_out_as_they_went_in(
    written: Session, rows: Sequence[tuple[str | None, str | None, str | None]]
) -> None:
    written.execute(text("truncate written"))
    alone, first, second = zip(*rows, strict=True)
    numbers = [str(n) for n in range(len(rows))]
    block = [numbers, as_texts(alone), as_arrays([first, second], len(rows))]

    count = copy_columns(written, "written", ["n", "word", "words"], [block])

    assert count == len(rows)
    found = written.execute(text("select word, words from written order by n")).all()
    assert [(word, *words) for word, words in found] == rows


def test_blocks_follow_one_another(written: Session) -> None:
    blocks = [[["1", "2"], ["a", NULL]], [["3"], ["c"]]]

    assert copy_columns(written, "written", ["n", "word"], blocks) == 3
    found = written.execute(text("select n, word from written order by n")).all()
    assert found == [(1, "a"), (2, None), (3, "c")]


def test_without_columns_arrays_are_empty() -> None:
    assert as_arrays([], 2) == ["{}", "{}"]
    assert as_array([]) == "{}"
    assert as_array(["a", 'b"']) == '{"a","b\\\\""}'
