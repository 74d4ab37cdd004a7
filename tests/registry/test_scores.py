"""Scores of households: versioned, reckoned by set, and kept in parts that add up."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.cql import TermUnknown, WrongKind
from core.errors import Forbidden
from registry.models.fields import FieldType, Scope
from registry.models.registrants import Registrant, RegistrantState
from registry.models.scores import Score, ScoreModel
from registry.parsing.steps import Span, StepsOverlap, read_steps
from registry.queries import score_figures
from registry.queries.fields import own_fields
from registry.queries.queryables import household_terms
from registry.queries.score_figures import Compared, compared, spread_of
from registry.queries.scores import Band, Term, model_of, scores_of
from registry.queries.scores_due import scores_due
from registry.queries.subjects import matching
from registry.services.field_values import fill_in
from registry.services.fields import Wanted, add_field
from registry.services.newcomers import add_person
from registry.services.people import Household, Person, register
from registry.services.score_runs import ScoreIdle, reckon_changed, reckon_everybody, run_score
from registry.services.scores import (
    OwnScore,
    ScoreDrafted,
    ScoreOfAll,
    ScoreSettled,
    Written,
    activate_score,
    change_score,
    write_score,
)
from tests.make.fields import make_words

ROOF = Term("Roof", "roof", Decimal(1), read_steps("straw: 1.2; metal: 0"))
PEOPLE = Term("People", "people", Decimal("0.35"))
BANDS = [
    Band("poor", Span(Decimal("1.8"), None)),
    Band("near", Span(Decimal(1), Decimal("1.8"))),
    Band("better", Span(None, Decimal(1))),
]
PMT = Written({"en": "Proxy means test"}, Decimal("-0.8"), [PEOPLE, ROOF], BANDS)


@pytest.fixture(autouse=True)
def roof(session: Session, anybody: Actor) -> None:
    make_words(session, "roof", "straw", "metal", "tiles")
    said = Wanted(Scope.GROUP, "roof", FieldType.WORD, {"en": "Roof"}, word_list="roof")
    add_field(session, said, actor=anybody)


@pytest.fixture
def other(anybody: Actor) -> Actor:
    return replace(anybody, id=77)


def family(session: Session, actor: Actor, size: int, roof: str | None) -> Registrant:
    people = [Person(f"{roof} {number}") for number in range(size)]
    return register(session, Household(people, more={"roof": roof}), actor=actor)


def in_force(session: Session, anybody: Actor, other: Actor, written: Written = PMT) -> ScoreModel:
    made = write_score(session, "PMT", written, actor=anybody)
    return activate_score(session, "PMT", made.version, actor=other)


def score_of(session: Session, home: Registrant, model: ScoreModel) -> Score:
    session.expire_all()
    return session.get_one(Score, (model.id, home.id))


def test_the_score_of_four_under_straw_is_1_80(
    session: Session, anybody: Actor, other: Actor
) -> None:
    """0.35 for each of four people, 1.2 for the roof, and -0.8 to begin with."""
    four, two = family(session, anybody, 4, "straw"), family(session, anybody, 2, "metal")
    model = in_force(session, anybody, other)

    assert run_score(session, model.id, actor=anybody) == {"households": 2, "scored": 2}

    poor, better = (score_of(session, home, model) for home in (four, two))
    assert (poor.value, poor.band) == (Decimal("1.80"), "poor")
    assert (better.value, better.band) == (Decimal("-0.10"), "better")
    (told,) = scores_of(session, four.id, actor=anybody)
    assert [(each.term.label, each.given, each.points) for each in told.parts] == [
        ("People", "4", Decimal("1.40")),
        ("Roof", "straw", Decimal("1.2")),
    ]
    assert sum((each.points or 0 for each in told.parts), told.model.row.base) == poor.value


@pytest.mark.parametrize("over", [None, "tiles"])
def test_what_is_not_known_leaves_no_score_which_is_not_0(
    session: Session, anybody: Actor, other: Actor, over: str | None
) -> None:
    home = family(session, anybody, 4, over)
    model = in_force(session, anybody, other)

    assert run_score(session, model.id, actor=anybody) == {"households": 1, "scored": 0}

    score = score_of(session, home, model)
    assert (score.value, score.band) == (None, None)
    assert score.points == [Decimal("1.40"), None]


def test_a_span_takes_where_it_begins_and_not_where_it_ends(
    session: Session, anybody: Actor, other: Actor
) -> None:
    homes = [family(session, anybody, size, "straw") for size in (1, 2, 4, 5)]
    term = Term("People", "people", Decimal(1), read_steps("..2: 0; 2..5: 0.5; 5..: 1"))
    model = in_force(session, anybody, other, replace(PMT, base=Decimal(0), terms=[term]))
    run_score(session, model.id, actor=anybody)

    values = [score_of(session, home, model).value for home in homes]
    assert values == [0, Decimal("0.5"), Decimal("0.5"), 1]


def test_yes_and_no_are_weighed(session: Session, anybody: Actor, other: Actor) -> None:
    homes = [family(session, anybody, size, "straw") for size in (1, 4)]
    term = Term("Many", "people > 3", Decimal(2))
    model = in_force(session, anybody, other, replace(PMT, base=Decimal(1), terms=[term]))
    run_score(session, model.id, actor=anybody)

    assert [score_of(session, home, model).value for home in homes] == [1, 3]
    assert [score_of(session, home, model).given for home in homes] == [["no"], ["yes"]]


def test_filters_ask_for_scores_and_classes_by_the_version(
    session: Session, anybody: Actor, other: Actor
) -> None:
    four = family(session, anybody, 4, "straw")
    family(session, anybody, 2, "metal")
    run_score(session, in_force(session, anybody, other).id, actor=anybody)
    second = in_force(session, anybody, other, replace(PMT, base=Decimal(0)))
    run_score(session, second.id, actor=anybody)

    def ids(written: str) -> list[int]:
        terms = household_terms(today(), own_fields(session))
        return list(session.scalars(matching(written, today(), actor=anybody, terms=terms)))

    assert ids("score('PMT') > 2.5 AND band('PMT') = 'poor'") == [four.id]
    assert ids("score_of('PMT', 1) = 1.8") == [four.id]
    assert ids("score_of('PMT', 2) = 1.8") == []
    assert len(ids("score('none') IS NULL")) == 2


def test_everybody_is_scored_by_as_many_statements_as_one(
    session: Session, anybody: Actor, other: Actor, statements: list[str]
) -> None:
    model = in_force(session, anybody, other)
    run_score(session, model.id, actor=anybody)
    counts = []
    for homes in (1, 5):
        for _home in range(homes):
            family(session, anybody, 2, "straw")
        statements.clear()
        run_score(session, model.id, actor=anybody)
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_who_wrote_a_score_does_not_put_it_in_force(session: Session, anybody: Actor) -> None:
    write_score(session, "PMT", PMT, actor=anybody)

    with pytest.raises(OwnScore):
        activate_score(session, "PMT", 1, actor=anybody)


def test_a_version_in_force_never_changes_and_the_next_retires_it(
    session: Session, anybody: Actor, other: Actor
) -> None:
    first = in_force(session, anybody, other)
    with pytest.raises(ScoreSettled):
        change_score(session, "PMT", 1, PMT, actor=anybody)
    second = in_force(session, anybody, other)

    assert (first.state, second.version, second.state) == ("retired", 2, "active")
    with pytest.raises(ScoreIdle):
        run_score(session, first.id, actor=anybody)


def test_one_version_is_written_at_a_time_and_can_be_changed(
    session: Session, anybody: Actor, other: Actor
) -> None:
    write_score(session, "PMT", PMT, actor=anybody)
    with pytest.raises(ScoreDrafted):
        write_score(session, "PMT", PMT, actor=anybody)
    change_score(session, "PMT", 1, replace(PMT, terms=[PEOPLE]), actor=other)

    with pytest.raises(OwnScore):
        activate_score(session, "PMT", 1, actor=other)


@pytest.mark.parametrize(
    ("term", "refusal"),
    [
        (Term("A", "nothing", Decimal(1)), TermUnknown),
        (Term("A", "roof", Decimal(1)), WrongKind),
        (Term("A", "people", Decimal(1), read_steps("straw: 1")), WrongKind),
        (Term("A", "roof", Decimal(1), read_steps("1..2: 1")), WrongKind),
    ],
)
def test_a_term_that_cannot_be_reckoned_is_refused(
    session: Session, anybody: Actor, term: Term, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        write_score(session, "PMT", replace(PMT, terms=[term]), actor=anybody)


def test_classes_that_overlap_are_refused(session: Session, anybody: Actor) -> None:
    bands = [Band("a", Span(None, Decimal(2))), Band("b", Span(Decimal(1), None))]

    with pytest.raises(StepsOverlap):
        write_score(session, "PMT", replace(PMT, bands=bands), actor=anybody)


def test_who_sees_a_part_of_the_country_reckons_no_score(
    session: Session, anybody: Actor, other: Actor, visitor: Actor
) -> None:
    write_score(session, "PMT", PMT, actor=anybody)

    with pytest.raises(ScoreOfAll):
        activate_score(session, "PMT", 1, actor=replace(other, national=False))
    with pytest.raises(Forbidden):
        write_score(session, "PMT", PMT, actor=visitor)


def test_what_is_not_known_has_points_where_the_model_says_so(
    session: Session, anybody: Actor, other: Actor
) -> None:
    """-0.8, 0.35 for each of two, and 0.5 for a roof nobody knows or nobody listed."""
    homes = [family(session, anybody, 2, over) for over in (None, "tiles", "straw")]
    said = replace(PMT, terms=[PEOPLE, replace(ROOF, unknown=Decimal("0.5"))])
    model = in_force(session, anybody, other, said)

    assert run_score(session, model.id, actor=anybody) == {"households": 3, "scored": 3}
    values = [score_of(session, home, model).value for home in homes]
    assert values == [Decimal("0.4"), Decimal("0.4"), Decimal("1.1")]
    told = scores_of(session, homes[0].id, actor=anybody)[0].parts[1]
    assert (told.given, told.points) == (None, Decimal("0.5"))


def test_a_score_follows_those_of_whom_something_changed_and_no_others(
    session: Session, anybody: Actor, other: Actor
) -> None:
    home, still = family(session, anybody, 2, "metal"), family(session, anybody, 3, "metal")
    model = in_force(session, anybody, other)
    run_score(session, model.id, actor=anybody)
    session.execute(update(Score).where(Score.registrant_id == still.id).values(value=99))
    fill_in(session, home.number, {"roof": "straw"}, actor=anybody)
    new = family(session, anybody, 1, "straw")

    assert reckon_changed(session, model) == 2

    values = [score_of(session, each, model).value for each in (home, new, still)]
    assert values == [Decimal("1.1"), Decimal("0.75"), 99]
    add_person(session, home.number, Person("Baby"), actor=anybody)
    assert reckon_changed(session, model) == 1
    assert score_of(session, home, model).value == Decimal("1.45")


def test_what_comes_to_the_same_is_not_written_again(
    session: Session, anybody: Actor, other: Actor
) -> None:
    home = family(session, anybody, 2, "metal")
    model = in_force(session, anybody, other)
    run_score(session, model.id, actor=anybody)
    session.execute(update(Score).values(on_day=date(2026, 1, 1)))
    reckon_everybody(session, model)

    assert score_of(session, home, model).on_day == date(2026, 1, 1)


def test_who_leaves_the_registry_has_no_score(
    session: Session, anybody: Actor, other: Actor
) -> None:
    home = family(session, anybody, 2, "metal")
    model = in_force(session, anybody, other)
    run_score(session, model.id, actor=anybody)
    home.state = RegistrantState.EXITED
    session.flush()

    told = reckon_everybody(session, model)
    assert (told["households"], told["scored"]) == (0, 0)


def test_scores_are_due_on_another_day_or_when_somebody_changed(
    session: Session, anybody: Actor, other: Actor
) -> None:
    home = family(session, anybody, 2, "metal")
    model = in_force(session, anybody, other)
    assert [*scores_due(session)] == []  # nobody asked for it yet
    run_score(session, model.id, actor=anybody)
    assert [*scores_due(session)] == []
    model.run_at = datetime.now(UTC) - timedelta(hours=1)
    session.flush()
    assert [*scores_due(session)] == []
    fill_in(session, home.number, {"roof": "straw"}, actor=anybody)
    assert [*scores_due(session)] == [(model.id, False)]
    model.run_on = today() - timedelta(days=1)
    session.flush()
    assert [*scores_due(session)] == [(model.id, True)]


def test_large_countries_are_reckoned_piece_by_piece_and_told_of(
    session: Session, anybody: Actor, other: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = [family(session, anybody, size, "straw") for size in (1, 2, 3, 4)]
    model = in_force(session, anybody, other)
    monkeypatch.setattr(score_figures, "AT_ONCE", 3)
    heard: list[tuple[int, int]] = []

    ran = run_score(session, model.id, actor=anybody, told=lambda *said: heard.append(said))

    assert ran == {"households": 4, "scored": 4}
    keys = homes[-1].id - homes[0].id + 1
    assert heard == [(done, keys) for done in range(0, keys, 3)]


def test_two_versions_are_compared_before_one_is_put_in_force(
    session: Session, anybody: Actor, other: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 0.5 for each person and nothing for the roof, from 1.8 on is poor: four of them."""
    for size, over in ((4, "straw"), (4, "metal"), (1, "metal"), (2, None)):
        family(session, anybody, size, over)
    first = in_force(session, anybody, other)
    run_score(session, first.id, actor=anybody)
    draft = replace(PMT, base=Decimal(0), terms=[replace(PEOPLE, weight=Decimal("0.5"))])
    second = write_score(session, "PMT", draft, actor=anybody)

    versions = (model_of(session, first), model_of(session, second))
    monkeypatch.setattr(score_figures, "AT_ONCE", 2)
    heard: list[tuple[int, int]] = []
    told = compared(session, *versions, actor=anybody, heard=lambda *said: heard.append(said))

    assert heard[0][0] == 0
    assert len(heard) == -(-heard[0][1] // 2)
    assert Compared.read(json.loads(json.dumps(told.said))) == told
    assert {(m.before, m.after): m.households for m in told.moves} == {
        ("poor", "poor"): 1,
        ("better", "poor"): 1,  # 0.6 before, 2.0 now
        ("better", "better"): 1,  # -0.45 before, 0.5 now
        (None, "near"): 1,
    }
    assert (told.households, told.crossing, told.of("better", "poor")) == (4, 2, 1)
    assert told.mean_difference == (Decimal("0.2") + Decimal("1.4") + Decimal("0.95")) / 3
    assert session.scalar(select(func.count()).where(Score.model_id == second.id)) == 0


def test_scores_are_told_in_bins_that_hold_everybody(
    session: Session, anybody: Actor, other: Actor
) -> None:
    for size in (1, 1, 2, 25):
        family(session, anybody, size, "metal")
    term = Term("People", "people", Decimal(1))
    model = in_force(session, anybody, other, replace(PMT, base=Decimal(0), terms=[term]))
    assert spread_of(session, model.id, actor=anybody) is None
    run_score(session, model.id, actor=anybody)

    spread = spread_of(session, model.id, actor=anybody)

    assert spread is not None
    assert [(each.low, each.high, each.households) for each in spread.bins if each.households] == [
        (Decimal(1), Decimal(2), 2),
        (Decimal(2), Decimal(3), 1),
        (Decimal(24), Decimal(25), 1),
    ]
    assert spread.median == 1
