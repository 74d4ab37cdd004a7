"""`highground registry check`: the verdict on every row of a file, as written down beforehand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.checking import FILES, check, check_text, expected
from tests.places import DATA

EXPOSURE = DATA / "exposure"


@pytest.mark.parametrize(
    ("file", "verdicts", "totals"),
    [
        (
            EXPOSURE / "registrations_121_platform_demo_1000.csv",
            "registrations_121.csv",
            (1000, 985, 15, 0),
        ),
        (
            EXPOSURE / "household_roster_sdcmicro_testdata.csv",
            "roster_sdcmicro.csv",
            (4580, 4580, 0, 0),
        ),
        (
            EXPOSURE / "household_roster_ghana_glss_synthetic_2000hh.csv",
            "roster_ghana.csv",
            (8342, 8342, 0, 0),
        ),
        (FILES / "comma.csv", "comma.csv", (12, 5, 4, 3)),
    ],
)
def test_every_row_gets_the_verdict_written_down_for_it(
    file: Path, verdicts: str, totals: tuple[int, int, int, int]
) -> None:
    answer = check(file)

    assert answer.code == 0
    assert answer.found == expected(verdicts)
    assert answer.totals == totals


def test_the_answer_has_the_four_keys_of_its_contract_in_their_order() -> None:
    answer = check(FILES / "comma.csv").answer

    assert list(answer) == ["totals", "mapping", "guessed", "rows"]
    assert list(answer["totals"]) == ["rows", "good", "flagged", "errors"]
    assert answer["guessed"] == {"encoding": "cp1252", "separator": ";", "decimal": ","}
    assert answer["mapping"] == {
        "code": "hhid",
        "longitude": "Longitude",
        "latitude": "Latitude",
        "size": "Taille du ménage",
        "address": "Adresse",
        "name": "Nom",
        "sex": "Sexe",
        "birth_date": "Date de naissance",
    }
    assert answer["rows"][1] == {
        "row": 3,
        "verdict": "flagged",
        "sentences": [
            {
                "field": "longitude",
                "code": "swapped",
                "text": "Longitude and latitude (17,60851, 121,72744) seem to be swapped: turned"
                " round, they lie where they belong. Accept the row to turn them round.",
            }
        ],
    }


def test_real_registrations_are_mapped_by_their_headings_and_their_cells() -> None:
    answer = check(EXPOSURE / "registrations_121_platform_demo_1000.csv")

    assert answer.answer["guessed"] == {"encoding": "utf-8", "separator": ",", "decimal": "."}
    assert answer.answer["mapping"] == {
        "phone": "phoneNumber",
        "sex": "gender",
        "birth_date": "birthdate",
        "id_number": "documentid",
        "given_name": "firstname",
        "other_names": "middlename",
        "family_name": "name",
        "men": "males",
        "women": "women",
        "boys": "boys",
        "girls": "girls",
        "is_head": "headhousehold",
        "language": "preferredLanguage",
    }
    assert "maritalsituation was not read as civil status" in answer.said


def test_codes_of_another_list_are_no_relations_unless_somebody_says_so(tmp_path: Path) -> None:
    file = EXPOSURE / "household_roster_sdcmicro_testdata.csv"
    said = tmp_path / "map.json"
    said.write_text(
        '{"household_code": "hh_id", "relation": "relat", "age": "age", "sex": "sex",'
        ' "words": {"sex": {"1": "male", "2": "female"}, "relation": {"1": "head", "2": "spouse",'
        ' "3": "child", "4": "child_in_law", "5": "grandchild", "6": "parent", "7": "sibling",'
        ' "8": "other_relative", "9": "not_related"}}}'
    )

    assert "relation" not in check(file).answer["mapping"]
    assert check(file, "--mapping", said).totals == (4580, 4580, 0, 0)


def test_nothing_is_needed_but_the_file(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("code,size\nH1,4\n")
    words = "import sys; from app.cli import main; sys.exit(main())"

    ran = subprocess.run(
        [sys.executable, "-c", words, "registry", "check", file.name, "--json"],
        cwd=tmp_path,
        env={"PYTHONPATH": os.fspath(Path(__file__).parents[2])},
        capture_output=True,
        check=True,
    )

    assert b'"totals":{"rows":1,"good":1,"flagged":0,"errors":0}' in ran.stdout


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        b'code,size\nH1,4\nH2,"5\nH3,6\n',
        b"<html><body><table><tr><td>code</td></tr></table></body></html>",
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_no_answer(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)

    answer = check(file)

    assert (answer.code, answer.answer) == (2, {})
    assert answer.said.strip().endswith((".", "again."))


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    assert check(tmp_path).code == 2
    assert check(tmp_path / "none.csv").code == 2


def test_a_file_of_headings_alone_was_read(tmp_path: Path) -> None:
    answer = check_text(tmp_path, "code,size\n")

    assert (answer.code, answer.totals) == (0, (0, 0, 0, 0))
