"""Checking tables of text: whatever their encoding, separator, decimal sign and order of days."""

import json
from itertools import product
from pathlib import Path

import pytest

from tests.cli.checking import check, check_text

HEAD = ("code", "prénom", "sexe", "date de naissance", "taille", "longitude", "latitude")
ROWS = (
    ("H1", "Renée", "féminin", (1992, 3, 14), "4", 29.87, -1.95),
    ("H2", "José", "Masculin ", (1980, 11, 22), "5", 29.88, -1.94),
    ("H3", "Zoé", "femme", (1975, 6, 30), "6", -1.96, 29.86),
    ("H4", "Inès", "F", (2001, 1, 1), "2", 29.85, -1.97),
    ("H5", "Noël", "homme", (1999, 5, 17), "x", 29.89, -1.93),
    ("H6", "Aïcha", "garçon", (2010, 2, 28), "3", 29.86, -1.92),
    ("H7", "Léa", "hélas", (1966, 12, 19), "1", 0.0, 0.0),
)
FAULTS = {
    4: ["longitude:swapped"],
    6: ["size:size_not_a_number"],
    8: ["sex:unknown_word", "longitude:zero"],
}
ORDERS = {"dmy": "{2:02}-{1:02}-{0}", "mdy": "{1:02}/{2:02}/{0}", "ymd": "{0}-{1:02}-{2:02}"}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac_roman"]
)
def test_the_same_table_gives_the_same_verdicts_in_every_dress(
    tmp_path: Path, encoding: str
) -> None:
    for sign, decimal, order in product(",;\t|", ".,", ORDERS):
        lines = [HEAD, *(_written(row, decimal, ORDERS[order]) for row in ROWS)]
        text = "\r\n".join(sign.join(_quoted(cell, sign) for cell in line) for line in lines)

        answer = check_text(tmp_path, text, encoding=encoding)

        assert answer.answer["guessed"] == {
            "encoding": encoding,
            "separator": sign,
            "decimal": decimal,
        }
        assert answer.faults == FAULTS, (sign, decimal, order)
        assert answer.totals == (7, 4, 1, 2)


def _written(row: tuple[object, ...], decimal: str, day: str) -> list[str]:
    cells = []
    for cell in row:
        said = day.format(*cell) if isinstance(cell, tuple) else str(cell)
        cells.append(said.replace(".", decimal) if isinstance(cell, float) else said)
    return cells


def _quoted(cell: str, sign: str) -> str:
    return f'"{cell}"' if sign in cell else cell


@pytest.mark.parametrize(
    ("encoding", "text", "mapping"),
    [
        (
            "cp1256",
            "رمز الأسرة;الاسم;الجنس\n1;أمينة دورو;أنثى\n2;محمد علي;ذكر\n",
            {"code": "رمز الأسرة", "name": "الاسم", "sex": "الجنس"},
        ),
        ("cp1250", "code;name\n1;Łukasz Wiśniewski\n2;Żaneta Dąbrowska\n", None),
        ("cp1254", "code;name\n1;Ayşe Yavaş\n2;İbrahim Çağlar\n", None),
        ("cp1251", "code;name\n1;Иван Петров\n2;Мария Сидорова\n", None),
        (
            "cp1251",
            "Номер домохозяйства;ФИО;Пол\n1;Иванов Пётр;муж\n2;Сидорова Анна;жен\n",
            {"code": "Номер домохозяйства", "name": "ФИО", "sex": "Пол"},
        ),
        (
            "koi8_r",
            "Номер домохозяйства;ФИО;Пол\n1;Иванов Пётр;муж\n2;Сидорова Анна;жен\n",
            {"code": "Номер домохозяйства", "name": "ФИО", "sex": "Пол"},
        ),
        (
            "iso8859_2",
            "kod gospodarstwa;imię i nazwisko;płeć\n1;Święta Źdźbło;K\n2;Łukasz Wąs;M\n",
            {"code": "kod gospodarstwa", "name": "imię i nazwisko", "sex": "płeć"},
        ),
        ("cp1253", "code;name\n1;Γιώργος Παπαδόπουλος\n2;Ελένη Νικολάου\n", None),
        ("gb18030", "code;name\n1;王小明\n2;李芳\n", None),
        ("shift_jis", "code;name\n1;山田太郎\n2;サトウ ケン\n", None),
        ("utf-16-le", "code;name\n1;Renée\n2;José\n", None),
        ("utf-16-be", "code;name\n1;Renée\n2;José\n", None),
    ],
)
def test_an_encoding_is_told_by_what_reads_best(
    tmp_path: Path, encoding: str, text: str, mapping: dict[str, str] | None
) -> None:
    answer = check_text(tmp_path, text, encoding=encoding)

    assert answer.answer["guessed"]["encoding"] == encoding
    assert answer.answer["mapping"] == (mapping or {"code": "code", "name": "name"})
    assert answer.totals == (2, 2, 0, 0)


