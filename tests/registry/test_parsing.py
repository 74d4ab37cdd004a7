"""Tables in every dress people send them in, and what their headings mean."""

from collections.abc import Mapping
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from geo.tables import (
    HeadingsMissing,
    NotATable,
    QuoteOpen,
    Said,
    TableEmpty,
    opened,
)
from registry.checking import mapping
from registry.checking.fields import FIELDS, Kind, called, missing
from registry.checking.words import own_words
from registry.parsing.figures import number_in
from registry.parsing.findings import WARNINGS, cells_of, finding_name, finding_said

Rows = list[tuple[int, list[str | None], bool]]


def read(path: Path) -> tuple[list[str], Rows]:
    with opened(path, path.name) as table:
        return table.columns, list(table.rows)


def written(folder: Path, content: bytes, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_cells_are_cut_at_whatever_sign_cuts_the_headings(tmp_path: Path, sign: str) -> None:
    file = written(tmp_path, f"code{sign}name\nH1{sign}Amina\n".encode())

    assert read(file) == (["code", "name"], [(2, ["H1", "Amina"], False)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_names_in_any_script_come_through(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "code,name\nH1,أمينة دورو\n".encode(encoding))

    assert read(file) == (["code", "name"], [(2, ["H1", "أمينة دورو"], False)])


def test_a_file_of_an_old_windows_is_read_as_such(tmp_path: Path) -> None:
    file = written(tmp_path, "code;name\nH1;Renée Müller 5 €\n".encode("cp1252"))

    assert read(file)[1] == [(2, ["H1", "Renée Müller 5 €"], False)]


def test_quoted_cells_may_hold_the_sign_quotes_and_line_ends(tmp_path: Path) -> None:
    file = written(tmp_path, b'code,address\nH1,"12, ""Old"" Street\nback door"\nH2,x\n')

    assert read(file)[1] == [
        (2, ["H1", '12, "Old" Street\nback door'], False),
        (3, ["H2", "x"], False),
    ]


def test_short_rows_are_filled_empty_rows_left_out_and_long_rows_told(tmp_path: Path) -> None:
    file = written(tmp_path, b"code,name,size\nH1\n\n , ,\nH2,b,3,more\nH3,c,4,,\n")

    assert read(file)[1] == [
        (2, ["H1", None, None], False),
        (5, ["H2", "b", "3"], True),
        (6, ["H3", "c", "4"], False),
    ]


def test_a_workbook_gives_whole_numbers_days_and_truths_as_one_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    with Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "size", "longitude", "located_on", "disability"])
        sheet.write_row(1, 0, ["H1", 6, 121.73183])
        sheet.write_datetime(1, 3, date(2026, 6, 2))
        sheet.write_boolean(1, 4, True)

    assert read(file)[1] == [(2, ["H1", "6", "121.73183", "2026-06-02", "yes"], False)]


def test_an_empty_first_sheet_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    with Workbook(file) as book:
        book.add_worksheet("Read me")
        sheet = book.add_worksheet("Households")
        sheet.write_column(0, 0, ["code", "H1"])

    assert read(file) == (["code"], [(2, ["H1"], False)])


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", NotATable),
        (b"PK\x03\x04 not really a workbook", NotATable),
        (b"code,name\n", TableEmpty),
        (b"code,name\n,\n", TableEmpty),
        (b"\nH1,Amina\n", HeadingsMissing),
        (b'code,name\nH1,a\nH2,"b\nH3,c\n', QuoteOpen),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, refusal: type[Exception]
) -> None:
    file = written(tmp_path, content)

    with pytest.raises(refusal):
        read(file)


def test_a_heading_that_stands_twice_is_told_from_the_first(tmp_path: Path) -> None:
    file = written(tmp_path, b"code,name,code,,code (2)\nH1,a,b,c,d\n")

    columns = ["code", "name", "code (3)", "D", "code (2)"]
    assert read(file) == (columns, [(2, ["H1", "a", "b", "c", "d"], False)])


def test_an_open_quotation_mark_is_found_where_it_stands(tmp_path: Path) -> None:
    file = written(tmp_path, b'code,name\nH1,a\nH2,"b\nH3,c\n')

    with pytest.raises(QuoteOpen, match="row 3"):
        read(file)


def guessed(kind: Kind, columns: list[str]) -> Mapping[str, str]:
    """The fields that columns without a cell are taken for."""
    return mapping.guessed(columns, {}, Said(), own_words(), kind).fields


def test_a_heading_is_known_by_its_own_name_and_by_others_in_several_languages() -> None:
    assert guessed(
        Kind.HOUSEHOLDS, ["HH ID", "Admin4Pcode", "Lat", "LONG", "Taille du ménage"]
    ) == {
        "code": "HH ID",
        "area_pcode": "Admin4Pcode",
        "latitude": "Lat",
        "longitude": "LONG",
        "size": "Taille du ménage",
    }
    assert guessed(Kind.PEOPLE, ["رقم الفرد", "رقم الأسرة", "الاسم", "Fecha de nacimiento"]) == {
        "code": "رقم الفرد",
        "household_code": "رقم الأسرة",
        "name": "الاسم",
        "birth_date": "Fecha de nacimiento",
    }


def test_a_column_serves_one_field_and_its_own_name_comes_first() -> None:
    found = guessed(Kind.PEOPLE, ["code", "household_code", "hh id", "name", "nom"])

    assert found == {"code": "code", "household_code": "household_code", "name": "name"}


def test_unknown_headings_are_left_alone() -> None:
    assert guessed(Kind.HOUSEHOLDS, ["colour", ""]) == {}
    assert missing("households", {}) == ["code"]
    assert missing("people", {"code": "a", "name": "b"}) == ["household_code"]


def test_every_field_has_a_name_for_people() -> None:
    for field in chain.from_iterable(FIELDS.values()):
        assert called(field.name)


def test_a_finding_names_the_cell_it_was_found_in() -> None:
    said = finding_said("unknown_word:sex", {"sex": "x", "name": "Amina"})
    assert said == "x is not in the word list; see Administration, word lists."
    assert cells_of("swapped") == ("longitude", "latitude")
    assert "(17.6, 121.7)" in finding_said("swapped", {"longitude": "17.6", "latitude": "121.7"})


@pytest.mark.parametrize("finding", sorted(WARNINGS))
def test_every_warning_has_a_name_a_sentence_and_a_cell(finding: str) -> None:
    assert finding_name(finding)
    assert finding_said(finding, {})
    assert cells_of(finding)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("፭", 5),
        ("፲፪", 12),
        ("፻፳፫", 123),
        ("፲፱፻፺፪", 1992),
        ("፪፼፫፻፵፭", 20345),
        ("১২", 12),
        ("๓๐", 30),
        ("၅", 5),
        ("៤២", 42),
    ],
)
def test_numbers_of_other_scripts_are_read(cell: str, number: float) -> None:
    assert number_in(cell) == number
