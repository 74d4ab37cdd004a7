"""Real files through the five steps: every row's verdict is the one that was written by hand."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from registry.models.imports import Import, ImportKind
from registry.models.registrants import Group, Individual, Membership, Registrant
from registry.parsing.findings import field_of
from registry.services import imports
from tests.cli.checking import FILES, expected
from tests.make.imports import rows_of, take
from tests.make.jobs import Silent
from tests.places import DATA

EXPOSURE = DATA / "exposure"
REGISTRATIONS = EXPOSURE / "registrations_121_platform_demo_1000.csv"
SDCMICRO = EXPOSURE / "household_roster_sdcmicro_testdata.csv"
GHANA = EXPOSURE / "household_roster_ghana_glss_synthetic_2000hh.csv"


def found_in(session: Session, made: Import) -> dict[int, tuple[str, list[str]]]:
    """By row, its verdict and its findings, as the expected files tell them."""
    told = {}
    for row in rows_of(session, made):
        verdict = "error" if row.errors else "flagged" if row.warnings else "good"
        findings = [*row.errors, *row.warnings]
        told[row.row_number] = (
            verdict,
            [f"{field_of(each)}:{each.partition(':')[0]}" for each in findings],
        )
    return told


def in_registry(session: Session) -> tuple[int, int, int]:
    """Households, people, and heads."""
    heads = select(func.count()).where(Membership.kind == "head")
    counts = (select(func.count()).select_from(Group), select(func.count()).select_from(Individual))
    households, people, headed = (session.scalar(query) or 0 for query in (*counts, heads))
    return households, people, headed


@pytest.mark.parametrize(
    ("file", "kind", "verdicts", "came"),
    [
        (REGISTRATIONS, ImportKind.REGISTRATIONS, "registrations_121.csv", (1000, 1000, 496)),
        (SDCMICRO, ImportKind.ROSTER, "roster_sdcmicro.csv", (1000, 4580, 0)),
        (GHANA, ImportKind.ROSTER, "roster_ghana.csv", (2000, 8342, 2000)),
    ],
)
def test_real_files_come_in_as_was_written_down_and_once(
    session: Session,
    anybody: Actor,
    file: Path,
    kind: ImportKind,
    verdicts: str,
    came: tuple[int, int, int],
) -> None:
    first = take(session, file, kind, anybody)
    assert found_in(session, first) == expected(verdicts)
    assert in_registry(session) == came
    assert first.counts["create"] == first.counts["rows"] == len(expected(verdicts))

    again = take(session, file, kind, anybody)
    assert again.counts["ignore"] == again.counts["rows"]
    assert in_registry(session) == came


def test_a_file_of_another_country_is_understood(session: Session, anybody: Actor) -> None:
    file = FILES / "comma.csv"
    made = imports.upload(
        session, keep_file(file), file.name, ImportKind.REGISTRATIONS, actor=anybody
    )
    imports.map_columns(session, made.id, made.mapping, actor=anybody)
    imports.check(session, made.id, actor=anybody, progress=Silent())

    assert found_in(session, made) == expected("comma.csv")


def test_a_registrant_stands_for_a_household_of_as_many_as_are_counted(
    session: Session, anybody: Actor
) -> None:
    take(session, REGISTRATIONS, ImportKind.REGISTRATIONS, anybody)

    stated = select(func.sum(Group.stated_size), func.count(Group.stated_size))
    assert tuple(session.execute(stated).one()) == (17_588 - 481, 985)
    sexes = select(Individual.sex, func.count()).group_by(Individual.sex).order_by(Individual.sex)
    assert [tuple(row) for row in session.execute(sexes)] == [("female", 506), ("male", 494)]
    assert session.scalar(select(func.count()).where(Registrant.phone.is_not(None))) == 1000