def test_one_broken_letter_does_not_turn_a_file_into_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    sound = "code;nom;sexe\n1;Hélène;féminin\n2;Éloïse;féminin\n".encode()
    file.write_bytes(sound + b"3;Ren\xe9e;feminin\n")

    answer = check(file)

    assert answer.answer["guessed"]["encoding"] == "utf-8"
    assert answer.faults == {4: ["name:unreadable_letters"]}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("sep=;\ncode;size\nA;4\nB;x\n", {4: ["size:size_not_a_number"]}),
        ("code;size\rA;4\rB;x\r", {3: ["size:size_not_a_number"]}),
        ("code;size\r\r\nA;4\r\r\nB;x\r\r\n", {3: ["size:size_not_a_number"]}),
        ("\n\ncode,size\n\nA,4\n,,\nB,x\n\n", {7: ["size:size_not_a_number"]}),
        ("List of 2026,\nNorth,\ncode,size\nA,4\nB,x\n", {5: ["size:size_not_a_number"]}),
        ("code,size,accuracy\n,people,m\nA,4,1\nB,5,2\nC,x,3\n", {5: ["size:size_not_a_number"]}),
        ("code,size,,\nA,4,,\nB,x,,\n", {3: ["size:size_not_a_number"]}),
        ("code,size,size\nA,4,x\nB,x,3\n", {3: ["size:size_not_a_number"]}),
        (
            "'code','size','village'\n'A','4','Up, there'\n'B','x','D'\n",
            {3: ["size:size_not_a_number"]},
        ),
        ('code,name,size\nA,"a \\"b\\", c",4\nB,"d",x\n', {3: ["size:size_not_a_number"]}),
        ('code,name,size\nA,"Old" Town,4\nB,"two\nlines",x\n', {3: ["size:size_not_a_number"]}),
        ('code,size\n="001",="4"\n="002",="x"\n', {3: ["size:size_not_a_number"]}),
        ("code,size\nA,4\nB,5,6\n", {3: [":too_many_cells"]}),
        ("H1,5,121.7\nH2,4,121.8\n", {1: [":nothing_read"], 2: [":nothing_read"]}),
        ("code\nA\nB\nA\n", {4: ["code:repeated_code"]}),
    ],
)
def test_rows_are_found_and_numbered_whatever_stands_round_them(
    tmp_path: Path, text: str, faults: dict[int, list[str]]
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode())

    assert check(file).faults == faults


