"""However a filter is written, it is counted, or refused in a sentence; nothing else happens."""

import json
import random
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden, Invalid
from programs.queries.queryables import widest_terms
from registry.models.filters import Subject
from registry.models.registrants import Registrant
from registry.queries.filters import count_matching
from registry.queries.subjects import matching
from tests.make.registry import make_household, make_person

DAY = date(2026, 11, 20)
DEEP = 400

NASTY = [
    "people = 1); drop table registrants; --",
    "kind = 'x''; drop table registrants; --'",
    "kind = 'x' OR 1=1",
    "kind LIKE '%' || (select 1)",
    "area_in('X''); delete from filters; --')",
    "area_in()",
    "area_in(people)",
    "area_in(1)",
    "pg_sleep(10) = 1",
    '"people" = 1',
    "registrants.id = 1",
    "people",
    "NOT people",
    "people = 'five'",
    "people IN ('five')",
    "people IN ()",
    "people BETWEEN 'a' AND 'b'",
    "people = NULL",
    "people IS NULL IS NULL",
    "NULL",
    "NOT NULL",
    "TRUE",
    "FALSE = FALSE",
    "1 = 1",
    "people = 1e400",
    "people = -1e400",
    "people > 99999999999999999999999999999999999999999999",
    "people ^ 99999 > 1",
    "people / 0 > 1",
    "people % 0 = 1",
    "people * 1e308 * 1e308 * 1e308 > 1",
    "hazard(1e300) > 1",
    "hazard(-1) > 1",
    "hazard(1.5) > 1",
    "hazard(99999999999999999999) > 1",
    "hazard_status(1, 1e300) = 'in'",
    "hazard_status(99999999999999999999, 1) = 'in'",
    "plot_share(1e300) > 1",
    "distance_to('layer', 1e300) < 1",
    "distance_to('layer', 1) < 1e300",
    "distance_to('layer', 1) < -1e300",
    "distance_to('moon', 1) < 1",
    "in_cycle('P', 1e300)",
    "in_cycle('P', 99999999999)",
    "entitled('P', '10000-01-01') > 1",
    "entitled('P', 'infinity') > 1",
    "score('x') > 1e300",
    "score_of('x', 1e300) > 1",
    "days_ago(1e9) < registered_on",
    "registered_on > days_ago(-1e9)",
    "registered_on > days_ago(0.5)",
    "registered_on > DATE('0000-00-00')",
    "registered_on > DATE('99999-01-01')",
    "registered_on > TIMESTAMP('2026-01-01T25:00:00Z')",
    "registered_on > 5",
    "exposed('x', 'y', 1e300)",
    "exposed('x')",
    "count_of(count_of(age > 1) > 0) > 0",
    "count_of(people > 1) > 0",
    "count_of(age > 1, age < 2) > 0",
    "count_of(5) > 0",
    "sum_of(sex) > 0",
    "sum_of() > 0",
    "mean_of(age ^ 999) > 0",
    "group_of(people > 1)",
    "A_CONTAINS(tags, 5)",
    "A_CONTAINS(tags, ())",
    "A_CONTAINS(kind, ('x'))",
    "S_INTERSECTS(place, POINT(1e400 0))",
    "S_INTERSECTS(place, POINT(500 500))",
    "S_INTERSECTS(place, POLYGON EMPTY)",
    "S_INTERSECTS(kind, POINT(0 0))",
    "CASEI(people) = 1",
    "ACCENTI(CASEI(kind)) LIKE '%é%'",
    r"kind LIKE '\'",
    r"kind LIKE '%\'",
    r"kind LIKE '\\\\\%\_'",
    "kind = '\u202e\u0000'",
    "kind = '\ud83d\ude00'",
    "kind = '\U0001d4bd\U0001d45c' OR kind = 'مَنزِل' OR kind = '\u0301'",
    "kind = 'Ǆ' AND CASEI(kind) = 'ǆ'",
    "\uff50\uff45ople > 1",
    "people\u00a0> 1",
    "people > 1 -- nothing",
    "people > 1;",
    "((((((((((people > 1",
    "'" * 41,
    "{" * 40,
    '{"op": "and"}',
    '{"op": "and", "args": []}',
    '{"op": "not", "args": []}',
    '{"op": "=", "args": [{"property": 5}, 1]}',
    '{"op": 5, "args": [1, 2]}',
    '{"op": "in", "args": [{"property": "people"}, {"op": "x"}]}',
    '{"op": "like", "args": [{"property": "kind"}, null]}',
    '{"property": "__class__"}',
    '{"op": "=", "args": [{"property": "kind"}, "\\ud83d"]}',
    "[1, 2]",
    "\\",
    "kind IN (" + ", ".join(f"'{n}'" for n in range(400)) + ")",
    "people IN (" + ", ".join(str(n) for n in range(8000)) + ")",
    "NOT (" * DEEP + "people > 1" + ")" * DEEP,
    "NOT " * DEEP + "people > 1",
    " OR ".join(["people > 1"] * 300),
    " AND ".join(["count_of(age > 1) > 0"] * 40),
    "-" * 600 + "1 < people",
    "kind = '" + "x" * 10_000 + "'",
    "x" * 10_000,
    " " * 10_000,
    json.dumps({"op": "=", "args": [{"property": "kind"}, "x" * 3000]}),
]


