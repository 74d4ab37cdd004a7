"""Several hazards in one question: all of them, or the worst of them; the tables are by hand."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from geo.models.releases import Direction, ReleaseState
from geo.models.selections import Together
from geo.queries.clauses import (
    HazardClause,
    ReleaseNotAskable,
    ThresholdBeyondFloor,
    ThresholdNotAboveZero,
    TooManyClauses,
)
from geo.queries.selections import Question, answered, question_of, release_asked
from geo.services.selections import keep_selection
from tests.make.geo import make_release
from tests.make.several import ANSWERS, DEEP, WINDY, Several, make_several

Said = tuple[str, float | None]  # answer, and the part that is in

# By the flood (rows) and the storm (columns), each in the order in, probable, out, not observed.
ALL_OF = """
    in           probable     out not_observed
    probable     probable     out not_observed
    out          out          out out
    not_observed not_observed out not_observed
"""
WORST_OF = """
    in in       in           in
    in probable probable     probable
    in probable out          not_observed
    in probable not_observed not_observed
"""


@pytest.fixture
def world(session: Session) -> Several:
    return make_several(session)


def both(world: Several, together: Together) -> Question:
    storm = HazardClause(world.storm.id, WINDY)
    return Question(release_id=world.flood.id, threshold=DEEP, others=(storm,), together=together)


def said(session: Session, world: Several, question: Question) -> dict[tuple[str, str], Said]:
    asked = answered(question).subquery()
    rows = session.execute(select(asked.c.location_id, asked.c.status, asked.c.share)).all()
    of_place = {row.location_id: (row.status, row.share) for row in rows}
    assert len(of_place) == len(rows) == 16
    return {pair: of_place[place.id] for pair, place in world.places.items()}


def table(text: str) -> dict[tuple[str, str], str]:
    rows = [line.split() for line in text.strip().splitlines()]
    return {
        (flood, storm): rows[i][j]
        for i, flood in enumerate(ANSWERS)
        for j, storm in enumerate(ANSWERS)
    }


@pytest.mark.parametrize(
    ("together", "expected"), [(Together.ALL, ALL_OF), (Together.WORST, WORST_OF)]
)
def test_two_answers_together_are_one(
    session: Session, world: Several, together: Together, expected: str
) -> None:
    found = said(session, world, both(world, together))
    assert {pair: status for pair, (status, _share) in found.items()} == table(expected)


def test_of_all_of_them_the_least_share_is_expected(session: Session, world: Several) -> None:
    found = said(session, world, both(world, Together.ALL))
    assert found["probable", "probable"][1] == 0.25
    assert found["in", "probable"][1] == 0.75
    assert found["probable", "in"][1] == 0.25
    assert found["in", "in"][1] == 1.0
    assert found["probable", "out"][1] == 0.0
    assert found["probable", "not_observed"][1] is None


def test_of_the_worst_of_them_the_largest_share_is_expected(
    session: Session, world: Several
) -> None:
    found = said(session, world, both(world, Together.WORST))
    assert found["probable", "probable"][1] == 0.75
    assert found["probable", "out"][1] == 0.25
    assert found["probable", "not_observed"][1] == 0.25
    assert found["probable", "in"][1] == 1.0


def test_less_can_be_worse_of_one_and_more_of_the_other(session: Session, world: Several) -> None:
    drought = make_release(session, world.event, floor=-1.0, direction=Direction.AT_MOST)
    clause = HazardClause(drought.id, -2.0)
    question = Question(release_id=world.flood.id, threshold=DEEP, others=(clause,))
    found = said(session, world, question)
    assert {status for (flood, _), (status, _s) in found.items() if flood == "in"} == {"out"}


def test_a_kept_question_asks_all_its_hazards_again(
    session: Session, world: Several, anybody: Actor
) -> None:
    question = both(world, Together.WORST)
    kept = keep_selection(session, question, "Wet or windy", actor=anybody)
    session.expire_all()
    assert question_of(session, kept) == question


def test_each_hazard_has_to_be_askable(session: Session, world: Several) -> None:
    def asking(*others: HazardClause) -> Question:
        return Question(release_id=world.flood.id, threshold=DEEP, others=others)

    with pytest.raises(NotFound):
        release_asked(session, asking(HazardClause(world.storm.id + 100)))
    with pytest.raises(ThresholdBeyondFloor, match=r"beyond 10\.0 m/s were not kept"):
        release_asked(session, asking(HazardClause(world.storm.id, 9.0)))
    with pytest.raises(TooManyClauses, match="5 hazards"):
        release_asked(session, asking(*[HazardClause(world.storm.id, WINDY)] * 4))
    world.storm.state = ReleaseState.WITHDRAWN
    with pytest.raises(ReleaseNotAskable, match="withdrawn"):
        release_asked(session, asking(HazardClause(world.storm.id, WINDY)))


@pytest.mark.parametrize("threshold", [0.0, -0.5])
def test_what_was_not_kept_cannot_be_asked_where_no_floor_was_named(
    session: Session, world: Several, threshold: float
) -> None:
    floorless = make_release(session, world.event, floor=None)
    with pytest.raises(ThresholdNotAboveZero, match="above 0"):
        release_asked(session, Question(release_id=floorless.id, threshold=threshold))