@pytest.mark.parametrize(
    ("days", "faults"),
    [
        (["03/14/1990", "04/05/1991", "14/03/1990"], {4: ["bad_date"]}),
        (["03/04/1990", "04/05/1991", "05/05/1990"], {2: ["day_unclear"], 3: ["day_unclear"]}),
        (["15 mars 1990", "15-Mar-90", "March 15, 1990"], {}),
        (["00/00/1990", "1990", "03/1990"], {}),
        (["32947", "29221", "40000"], {}),
        (["1990", "1985", "2030"], {4: ["date_in_future"]}),
        (["1402/05/01", "1990-01-01", "1391-02-02"], {2: ["calendar"], 4: ["calendar"]}),
        (["29-02-2000", "29-02-2001", "31-04-1990"], {3: ["bad_date"], 4: ["bad_date"]}),
        (
            [
                "1990-03-15T10:00:00Z",
                "15/03/1990 00:00:00",
                "\u0661\u0665/\u0660\u0663/\u0661\u0669\u0669\u0660",
            ],
            {},
        ),
        (["15/03/30", "15/03/90", "24/11/2026"], {4: ["date_in_future"]}),
        (["1899-01-01", "n/a", "15/03/1990"], {2: ["age_implausible"]}),
    ],
)
def test_days_are_read_however_they_are_written(
    tmp_path: Path, days: list[str], faults: dict[int, list[str]]
) -> None:
    rows = "".join(f'P{n},Ana,"{day}"\n' for n, day in enumerate(days))

    answer = check_text(tmp_path, f"code,name,dob\n{rows}")

    assert answer.faults == {
        row: [f"birth_date:{code}" for code in codes] for row, codes in faults.items()
    }


def test_unclear_days_are_clear_once_somebody_says(tmp_path: Path) -> None:
    text = "code,name,dob\nP1,Ana,03/04/1990\n"

    assert check_text(tmp_path, text).faults == {2: ["birth_date:day_unclear"]}
    assert check_text(tmp_path, text, "--days", "mdy").faults == {}


@pytest.mark.parametrize(
    ("field", "cells", "faults"),
    [
        ("size", ["5 pers.", "\u0664", "5.5", "1 200", "-1"], ["", "", "size_not_a_number",
         "size_implausible", "size_out_of_range"]),
        ("accuracy", ["6 m", "10m", "-4", "six", "n/a"], ["", "", "accuracy", "accuracy", ""]),
        ("phone", ["+63 900 123 4567", "0900-123-4567 / 0911", "123", "6.377E10", "N/A"],
         ["", "", "phone_impossible", "number_rounded", ""]),
        ("size", ["#DIV/0!", "n/a", "", "31", "30"], ["cell_error", "missing_size",
         "missing_size", "size_implausible", ""]),
    ],
)  # fmt: skip
def test_cells_are_judged_by_what_their_column_holds(
    tmp_path: Path, field: str, cells: list[str], faults: list[str]
) -> None:
    rows = "".join(f"H{n};{cell}\n" for n, cell in enumerate(cells))

    answer = check_text(tmp_path, f"code;{field}\n{rows}")

    found = [each[0].partition(":")[2] if each else "" for _v, each in answer.found.values()]
    assert found == faults


def test_people_of_a_roster_are_numbered_within_households(tmp_path: Path) -> None:
    answer = check_text(
        tmp_path,
        """
hh_id,member_id,name,sex,age,relationship
1,1,Ana,F,30,head
1,2,Bo,M,131,Spouse
1,3,Cy,M,3,son
2,1,Di,F,40,head
2,2,Ed,M,44,Head
2,3,,F,-4,dauhgter
""",
    )

    assert answer.answer["mapping"]["household_code"] == "hh_id"
    assert answer.faults == {
        3: ["age:age_implausible"],
        6: ["relation:second_head"],
        7: ["name:missing_name", "age:out_of_bounds", "relation:word_alike"],
    }


def test_an_answer_sent_back_as_a_mapping_gives_the_same_answer(tmp_path: Path) -> None:
    text = "code;taille;latitude\nA;4;1,5\nB;x;\n"
    first = check_text(tmp_path, text)
    said = tmp_path / "map.json"
    said.write_text(json.dumps(first.answer["mapping"]))

    assert check_text(tmp_path, text, "--mapping", said).answer == first.answer


@pytest.mark.parametrize(
    "said", ['{"code": "nothing"}', '{"colour": "code"}', "[1", '{"days": "xyz"}']
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, said: str) -> None:
    file = tmp_path / "map.json"
    file.write_text(said)

    answer = check_text(tmp_path, "code;size\nA;4\n", "--mapping", file)

    assert (answer.code, answer.answer) == (2, {})
    assert answer.said
