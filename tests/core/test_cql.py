"""The filter language: what it says of a row, and what it refuses."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    String,
    column,
    false,
    or_,
    select,
    values,
)
from sqlalchemy.orm import Session

from core import cql
from core.actor import Actor
from core.errors import Forbidden, Invalid
from tests.places import VECTORS

ROWS = values(
    column("name", String),
    column("size", Integer),
    column("is_partial", Boolean),
    column("born", Date),
    column("income", Integer),
    name="rows",
).data(
    [
        ("Amina", 3, False, "1980-05-01", 0),
        ("boris", 5, True, "1990-01-01", 10),
        ("Cora", 8, None, None, 20),
        ("d%e", 1, False, "2001-12-31", None),
    ]
)


def _named(names: Sequence[str]) -> cql.Condition:
    return or_(false(), *(ROWS.c.name == name for name in names))


TERMS: cql.Terms = {
    "name": cql.Term(ROWS.c.name, cql.Kind.TEXT, "Name"),
    "size": cql.Term(ROWS.c.size, cql.Kind.NUMBER, "Size"),
    "is_partial": cql.Term(ROWS.c.is_partial, cql.Kind.FLAG, "Roster incomplete"),
    "born": cql.Term(ROWS.c.born, cql.Kind.DATE, "Born"),
    "income": cql.Term(ROWS.c.income, cql.Kind.NUMBER, "Income", permission="income:read"),
    "named": cql.Lookup(_named, "Is called"),
}
AMINA, BORIS, CORA, DE = "Amina", "boris", "Cora", "d%e"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", [AMINA, BORIS, CORA, DE]),
        ("size = 5", [BORIS]),
        ("size <> 5", [AMINA, CORA, DE]),
        ("size >= 5 AND is_partial = true", [BORIS]),
        ("size < 3 OR size > 5", [CORA, DE]),
        ("NOT (size < 3 OR size > 5)", [AMINA, BORIS]),
        ("size BETWEEN 3 AND 5", [AMINA, BORIS]),
        ("size NOT BETWEEN 3 AND 5", [CORA, DE]),
        ("size IN (1, 8)", [CORA, DE]),
        ("name NOT IN ('Amina', 'Cora')", [BORIS, DE]),
        ("name LIKE '%o%'", [BORIS, CORA]),
        (r"name LIKE '%\%%'", [DE]),
        ("CASEI(name) LIKE 'b%'", [BORIS]),
        ("CASEI(name) = CASEI('BORIS')", [BORIS]),
        ("is_partial", [BORIS]),
        ("NOT is_partial", [AMINA, DE]),
        ("is_partial = false", [AMINA, DE]),
        ("is_partial IS NULL", [CORA]),
        ("born IS NOT NULL AND size > 3", [BORIS]),
        ("born < DATE('1990-01-01')", [AMINA]),
        ("size - 1 - 2 = 2", [BORIS]),
        ("(size + 1) * 2 > 11", [BORIS, CORA]),
        ("size / 2 = 2.5", [BORIS]),
        ("size DIV 2 = 2", [BORIS]),
        ("size % 2 = 0", [CORA]),
        ("8 / (size - 1) = 2", [BORIS]),
        ("-size < -4", [BORIS, CORA]),
        ("size ^ 2 = 25", [BORIS]),
        ("(0 - size) ^ 0.5 IS NULL", [AMINA, BORIS, CORA, DE]),
        ("size ^ 100000 > 1", []),
        ("(size - 1) ^ (0 - 1) IS NULL", [DE]),
        ("CASEI(ACCENTI('BÓRÏS')) = name", [BORIS]),
        ("T_BEFORE(born, DATE('1990-01-01'))", [AMINA]),
        ("T_AFTER(born, TIMESTAMP('1990-01-01T23:00:00Z'))", [DE]),
        ("T_INTERSECTS(born, INTERVAL('1990-01-01', '..'))", [BORIS, DE]),
        ("T_DISJOINT(born, INTERVAL('1980-05-01', '1990-01-01'))", [DE]),
        ("T_DURING(born, INTERVAL('1980-05-01', '2001-12-31'))", [BORIS]),
        ("T_EQUALS(born, DATE('2001-12-31'))", [DE]),
        (
            "T_FINISHES(INTERVAL(born, DATE('2002-01-01')), INTERVAL('1985-01-01', '2002-01-01'))",
            [BORIS, DE],
        ),
        ("born BETWEEN DATE('1980-05-01') AND DATE('1990-01-01')", [AMINA, BORIS]),
        ("born IN (DATE('1980-05-01'), TIMESTAMP('2001-12-31T12:00:00Z'))", [AMINA, DE]),
        ("named('Amina', 'Cora') AND size > 3", [CORA]),
        ("name = 'x''; drop table rows; --'", []),
        ('{"op": ">", "args": [{"property": "size"}, 4]}', [BORIS, CORA]),
    ],
)
def test_a_filter_keeps_the_rows_it_means(session: Session, written: str, meant: list[str]) -> None:
    said = cql.condition(written, TERMS, actor=_somebody())

    assert session.scalars(select(ROWS.c.name).where(said).order_by(ROWS.c.name)).all() == sorted(
        meant, key=[AMINA, CORA, BORIS, DE].index
    )


def test_any_of_many_values_may_meet_a_condition_and_not_turns_it_round(session: Session) -> None:
    letters = values(column("of", String), column("letter", String), name="letters").data(
        [(name, letter) for name in (AMINA, BORIS, CORA) for letter in name.lower()]
    )
    terms = {
        "letter": cql.Term(
            letters.c.letter,
            cql.Kind.TEXT,
            "Letter",
            among=lambda asked: ROWS.c.name.in_(select(letters.c.of).where(asked)),
        )
    }

    with_an_o = cql.condition("letter = 'o'", terms, actor=_somebody())
    without_an_i = cql.condition("letter <> 'i' AND letter IN ('o', 'z')", terms, actor=_somebody())

    assert set(session.scalars(select(ROWS.c.name).where(with_an_o))) == {BORIS, CORA}
    assert set(session.scalars(select(ROWS.c.name).where(without_an_i))) == {CORA}


@pytest.mark.parametrize(
    ("written", "refusal", "sentence"),
    [
        ("size >=", cql.FilterUnreadable, "cannot be read at its end"),
        ("size >= 3; drop table x", cql.FilterUnreadable, "at “; drop table x”"),
        ("{", cql.FilterUnreadable, "at its beginning"),
        (
            "sise = 3",
            cql.TermUnknown,
            "sise is not known here, perhaps size is meant; a condition may use born, is_",
        ),
        ("named = 3", cql.TermUnknown, "named is not known"),
        ("income > 3", cql.TermNotYours, "may not use income; a condition of yours may use born"),
        ("avg(size) = 3", cql.OperatorUnknown, "avg cannot be used here"),
        ("S_INTERSECTS(born, POINT(1 2))", cql.WrongKind, "born is a date, but a shape is needed"),
        ("S_INTERSECTS(POINT(1 2), 5)", cql.WrongKind, "5 is a number, but a shape is needed"),
        ("T_AFTER(size, DATE('2020-01-01'))", cql.WrongKind, "size is a number, but a date is"),
        ("T_AFTER(born, INTERVAL('x', '..'))", cql.WrongKind, "x is no day, but a date is needed"),
        ("A_CONTAINS(name, ('a', 'b'))", cql.WrongKind, "name is text, but a list of texts is"),
        ("A_EQUALS(('a', 1), ('a', 'b'))", cql.WrongKind, "1 is a number, but text is needed"),
        (
            '{"op": "=", "args": [{"bbox": [0,0,1,1]}, {"bbox": [0,0,1,1]}]}',
            cql.WrongKind,
            "a shape",
        ),
        ("name = '\0'", cql.FilterUnreadable, "cannot be read at NUL"),
        ('{"op": "named", "args": ["\\u0000"]}', cql.FilterUnreadable, "cannot be read at NUL"),
        ("size = NULL", cql.OperatorUnknown, "NULL cannot be used here"),
        ("size = 'three'", cql.NotAlike, "size is a number and 'three' is text"),
        ("size IN (1, 'x')", cql.NotAlike, "compare like with like"),
        ("size LIKE '3%'", cql.WrongKind, "size is a number, but text is needed"),
        ("size", cql.WrongKind, "size is a number, but yes or no is needed"),
        ("name + 1 = 2", cql.WrongKind, "name is text, but a number is needed"),
        ("named(size)", cql.WrongKind, "is not text"),
        ("born = DATE('2020-13-45')", cql.WrongKind, "2020-13-45 is no day"),
        ('{"op": "=", "args": [1]}', cql.FilterUnreadable, "cannot be read at ="),
        ('{"op": "in", "args": [1, 2]}', cql.FilterUnreadable, "cannot be read at IN"),
        ("(" * 60 + "size = 1" + ")" * 60, cql.FilterTooLong, "more deeply nested"),
        ("size + " * 300 + "1 = 2", cql.FilterTooLong, "more deeply nested"),
        ("size = 1 OR " * 400 + "size = 1", cql.FilterTooLong, "longer"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    written: str, refusal: type[Exception], sentence: str
) -> None:
    with pytest.raises(refusal, match=re.escape(sentence)):
        cql.condition(written, TERMS, actor=_somebody())


def test_a_term_is_open_to_those_whose_role_has_it(session: Session) -> None:
    said = cql.condition("income >= 10", TERMS, actor=_somebody("income:read"))

    assert set(session.scalars(select(ROWS.c.name).where(said))) == {BORIS, CORA}
    assert "income" not in cql.usable(TERMS, _somebody())
    assert "income" in cql.usable(TERMS, _somebody("income:read"))


KINDS = {
    cql.Kind.NUMBER: "balance bar bridge_clearance category depth eo:cloud_cover floors foo "
    "landsat:wrs_row taxes value vehicle_height x",
    cql.Kind.TEXT: "beamMode city cityName eo:instrument etat_vol geophys:SURVEY_NAME id "
    "landsat:scene_id material name owner polarization road_class swathDirection",
    cql.Kind.FLAG: "swimming_pool",
    cql.Kind.DATE: "built",
    cql.Kind.MOMENT: "ends_at event_time liftOff starts_at touchdown updated updated_at",
    cql.Kind.GEOMETRY: "footprint geometry location road",
    cql.Kind.LIST: "layer:ids values",
}
STANDARD = {
    name: cql.Term(column(name), kind, name)
    for kind, names in KINDS.items()
    for name in names.split()
}
ELSEWHERE = re.compile(
    r"\b(avg|Foo|Bar|Buffer)\(|landsat:wrs_path|, FALSE\)|, TRUE,|value. (NOT )?IN \('"
)


@pytest.mark.parametrize(
    "text", sorted((VECTORS / "cql2" / "text").glob("*.txt")), ids=lambda file: file.stem
)
def test_each_example_of_the_standard_is_understood_alike_as_text_and_json(text: Path) -> None:
    written = text.read_text().strip()
    twin = text.parents[1] / "json" / f"{text.stem}.json"

    said = _said(written)

    assert said == _said(twin.read_text() if twin.exists() else written)
    assert ("refused" in said) == bool(ELSEWHERE.search(written))


def _said(written: str) -> str:
    """The SQL and its values, or which refusal it met."""
    try:
        compiled = cql.condition(written, STANDARD, actor=_somebody()).compile()
    except (Invalid, Forbidden) as refused:
        return f"refused: {type(refused).__name__}"
    return f"{compiled} {compiled.params}"


def _somebody(*permissions: str) -> Actor:
    return Actor(id=1, name="Amina", permissions=frozenset(permissions))
