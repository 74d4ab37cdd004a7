"""Rows of plain choices and the text of a filter stand for one another."""

from datetime import date

import pytest

from app.web.building import ANY, NONE, Built, Row, drawn, offered, operators, sent, written
from registry.queries.queryables import household_terms

TERMS = household_terms(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("text", "built"),
    [
        ("", Built()),
        ("people >= 5", Built(rows=(Row("people", ">=", "5"),))),
        ("people < 12345678", Built(rows=(Row("people", "<", "12345678"),))),
        (
            "is_partial = TRUE AND sex_of_head IS NULL",
            Built(rows=(Row("is_partial", "yes"), Row("sex_of_head", "unknown"))),
        ),
        (
            "area_in('X1') OR NOT area_in('Xo''2')",
            Built(ANY, (Row("area_in", "in", "X1"), Row("area_in", "out", "Xo'2"))),
        ),
        (
            r"NOT (kind = 'farm' OR area_name LIKE '%50\% \_a%')",
            Built(NONE, (Row("kind", "=", "farm"), Row("area_name", "like", "50% _a"))),
        ),
        (
            "hazard_status(7, 0.5) = 'in'",
            Built(rows=(Row("hazard_status", "=", "in", "7", "0.5"),)),
        ),
        (
            "count_of(age < 5 AND birth_date IS NOT NULL) >= 2",
            Built(
                rows=(
                    Row(
                        "count_of",
                        ">=",
                        "2",
                        members=(Row("age", "<", "5"), Row("birth_date", "known")),
                    ),
                )
            ),
        ),
        ("count_of() = 0", Built(rows=(Row("count_of", "=", "0"),))),
    ],
)
def test_a_text_is_drawn_as_rows_that_write_it_again(text: str, built: Built) -> None:
    assert drawn(text, TERMS) == built
    assert written(built, TERMS) == text


@pytest.mark.parametrize(
    "text",
    [
        "people + 1 > 3",
        "mean_of(age) > 20",
        "(people > 1 OR is_partial = TRUE) AND kind = 'farm'",
        "people BETWEEN 1 AND 3",
        "area_in('X1', 'X2')",
        "kind LIKE 'f%'",
        "count_of(age < 5 OR age > 60) > 1",
        "people > 'x'",
        "unheard_of > 3",
    ],
)
def test_what_rows_cannot_say_stays_text(text: str) -> None:
    assert drawn(text, TERMS) is None


def test_rows_that_are_not_filled_in_say_nothing_yet() -> None:
    rows = (Row(), Row("people", ">=", ""), Row("people", ">=", "two"), Row("area_in", "in", ""))

    assert written(Built(rows=rows), TERMS) == ""
    assert written(Built(rows=(*rows, Row("men", "=", "0"))), TERMS) == "men = 0"


def test_what_somebody_types_is_a_value_and_nothing_else() -> None:
    typed = Row("area_in", "in", "X') OR people > 0 OR area_in('Y")

    text = written(Built(rows=(typed,)), TERMS)

    assert drawn(text, TERMS) == Built(rows=(typed,))


def test_buttons_add_rows_and_take_them_away() -> None:
    form = {
        "joined": "any",
        "0.term": "people",
        "0.operator": ">=",
        "0.value": "5",
        "1.term": "count_of",
        "1.operator": ">=",
        "1.value": "1",
        "1.0.term": "age",
        "1.0.operator": "<",
        "1.0.value": "5",
    }
    people, age = Row("people", ">=", "5"), Row("age", "<", "5")
    members = Row("count_of", ">=", "1", members=(age,))

    assert sent(form, TERMS) == Built("any", (people, members))
    assert sent(form | {"do": "add"}, TERMS).rows == (people, members, Row())
    assert sent(form | {"do": "drop:0"}, TERMS).rows == (members,)
    assert sent(form | {"do": "beside:1"}, TERMS).rows[1].members == (age, Row())
    assert sent(form | {"do": "drop:1.0"}, TERMS).rows[1].members == ()
    assert sent(form | {"do": "members"}, TERMS).rows[2].term == "count_of"


def test_a_row_forgets_the_value_of_the_term_it_had_before() -> None:
    form = {"0.term": "sex_of_head", "0.was": "people", "0.operator": ">=", "0.value": "5"}

    assert sent(form, TERMS).rows == (Row("sex_of_head", "="),)


def test_every_term_that_is_offered_can_be_compared() -> None:
    names = [name for name, _label in offered(TERMS)]

    assert {"people", "sex_of_head", "is_partial", "area_in", "hazard_status"} <= set(names)
    assert "distance_to" not in names
    assert all(operators(name, TERMS) for name in names)
