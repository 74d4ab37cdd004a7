"""Rows of plain choices and the text of a filter stand for one another."""

from datetime import date

import pytest
from sqlalchemy import column

from app.web.building import ANY, GROUP, NONE, Built, Row, offered, operators, sent, written
from app.web.drawn_rows import drawn
from core.actor import NOBODY
from programs.queries.queryables import program_terms
from registry.queries.queryables import household_terms
from registry.queries.subjects import person_terms

TERMS = {**household_terms(date(2026, 11, 20)), **program_terms(NOBODY, column("id"))}
PARTIAL = Row("is_partial", "yes")
OLD = (Row("age", ">", "60"), Row("disabled", "yes"))


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
        (
            "(people > 1 OR is_partial = TRUE) AND kind = 'farm'",
            Built(
                rows=(
                    Row(GROUP, members=(Row("people", ">", "1"), PARTIAL), joined=ANY),
                    Row("kind", "=", "farm"),
                )
            ),
        ),
        (
            "is_partial = TRUE OR NOT (is_partial = TRUE OR kind = 'farm')",
            Built(
                ANY,
                (PARTIAL, Row(GROUP, members=(PARTIAL, Row("kind", "=", "farm")), joined=NONE)),
            ),
        ),
        (
            "count_of(age < 5 OR (age > 60 AND disabled = TRUE)) >= 2",
            Built(
                rows=(
                    Row(
                        "count_of",
                        ">=",
                        "2",
                        members=(Row("age", "<", "5"), Row(GROUP, members=OLD)),
                        joined=ANY,
                    ),
                )
            ),
        ),
        (
            "A_CONTAINS(tags, ('host')) AND NOT A_CONTAINS(tags, ('displaced'))",
            Built(rows=(Row("tags", "has", "host"), Row("tags", "lacks", "displaced"))),
        ),
        (
            "received('P', '2026-01-01') > 3 AND last_received_on < days_ago(90)",
            Built(
                rows=(
                    Row("received", ">", "3", "P", "2026-01-01"),
                    Row("last_received_on", "longer", "90"),
                )
            ),
        ),
        (
            (
                "exposed('Flood ''20', 'Depth', 0.5) AND NOT exposed('Oru', 'Depth')"
                " AND exposed('Oru', 'Depth') IS NULL"
            ),
            Built(
                rows=(
                    Row("exposed", "in", "", """["Flood '20", "Depth"]""", "0.5"),
                    Row("exposed", "out", "", """["Oru", "Depth"]"""),
                    Row("exposed", "unknown", "", """["Oru", "Depth"]"""),
                )
            ),
        ),
        (
            (
                "consent('sharing') = 'given' AND visited_on('survey') >= days_ago(180)"
                " AND has_document('letter') = FALSE AND visited_on('visit') IS NULL"
            ),
            Built(
                rows=(
                    Row("consent", "=", "given", "sharing"),
                    Row("visited_on", "within", "180", "survey"),
                    Row("has_document", "no", "", "letter"),
                    Row("visited_on", "unknown", "", "visit"),
                )
            ),
        ),
        (
            "in_program('PROG-1') AND NOT in_program('PROG-2') AND received('PROG-1') >= 40",
            Built(
                rows=(
                    Row("in_program", "in", "PROG-1"),
                    Row("in_program", "out", "PROG-2"),
                    Row("received", ">=", "40", "PROG-1"),
                )
            ),
        ),
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
        "people BETWEEN 1 AND 3",
        "area_in('X1', 'X2')",
        "kind LIKE 'f%'",
        "in_program('P', 'paused')",
        "exposed('Flood', 'Depth', 0.5) = FALSE",
        "registered_on > days_ago(30)",
        "A_OVERLAPS(tags, ('host', 'displaced'))",
        "people > 'x'",
        "unheard_of > 3",
    ],
)
def test_what_rows_cannot_say_stays_text(text: str) -> None:
    assert drawn(text, TERMS) is None


def test_a_household_is_asked_by_rows_of_its_own() -> None:
    terms = person_terms(date(2026, 11, 20))
    rows = (Row("people", ">=", "5"), Row("is_partial", "yes"))
    built = Built(rows=(Row("age", "<", "5"), Row("group_of", members=rows, joined=ANY)))
    text = "age < 5 AND group_of(people >= 5 OR is_partial = TRUE)"

    assert written(built, terms) == text
    assert drawn(text, terms) == built
    assert sent({"do": "household"}, terms).rows == (Row("group_of", members=(Row(),)),)


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
    assert sent(form | {"do": "group"}, TERMS).rows[2] == Row(
        GROUP, members=(Row(), Row()), joined=ANY
    )
    assert sent(form | {"1.joined": "any"}, TERMS).rows[1].joined == ANY


def test_a_row_of_a_row_of_a_group_is_added_and_taken_away() -> None:
    form = {
        "0.term": GROUP,
        "0.joined": "none",
        "0.0.term": "is_partial",
        "0.0.operator": "yes",
        "0.1.term": "count_of",
        "0.1.operator": ">=",
        "0.1.value": "1",
        "0.1.0.term": "age",
        "0.1.0.operator": "<",
        "0.1.0.value": "5",
    }
    group = sent(form, TERMS).rows[0]

    assert group.members[1].members == (Row("age", "<", "5"),)
    assert sent(form | {"do": "beside:0.1"}, TERMS).rows[0].members[1].members[1] == Row()
    assert sent(form | {"do": "drop:0.1.0"}, TERMS).rows[0].members[1].members == ()
    assert sent(form | {"do": "drop:0.0"}, TERMS).rows[0].members == group.members[1:]
    assert sent(form | {"do": "drop:0.1.0"}, TERMS).rows[0].joined == NONE


def test_a_row_forgets_the_value_of_the_term_it_had_before() -> None:
    form = {"0.term": "sex_of_head", "0.was": "people", "0.operator": ">=", "0.value": "5"}

    assert sent(form, TERMS).rows == (Row("sex_of_head", "="),)


def test_every_term_that_is_offered_can_be_compared() -> None:
    names = [name for name, _label in offered(TERMS)]

    assert {"people", "sex_of_head", "is_partial", "area_in", "hazard_status"} <= set(names)
    assert "distance_to" not in names
    assert all(operators(name, TERMS) for name in names)
