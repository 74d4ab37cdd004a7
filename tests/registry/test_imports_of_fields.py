"""Own fields come in with files: read as what they hold, weighed, merged and taken back."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.storage import keep_file
from programs.services.imports import undo
from registry.models.fields import FieldState, FieldType, Scope
from registry.models.imports import Import, ImportKind, Verdict
from registry.models.registrants import Registrant
from registry.queries.fields import own_fields
from registry.queries.import_files import table_of
from registry.queries.own_columns import template_of
from registry.queries.queryables import household_terms
from registry.queries.subjects import matching
from registry.services import imports
from registry.services.exports import write_registered
from registry.services.fields import Wanted, add_field, turn_field
from tests.make.fields import make_words
from tests.make.imports import csv_file, rows_of, take
from tests.make.jobs import Silent

HEADINGS = "code,size,Toit,assets,remark,rooms,land,well,visited"
H1 = 'H1,5,Métal,straw|metal,"two, or three",3,"2,5",oui,14/03/2026'
H2 = "H2,4,straw,,,,,non,"
VALUES = text("select * from group_fields order by registrant_id")


@pytest.fixture(autouse=True)
def asked(session: Session, anybody: Actor) -> None:
    """A field of each type, of households."""
    make_words(session, "roof", "straw", "metal")
    labels = {"en": "Roof", "fr": "Toit"}
    kinds = {
        "roof": FieldType.WORD,
        "assets": FieldType.WORDS,
        "remark": FieldType.TEXT,
        "rooms": FieldType.WHOLE,
        "land": FieldType.NUMBER,
        "well": FieldType.FLAG,
        "visited": FieldType.DATE,
    }
    for code, kind in kinds.items():
        listed = "roof" if kind in (FieldType.WORD, FieldType.WORDS) else None
        called = labels if code == "roof" else {"en": code.title()}
        most = Decimal(20) if code == "rooms" else None
        wanted = Wanted(Scope.GROUP, code, kind, called, word_list=listed, most=most)
        add_field(session, wanted, actor=anybody)


def file_of(folder: Path, *rows: str, headings: str = HEADINGS) -> Path:
    return csv_file(folder, "\n".join((headings, *rows)) + "\n")


def brought(session: Session, folder: Path, actor: Actor, *rows: str) -> Import:
    return take(session, file_of(folder, *rows), ImportKind.HOUSEHOLDS, actor)


def values(session: Session) -> list[dict[str, Any]]:
    return [
        {name[2:]: value for name, value in row.items() if name.startswith("c_")}
        for row in session.execute(VALUES).mappings()
    ]


def checked_alone(session: Session, folder: Path, actor: Actor, *rows: str) -> Import:
    kept = keep_file(file_of(folder, *rows))
    made = imports.upload(session, kept, "list.csv", ImportKind.HOUSEHOLDS, actor=actor)
    imports.map_columns(session, made.id, made.mapping, actor=actor)
    return imports.check(session, made.id, actor=actor, progress=Silent())


def test_columns_are_known_by_code_or_label_and_read_as_what_they_hold(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = brought(session, tmp_path, anybody, H1, H2)

    assert made.mapping["group.roof"] == "Toit"
    assert values(session) == [
        {
            "roof": "metal",
            "assets": ["straw", "metal"],
            "remark": "two, or three",
            "rooms": 3,
            "land": Decimal("2.5"),
            "well": True,
            "visited": date(2026, 3, 14),
        },
        {
            **dict.fromkeys(("assets", "remark", "rooms", "land", "visited")),
            "roof": "straw",
            "well": False,
        },
    ]


def test_filters_find_who_was_brought_in(session: Session, tmp_path: Path, anybody: Actor) -> None:
    brought(session, tmp_path, anybody, H1, H2)
    terms = household_terms(today(), own_fields(session))
    ids = matching(
        "land > 2 AND a_contains(assets, ('metal'))", today(), actor=anybody, terms=terms
    )

    found = select(Registrant.code).where(Registrant.id.in_(ids))
    assert session.scalars(found).all() == ["H1"]


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ("H1,5,slate,,,,,,", "unknown_word:group.roof"),
        ("H1,5,,straw|slate,,,,,", "unknown_word:group.assets"),
        ("H1,5,,,,21,,,", "out_of_bounds:group.rooms"),
        ("H1,5,,,,2.5,,,", "out_of_bounds:group.rooms"),
        ("H1,5,,,,many,,,", "not_a_number:group.rooms"),
        ("H1,5,,,,,,perhaps,", "unknown_word:group.well"),
        ("H1,5,,,,,,,31/02/2026", "bad_date:group.visited"),
        ("H1,5,,,,,,,2026", "bad_date:group.visited"),
    ],
)
def test_a_cell_that_does_not_fit_keeps_its_row_out(
    session: Session, tmp_path: Path, anybody: Actor, row: str, finding: str
) -> None:
    made = checked_alone(session, tmp_path, anybody, row, "H2,4,straw,,,,,,13/01/2026")

    first, second = rows_of(session, made)
    assert (first.verdict, first.errors) == (Verdict.ERROR, [finding])
    assert second.verdict is Verdict.CREATE


def test_cells_that_say_nothing_say_nothing(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    brought(session, tmp_path, anybody, "H1,5,n/a,-,,NULL,n/a,-,-")

    assert values(session) == []


def test_an_empty_cell_of_a_field_that_has_to_be_filled_in_is_a_flag(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    needed = Wanted(Scope.GROUP, "door", FieldType.TEXT, {"en": "Door"}, required=True)
    add_field(session, needed, actor=anybody)
    made = take(
        session,
        file_of(tmp_path, "H1,5,", "H2,5,red", headings="code,size,door"),
        ImportKind.HOUSEHOLDS,
        anybody,
    )

    assert [row.warnings for row in rows_of(session, made)] == [["missing_value:group.door"], []]
    assert [row["door"] for row in values(session)] == ["red"]


def test_a_file_that_says_only_own_fields_anew_changes_them_and_no_more(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    brought(session, tmp_path, anybody, H1, H2)
    made = brought(session, tmp_path, anybody, "H1,5,straw,,,,,,", H2)

    assert [row.verdict for row in rows_of(session, made)] == [Verdict.UPDATE, Verdict.IGNORE]
    assert [row["roof"] for row in values(session)] == ["straw", "straw"]
    assert values(session)[0]["rooms"] == 3  # an empty cell takes nothing away


def test_undoing_puts_own_fields_back_and_takes_away_those_of_the_new(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    brought(session, tmp_path, anybody, H1, "H3,2,,,,,,,")
    before = values(session)
    made = brought(session, tmp_path, anybody, "H1,5,straw,,,4,,,", H2, "H3,2,metal,,,,,,")
    assert len(values(session)) == 3

    undo(session, made.id, actor=anybody, progress=Silent())

    assert values(session) == before


def test_undoing_a_file_without_own_fields_lets_them_stand(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    brought(session, tmp_path, anybody, H1)
    before = values(session)
    file = csv_file(tmp_path, "code,size\nH1,7\nH2,3")
    made = take(session, file, ImportKind.HOUSEHOLDS, anybody)

    undo(session, made.id, actor=anybody, progress=Silent())

    assert values(session) == before


def test_members_bring_fields_of_people_and_of_their_household(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    trade = Wanted(Scope.INDIVIDUAL, "trade", FieldType.TEXT, {"en": "Trade"})
    add_field(session, trade, actor=anybody)
    rows = ("H1,A,head,smith,metal", "H1,B,spouse,,metal", "H2,C,head,baker,")
    file = file_of(tmp_path, *rows, headings="household_code,name,relation,Trade,roof")
    take(session, file, ImportKind.ROSTER, anybody)

    trades = session.execute(text(
        "select r.name, f.c_trade from individual_fields f join registrants r"
        " on r.id = f.registrant_id order by r.name"
    ))  # fmt: skip
    assert [tuple(row) for row in trades] == [("A", "smith"), ("C", "baker")]
    assert [row["roof"] for row in values(session)] == ["metal"]


def test_a_field_that_is_retired_meanwhile_is_not_read(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    kept = keep_file(file_of(tmp_path, H2))
    made = imports.upload(session, kept, "list.csv", ImportKind.HOUSEHOLDS, actor=anybody)
    imports.map_columns(session, made.id, made.mapping, actor=anybody)
    turn_field(session, Scope.GROUP, "roof", FieldState.RETIRED, actor=anybody)

    imports.check(session, made.id, actor=anybody, progress=Silent())

    assert "group.roof" not in made.fields
    assert "group.well" in made.fields


def test_a_thousand_rows_cost_no_more_statements_than_one(
    session: Session, tmp_path: Path, anybody: Actor, statements: list[str]
) -> None:
    counts = []
    for first, rows in ((0, 1), (1, 300)):
        statements.clear()
        lines = [f"H{first + n},5,metal,,,{n % 9},,yes," for n in range(rows)]
        brought(session, tmp_path, anybody, *lines)
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_the_template_holds_own_fields_and_is_understood(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    headings, example = template_of(session, ImportKind.HOUSEHOLDS)
    file = csv_file(tmp_path, ",".join(headings) + "\n" + ",".join(example) + "\n")
    made = imports.upload(
        session, keep_file(file), "list.csv", ImportKind.HOUSEHOLDS, actor=anybody
    )

    with table_of(made) as table:
        assert "rooms" in table.columns
    assert made.mapping["group.rooms"] == "rooms"


def test_own_fields_go_out_and_come_in_again_as_they_were(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    trade = Wanted(Scope.INDIVIDUAL, "trade", FieldType.TEXT, {"en": "Trade"})
    village = Wanted(Scope.GROUP, "village", FieldType.TEXT, {"en": "Where they fled from"})
    for wanted in (trade, village):
        add_field(session, wanted, actor=anybody)
    rows = ('H1,A,head,\'=1+1 "smith",metal,B', "H1,B,spouse,,metal,B", "H2,C,head,مزارع,,")
    headings = "household_code,name,relation,trade,roof,village"
    take(session, file_of(tmp_path, *rows, headings=headings), ImportKind.ROSTER, anybody)
    brought(session, tmp_path, anybody, H1)
    before = values(session)
    assert before[0]["village"] == "B"

    for kind in (ImportKind.HOUSEHOLDS, ImportKind.PEOPLE):
        stream = io.BytesIO()
        count = write_registered(session, kind, stream, actor=anybody)
        file = tmp_path / "again.csv"
        file.write_bytes(stream.getvalue())
        made = take(session, file, kind, anybody, accept=True)
        assert made.counts["ignore"] == count, made.counts

    assert values(session) == before
    stream = io.BytesIO()
    write_registered(session, ImportKind.HOUSEHOLDS, stream, actor=anybody)
    row = next(iter(csv.DictReader(io.StringIO(stream.getvalue().decode()))))
    told = {name: row[name] for name in ("roof", "assets", "land", "well", "visited", "village")}
    assert [*told.values()] == ["metal", "straw,metal", "2.5", "yes", "2026-03-14", "B"]
