"""Rows of a checked file, corrected and decided about before anything is merged."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_personal_file
from geo.models.areas import Area
from registry.models.imports import Import, ImportCell, ImportKind, ImportMatch, ImportRow, Verdict
from registry.models.registrants import Individual, Membership, Registrant
from registry.queries.import_rows import Wanted, failed_rows, rows_page
from registry.services import import_correcting as correcting
from registry.services import imports
from registry.services.import_comparing import compare
from tests.make.imports import checked, csv_file, household, households_file, rows_of
from tests.make.jobs import Silent
from tests.make.registry import make_household, make_location, make_person, registered

WRONG = (household(size="six"), household(code="H2", longitude="80", size="4"))
PEOPLE = "name,sex,birth_date,household_code\n"


@pytest.fixture
def sent(session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]) -> Import:
    """A household without a size, and one that stands abroad."""
    return checked(session, households_file(tmp_path, *WRONG), anybody)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """The household H1 with Amina Doro, born on 14 March 1992."""
    group = make_household(session, make_location(session, 0.5, 1.5), code="H1")
    make_person(
        session, group, name="Amina Doro", sex="female", birth_date=date(1992, 3, 14), code="P1"
    )
    return group


def again(session: Session, made: Import, actor: Actor) -> list[ImportRow]:
    """The rows once the file was checked anew."""
    imports.check(session, made.id, actor=actor, progress=Silent())
    session.expire_all()
    return rows_of(session, made)


def roster(session: Session, folder: Path, actor: Actor, *rows: str) -> Import:
    """People without codes, checked."""
    kept = keep_personal_file(csv_file(folder, PEOPLE + "\n".join(rows)))
    made = imports.upload(session, kept, "people.csv", ImportKind.ROSTER, actor=actor)
    imports.map_columns(session, made.id, made.mapping, actor=actor)
    return imports.check(session, made.id, actor=actor, progress=Silent())


def merged(session: Session, made: Import, actor: Actor) -> None:
    imports.review(session, made.id, actor=actor)
    imports.merge(session, made.id, actor=actor, progress=Silent())
    session.expire_all()


def test_a_corrected_cell_is_read_instead_of_what_the_file_says(
    session: Session, sent: Import, anybody: Actor
) -> None:
    assert [row.errors for row in rows_of(session, sent)] == [["size_not_a_number"], []]

    changed = correcting.correct(session, sent.id, 2, {"size": " 6 "}, actor=anybody)
    first, second = again(session, sent, anybody)

    assert changed == 1
    assert (first.verdict, first.errors) == (Verdict.CREATE, [])
    assert second.warnings == ["foreign"]
    assert (sent.counts["error"], sent.counts["good"]) == (0, 1)
    merged(session, sent, anybody)
    assert registered(session, "H1") is not None


def test_only_cells_that_are_written_otherwise_count_as_corrected(
    session: Session, sent: Import, anybody: Actor
) -> None:
    same = {"size": "six", "longitude": "0.5", "code": "H1", "colour": "red"}

    assert correcting.correct(session, sent.id, 2, same, actor=anybody) == 0
    assert session.scalars(select(ImportCell)).all() == []


def test_a_code_that_is_corrected_sets_the_row_right_that_repeated_it(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    made = checked(session, households_file(tmp_path, household(), household()), anybody)
    assert [row.errors for row in rows_of(session, made)] == [[], ["repeated_code"]]

    correcting.correct(session, made.id, 2, {"code": "H7"}, actor=anybody)

    assert [row.errors for row in again(session, made, anybody)] == [[], []]


def test_both_coordinates_of_one_column_are_corrected_as_a_point(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    file = csv_file(tmp_path, 'code,size,gps\nH1,5,"1.5, 0.5"\nH2,4,"1.4, 80"\n')
    made = checked(session, file, anybody)
    assert [row.warnings for row in rows_of(session, made)] == [[], ["foreign"]]

    correcting.correct(session, made.id, 3, {"longitude": "0.6"}, actor=anybody)
    _first, second = again(session, made, anybody)

    assert second.warnings == []
    cells = dict(zip(made.fields, second.cells, strict=True))
    assert (float(cells["longitude"] or 0), float(cells["latitude"] or 0)) == (0.6, 1.4)


def test_what_was_sent_comes_back_where_a_correction_is_forgotten(
    session: Session, sent: Import, anybody: Actor
) -> None:
    correcting.correct(session, sent.id, 2, {"size": "6"}, actor=anybody)
    again(session, sent, anybody)

    correcting.as_sent(session, sent.id, 2, actor=anybody)

    assert again(session, sent, anybody)[0].errors == ["size_not_a_number"]


def test_what_was_decided_about_rows_holds_when_others_are_corrected(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    rows = (*WRONG, household(code="H3"), household(code="H4", longitude="81"))
    made = checked(session, households_file(tmp_path, *rows), anybody)
    imports.accept_row(session, made.id, 3, actor=anybody)
    imports.accept_row(session, made.id, 5, actor=anybody)
    imports.leave_out(session, made.id, 4, actor=anybody)

    correcting.correct(session, made.id, 2, {"size": "6"}, actor=anybody)
    correcting.correct(session, made.id, 5, {"size": "99"}, actor=anybody)
    told = [(row.accepted, row.decided) for row in again(session, made, anybody)]

    found_more = (False, None)  # a size nobody looked at yet
    assert told == [(False, None), (True, None), (False, Verdict.IGNORE), found_more]


def test_rows_that_were_left_out_are_corrected_in_a_file_and_sent_to_the_same_import(
    session: Session, sent: Import, tmp_path: Path, anybody: Actor
) -> None:
    headings, wrong = failed_rows(session, sent, actor=anybody)
    assert (wrong[0], wrong[-1]) == ("2", "The size six is not a whole number.")
    put_right = ["6" if cell == "six" else cell for cell in wrong]
    lines = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (headings, put_right))
    sha256 = keep_personal_file(csv_file(tmp_path, lines, "corrected.csv")).sha256

    changed = correcting.correct_from(
        session, sent.id, sha256, "corrected.csv", actor=anybody, progress=Silent()
    )

    assert changed == 1
    assert [row.errors for row in again(session, sent, anybody)] == [[], []]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ("code,size\nH1,6\n", correcting.RowsUnnamed),
        ("row_of_the_file,code,hue\n2,H1,red\n", correcting.ColumnStrange),
    ],
)
def test_a_file_that_cannot_correct_this_one_is_refused(
    session: Session,
    sent: Import,
    tmp_path: Path,
    anybody: Actor,
    lines: str,
    refusal: type[Exception],
) -> None:
    sha256 = keep_personal_file(csv_file(tmp_path, lines, "other.csv")).sha256

    with pytest.raises(refusal):
        correcting.correct_from(
            session, sent.id, sha256, "other.csv", actor=anybody, progress=Silent()
        )


def test_somebody_new_is_held_against_those_who_are_registered(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    made = roster(
        session,
        tmp_path,
        anybody,
        "Aminna Dorro,female,1992-03-14,H1",
        "Idris Kivali,male,2001-01-05,H1",
    )

    assert compare(session, made.id, actor=anybody, progress=Silent()) == 1

    like = session.scalars(select(ImportMatch)).one()
    assert (like.row_number, like.registrant_id) == (2, registered(session, "P1").id)
    assert like.score >= 0.7
    assert "same_birth" in like.reasons
    assert made.counts["similar"] == 1
    asked = rows_page(session, made, Wanted(similar=True), actor=anybody)
    assert [number for _row, number in asked.rows] == [2]


def test_a_row_that_is_linked_by_hand_changes_the_one_it_means(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    known = registered(session, "P1")
    made = roster(session, tmp_path, anybody, "Aminna Dorro,female,1992-03-15,H1")
    compare(session, made.id, actor=anybody, progress=Silent())

    correcting.link(session, made.id, 2, known.number, actor=anybody)
    (row,) = again(session, made, anybody)

    assert (row.decided, row.registrant_id) == (Verdict.LINK, known.id)
    assert (made.counts["link"], made.counts["similar"]) == (1, 0)
    merged(session, made, anybody)
    assert (known.name, known.code) == ("Aminna Dorro", "P1")
    assert str(session.get_one(Individual, known.id).birth_date) == "1992-03-15"
    assert len(session.scalars(select(Membership)).all()) == 1


def test_a_row_found_to_be_somebody_new_is_not_asked_about_again(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    made = roster(session, tmp_path, anybody, "Aminna Dorro,female,1992-03-14,H1")
    compare(session, made.id, actor=anybody, progress=Silent())

    correcting.is_new(session, made.id, 2, actor=anybody)
    assert made.counts["similar"] == 0
    correcting.is_new(session, made.id, 2, actor=anybody, decided=False)
    assert made.counts["similar"] == 1


def test_two_rows_are_not_one_record(
    session: Session, tmp_path: Path, anybody: Actor, home: Registrant
) -> None:
    known = registered(session, "P1").number
    made = roster(session, tmp_path, anybody, "A Doro,female,1992,H1", "B Doro,female,1992,H1")
    correcting.link(session, made.id, 2, known, actor=anybody)

    with pytest.raises(correcting.LinkedTwice, match="Row 2 is taken for"):
        correcting.link(session, made.id, 3, known, actor=anybody)


def test_a_row_of_people_is_linked_to_no_household_and_the_other_way_round(
    session: Session, tmp_path: Path, sent: Import, anybody: Actor, home: Registrant
) -> None:
    made = roster(session, tmp_path, anybody, "A Doro,female,1992,H1")

    with pytest.raises(correcting.OfAnotherKind):
        correcting.link(session, made.id, 2, home.number, actor=anybody)
    with pytest.raises(correcting.OfNoPerson):
        correcting.link(session, sent.id, 3, registered(session, "P1").number, actor=anybody)