@pytest.mark.parametrize("subject", list(Subject))
def test_whatever_is_written_is_counted_or_refused_in_a_sentence(
    session: Session, anybody: Actor, subject: Subject
) -> None:
    home = make_household(session, stated_size=2)
    make_person(session, home)
    terms = widest_terms(session, DAY, actor=anybody, subject=subject)

    faults = [
        fault
        for written in [*NASTY, *_mutated(300)]
        if (fault := _fault(session, written, terms, subject, anybody))
    ]

    assert "\n".join(faults) == ""
    assert session.scalar(select(Registrant.id).where(Registrant.id == home.id)) == home.id


def _fault(
    session: Session, written: str, terms: object, subject: Subject, actor: Actor
) -> str | None:
    """What went wrong with a filter, besides being refused in a sentence."""
    try:
        with session.begin_nested():
            count_matching(session, written, DAY, actor=actor, terms=terms, subject=subject)  # type: ignore[arg-type]
    except (Invalid, Forbidden) as refused:
        told = str(refused)
        return None if told.strip() and "{" not in told[:20] else f"{written[:60]}: {told[:80]}"
    except Exception as broken:
        return f"{written[:60]}: {type(broken).__name__}: {str(broken)[:200]}"
    return None


def _mutated(many: int) -> list[str]:
    """Sound filters damaged at random: letters dropped, doubled, and pieces of others between."""
    chance = random.Random(20261120)  # noqa: S311 - the same each time
    sound = [written for written in NASTY if len(written) < 80]
    pieces = [
        "(",
        ")",
        "'",
        " AND ",
        " NOT ",
        " IN ",
        "1e309",
        "-",
        "NULL",
        "{",
        "\\",
        ",",
        "é",
        "%",
    ]
    made = []
    for _turn in range(many):
        letters = list(chance.choice(sound))
        for _blow in range(chance.randrange(1, 4)):
            at = chance.randrange(len(letters) + 1)
            letters[at : at + chance.randrange(3)] = [chance.choice(pieces)]
        made.append("".join(letters))
    return made


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"kind LIKE '100\%'", {"100%"}),
        ("kind LIKE '100%'", {"100%", "1000"}),
        (r"kind LIKE '%\\%'", {"a\\b"}),
        (r"kind LIKE 'a\_b'", {"a_b"}),
        ("kind LIKE 'a_b'", {"a_b", "a\\b"}),
        ("kind = 'O''Hara'", {"O'Hara"}),
        ("CASEI(kind) = CASEI('o''HARA')", {"O'Hara"}),
        ("kind = '''; --'", {"'; --"}),
        ("kind = 'مَنزِل'", {"مَنزِل"}),
    ],
)
def test_signs_that_mean_something_elsewhere_are_letters_in_a_text(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    for kind in ("100%", "1000", "a_b", "a\\b", "O'Hara", "'; --", "مَنزِل"):
        make_household(session, name=kind, group_kind=kind)

    ids = matching(written, DAY, actor=anybody)

    found = session.scalars(select(Registrant.name).where(Registrant.id.in_(ids)))
    assert set(found) == meant


def test_nothing_a_filter_holds_is_part_of_the_statement(session: Session, anybody: Actor) -> None:
    marked = "kind = 'MARKED' AND kind LIKE 'MARKED%' AND area_in('MARKED') AND people > 424242"

    statement = str(matching(marked, DAY, actor=anybody))

    assert "MARKED" not in statement
    assert "424242" not in statement
    assert session.scalar(text("select 1")) == 1
