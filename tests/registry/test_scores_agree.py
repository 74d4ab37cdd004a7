"""Scores and indicators reckoned by the database agree with plain Python, whatever people say."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from registry.models.fields import FieldType, Scope
from registry.models.scores import ScoreModel
from registry.parsing.steps import Span, Step
from registry.queries.fields import own_fields
from registry.queries.queryables import household_terms
from registry.queries.reckoning import reckoning
from registry.queries.score_points import scored
from registry.queries.scores import Band, Model, Term
from registry.queries.subjects import matching
from registry.services.field_values import write_values
from registry.services.fields import Wanted, add_field
from tests.make.fields import make_words
from tests.make.registry import make_household

HOMES = 8
WORDS = ["straw", "metal", "a 'b' \"c\"", "سقف"]
Said = Mapping[str, Any]
quiet = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

cents = st.decimals(-100, 100, places=2)
maybe = st.none()
homes = st.lists(
    st.fixed_dictionaries(
        {
            "roof": maybe | st.sampled_from(WORDS),
            "rooms": maybe | st.integers(0, 6),
            "land": maybe | st.decimals(0, 10, places=3),
            "well": maybe | st.booleans(),
        }
    ),
    min_size=HOMES,
    max_size=HOMES,
)


def spans(ends: Sequence[Decimal]) -> list[Span]:
    """Spans between these ends, without a gap."""
    inner = sorted(set(ends))
    return [Span(*each) for each in zip([None, *inner], [*inner, None], strict=True)]


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """A term over one of the fields, weighed or looked up, with points for the unknown or none."""
    name = draw(st.sampled_from(["roof", "rooms", "land", "well", "land / rooms"]))
    unknown, weight = draw(maybe | cents), draw(cents)
    steps: list[Step] = []
    if name == "roof":
        known = draw(st.lists(st.sampled_from(WORDS), min_size=1, unique=True))
        steps = [Step(word, None, draw(cents)) for word in known]
    elif name != "well" and draw(st.booleans()):
        ends = draw(st.lists(st.decimals(0, 8, places=1), min_size=1, max_size=3))
        steps = [Step(None, span, draw(cents)) for span in spans(ends)]
    elif name == "well" and draw(st.booleans()):
        steps = [Step("yes", None, draw(cents)), Step("no", None, draw(cents))]
    return Term(name, name, weight, steps, unknown)


@pytest.fixture
def ids(session: Session, anybody: Actor) -> list[int]:
    make_words(session, "roof", *WORDS)
    kinds = {
        "roof": FieldType.WORD,
        "rooms": FieldType.WHOLE,
        "land": FieldType.NUMBER,
        "well": FieldType.FLAG,
    }
    for code, kind in kinds.items():
        listed = "roof" if code == "roof" else None
        wanted = Wanted(Scope.GROUP, code, kind, {"en": code}, word_list=listed)
        add_field(session, wanted, actor=anybody)
    return [make_household(session).id for _home in range(HOMES)]


def fill(session: Session, ids: list[int], said: Sequence[Said]) -> None:
    session.execute(text("delete from group_fields"))
    fields = own_fields(session).groups
    write_values(session, Scope.GROUP, fields, dict(zip(ids, said, strict=True)))


def value_of(name: str, said: Said) -> Any:
    if name != "land / rooms":
        return said[name]
    if said["land"] is None or not said["rooms"]:
        return None
    return said["land"] / said["rooms"]


def points_of(term: Term, said: Said) -> Decimal | None:
    value = value_of(term.expression, said)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    found = _added(term, value)
    return term.unknown if found is None else found


def _added(term: Term, value: Any) -> Decimal | None:
    if value is None:
        return None
    if not term.steps:
        return term.weight * (int(value == "yes") if isinstance(value, str) else Decimal(value))
    for step in term.steps:
        if step.span is None and step.word == value:
            return step.points
        if step.span is not None and within(step.span, value):
            return step.points
    return None


def within(span: Span, value: Any) -> bool:
    low = span.at_least is None or value >= span.at_least
    return low and (span.below is None or value < span.below)


@quiet
@given(homes, st.lists(terms(), min_size=1, max_size=5), cents, st.lists(cents, max_size=3))
def test_scores_and_classes_are_what_python_says(
    session: Session,
    ids: list[int],
    said: list[Said],
    asked: list[Term],
    base: Decimal,
    ends: list[Decimal],
) -> None:
    fill(session, ids, said)
    bands = [Band(f"band {n}", span) for n, span in enumerate(spans(ends))]
    model = Model(ScoreModel(id=1, code="X", base=base), asked, bands)

    rows = session.execute(scored(model, own_fields(session)).order_by(text("2"))).all()

    for row, home in zip(rows, said, strict=True):
        points = [points_of(term, home) for term in asked]
        whole = None if None in points else sum(filter(None, points), base)
        told = row._mapping
        assert [*map(rounded, told["points"])] == [*map(rounded, points)]
        assert rounded(told["value"]) == rounded(whole)
        if whole is not None and all(abs(whole - end) > Decimal("1e-9") for end in ends):
            assert told["band"] == next(b.name for b in bands if within(b.span, whole))
        if whole is None:
            assert told["band"] is None


def rounded(value: Decimal | None) -> Decimal | None:
    """To where a quotient was cut off."""
    return None if value is None else round(Decimal(value), 9)


@quiet
@given(homes)
def test_indicators_and_filters_by_them_are_what_python_says(
    session: Session, ids: list[int], said: list[Said]
) -> None:
    fill(session, ids, said)
    own = own_fields(session)
    written = "land / rooms"
    rows = session.execute(reckoning(Scope.GROUP, [written], today(), own)).all()
    told = {row[0]: row[1] for row in rows}

    wanted = [value_of(written, home) for home in said]
    assert [rounded(told[each]) for each in ids] == [*map(rounded, wanted)]

    actor = Actor(id=1, name="", permissions=frozenset({"registrant:read"}), national=True)
    conditions: dict[str, Callable[[Said, Decimal | None], Any]] = {
        "land / rooms > 1": lambda home, v: v is not None and v > 1,
        "NOT land / rooms > 1": lambda home, v: v is not None and v <= 1,
        "roof = 'a ''b'' \"c\"' OR well": lambda home, v: home["roof"] == WORDS[2] or home["well"],
        "roof IS NULL AND NOT rooms = 0": lambda home, v: not home["roof"] and home["rooms"],
    }
    for condition, holds in conditions.items():
        found = matching(condition, today(), actor=actor, terms=household_terms(today(), own))
        met = {key for key, home, v in zip(ids, said, wanted, strict=True) if holds(home, v)}
        assert set(session.scalars(found)) & set(ids) == met, condition
