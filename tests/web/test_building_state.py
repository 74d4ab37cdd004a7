"""Building a filter: a step back, a text that is read, and what a row asks in words."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.web.build_state import MOST_STEPS, State, opened, rebuilt
from app.web.builder_rows import offer_to
from app.web.building import Built, Row
from app.web.sharing import NobodyChosen, shared_asked
from app.web.term_groups import grouped
from core.actor import Actor
from programs.queries.queryables import widest_terms
from registry.models.filters import Shared
from registry.queries.queryables import household_terms
from tests.make.geo import make_country
from tests.web.conftest import Browser

DAY = date(2026, 11, 20)
TERMS = household_terms(DAY)
SignedIn = Callable[..., Browser]


def _sent(**said: str) -> dict[str, str]:
    return {"joined": "all", "0.term": "people", "0.operator": ">=", "0.value": "5", **said}


def test_each_changed_text_can_be_taken_back_in_turn() -> None:
    one = rebuilt(_sent(now="", before="[]"), TERMS)
    two = rebuilt(_sent(now=one.written, before=one.trail, **{"0.value": "7"}), TERMS)
    back = rebuilt(_sent(now=two.written, before=two.trail, do="undo"), TERMS)

    assert (one.written, two.written, back.written) == ("people >= 5", "people >= 7", "people >= 5")
    assert two.before == ["", "people >= 5"]
    assert rebuilt({"before": back.trail, "do": "undo"}, TERMS) == State(Built(), "", [])


def test_a_text_stays_as_it_was_written_where_rows_cannot_say_it() -> None:
    state = rebuilt({"written": " people * 2 > 5 ", "do": "read", "now": "", "before": ""}, TERMS)

    assert (state.built, state.written, state.before) == (None, "people * 2 > 5", [""])
    assert opened("people >", TERMS).built is None


@pytest.mark.parametrize("before", ["{", '{"a": 1}', "[1, 2]", "x" * 70_000, "null"])
def test_a_trail_that_somebody_wrote_over_is_none(before: str) -> None:
    assert rebuilt(_sent(now="people >= 5", before=before), TERMS).before == []


def test_no_more_steps_are_kept_than_somebody_takes_back() -> None:
    state = opened("", TERMS)
    for figure in range(MOST_STEPS + 5):
        form = _sent(now=state.written, before=state.trail, **{"0.value": f"{figure}"})
        state = rebuilt(form, TERMS)

    assert len(state.before) == MOST_STEPS
    assert state.before[-1] == f"people >= {MOST_STEPS + 3}"


def test_every_term_rows_can_ask_is_in_one_group() -> None:
    groups = grouped([("people", "People"), ("exposed", "Stands"), ("roof", "Roof")])

    assert [(name, [term for term, _said in terms]) for name, terms in groups] == [
        ("People", ["people"]),
        ("Hazards", ["exposed"]),
        ("Fields of this country", ["roof"]),
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("everybody", (Shared.EVERYBODY, None)),
        ("role:viewer", (Shared.ROLE, "viewer")),
        ("organisation", (Shared.ORGANISATION, None)),
        ("area:X1", (Shared.AREA, "X1")),
    ],
)
def test_a_choice_of_the_form_says_with_whom(said: str, meant: tuple[Shared, str | None]) -> None:
    assert shared_asked(said) == meant


@pytest.mark.parametrize("said", ["", "role:king", "role:", "area:", "none", "everybody:x"])
def test_whom_nobody_chose_is_nobody(said: str) -> None:
    with pytest.raises(NobodyChosen):
        shared_asked(said)


def test_rows_are_said_in_words(session: Session, anybody: Actor) -> None:
    make_country(session)
    offer = offer_to(session, widest_terms(session, DAY, actor=anybody), actor=anybody)
    rows = (
        Row("area_in", "out", "X1"),
        Row("consent", "=", "given", "sharing"),
        Row("visited_on", "within", "30", "survey"),
        Row("count_of", ">=", "2", members=(Row("age", "<", "5"),)),
        Row("people", ">=", ""),
    )

    shown = offer.shown(Built(rows=rows))

    assert [each.said for each in shown] == [
        "does not lie in Area X1",
        "What was said to being shown to partners: is yes",
        "Last visit survey: within the last days: 30",
        "at least 2 members of whom all of this holds:",
        "",
    ]
    assert shown[3].members[0].said == "Age in whole years: less than 5"


def test_a_text_that_cannot_be_asked_stays_in_the_box_with_the_reason(
    signed_in: SignedIn,
) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)

    answer = manager.act("/filters/new", written="peeple > 3", do="read", now="", before="")

    assert answer.status_code == 422
    assert "perhaps people is meant" in answer.text
    assert ">peeple &gt; 3</textarea>" in answer.text
