"""The steps of an import, and what holds for each of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden, NotFound
from core.jobs import Job
from core.storage import keep_file
from geo.models.areas import Area
from geo.models.exposure import ExposureDue
from geo.tables import NotATable
from registry.jobs.imports import check_import, merge_import
from registry.models.imports import ImportKind, ImportState
from registry.models.registrants import (
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.queries.imports import import_page, imports_page
from registry.services import imports
from tests.make.geo import make_event, make_release
from tests.make.imports import (
    checked,
    csv_file,
    household,
    households_file,
    rows_of,
    take_households,
)
from tests.make.jobs import Silent
from tests.make.registry import make_household, registered


def test_a_file_headed_like_one_before_is_mapped_like_it(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    file = csv_file(tmp_path, "label,people\nH1,5\n")
    stored = keep_file(file)
    first = imports.upload(session, stored, "a.csv", ImportKind.HOUSEHOLDS, actor=anybody)
    said = {"code": "label", "size": "people"}
    assert first.mapping == {}
    imports.map_columns(session, first.id, {**said, "phone": ""}, actor=anybody)

    again = imports.upload(session, stored, "b.csv", ImportKind.HOUSEHOLDS, actor=anybody)
    other_kind = imports.upload(session, stored, "c.csv", ImportKind.PEOPLE, actor=anybody)
    assert again.mapping == said
    assert other_kind.mapping == {}


@pytest.mark.parametrize(
    ("mapping", "refusal", "words"),
    [
        ({"size": "size"}, imports.ColumnMissing, "Say which column holds: Code."),
        ({"code": "number"}, imports.ColumnUnknown, "no column headed number"),
        ({"code": "code", "size": "code"}, imports.ColumnTwice, "read from the column code"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    mapping: dict[str, str],
    refusal: type[Exception],
    words: str,
) -> None:
    stored = keep_file(csv_file(tmp_path, "code,size\nH1,5\n"))
    made = imports.upload(session, stored, "a.csv", ImportKind.HOUSEHOLDS, actor=anybody)

    with pytest.raises(refusal, match=words):
        imports.map_columns(session, made.id, mapping, actor=anybody)


def test_a_picture_is_refused_at_once(session: Session, tmp_path: Path, anybody: Actor) -> None:
    picture = tmp_path / "list.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")

    with pytest.raises(NotATable, match=r"list\.png is not a table"):
        imports.upload(
            session, keep_file(picture), picture.name, ImportKind.HOUSEHOLDS, actor=anybody
        )


def test_a_file_that_turns_out_unreadable_is_refused_with_its_reason(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    found = checked(session, csv_file(tmp_path, "code,size\n"), anybody)

    assert found.state is ImportState.REFUSED
    assert found.refusal == (
        "list.csv has no rows below its headings; check that the right sheet comes first."
    )


def test_steps_are_not_skipped(session: Session, tmp_path: Path, anybody: Actor) -> None:
    made = checked(session, households_file(tmp_path, household()), anybody)

    with pytest.raises(imports.ImportElsewhere, match="checked"):
        imports.merge(session, made.id, actor=anybody, progress=Silent())
    imports.review(session, made.id, actor=anybody)
    imports.merge(session, made.id, actor=anybody, progress=Silent())
    with pytest.raises(imports.ImportElsewhere, match="merged"):
        imports.map_columns(session, made.id, {"code": "code"}, actor=anybody)
    with pytest.raises(imports.ImportElsewhere, match="merged"):
        imports.discard(session, made.id, actor=anybody)


def test_the_jobs_do_what_the_acts_do(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    stored = keep_file(households_file(tmp_path, household()))
    made = imports.upload(session, stored, "a.csv", ImportKind.HOUSEHOLDS, actor=anybody)
    imports.map_columns(session, made.id, made.mapping, actor=anybody)
    check_import(session, actor=anybody, progress=Silent(), import_id=made.id)
    imports.review(session, made.id, actor=anybody)
    merge_import(session, actor=anybody, progress=Silent(), import_id=made.id)

    assert made.state is ImportState.MERGED
    assert registered(session).import_id == made.id


def test_new_places_are_asked_about_what_was_published(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    release = make_release(session, make_event(session))
    made = checked(session, households_file(tmp_path, household()), anybody)
    imports.review(session, made.id, actor=anybody)

    merge_import(session, actor=anybody, progress=Silent(), import_id=made.id)
    due = session.scalars(select(ExposureDue)).one()
    assert (due.release_id, due.location_id) == (release.id, registered(session).location_id)
    assert session.scalars(select(Job.work)).all() == ["geo.jobs.exposure.sample_due"]


def test_mapping_again_forgets_what_was_checked(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = checked(session, households_file(tmp_path, household()), anybody)

    imports.map_columns(session, made.id, {"code": "code"}, actor=anybody)
    assert made.state is ImportState.MAPPED
    assert rows_of(session, made) == []


def test_a_discarded_import_keeps_its_file_but_no_rows(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = checked(session, households_file(tmp_path, household()), anybody)

    imports.discard(session, made.id, actor=anybody)
    assert (made.state, made.refusal) == (ImportState.REFUSED, "Discarded by Amina.")
    assert rows_of(session, made) == []


def test_who_is_bound_to_an_area_looks_into_their_own_imports_only(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    whole = keep_file(csv_file(tmp_path, household(code="H1")))
    made = imports.upload(session, whole, "list.csv", ImportKind.HOUSEHOLDS, actor=anybody)
    other = replace(anybody, id=77, national=False)

    assert import_page(session, made.id, actor=replace(anybody, id=77)).file is made
    with pytest.raises(NotFound):
        import_page(session, made.id, actor=other)
    assert imports_page(session, actor=other).rows == []
    assert import_page(session, made.id, actor=replace(other, id=anybody.id)).file is made
    with pytest.raises(NotFound):
        imports.map_columns(session, made.id, made.mapping, actor=other)
    with pytest.raises(NotFound):
        imports.discard(session, made.id, actor=other)
    assert made.state is ImportState.UPLOADED


def test_one_flagged_row_is_accepted_and_left_out_again(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    foreign = household(longitude="12.5", latitude="41.9")
    made = checked(
        session, households_file(tmp_path, foreign, household(code="H2", longitude="3.5")), anybody
    )
    assert (made.counts["flagged"], made.counts["accepted"]) == (2, 0)

    imports.accept_row(session, made.id, 2, actor=anybody)
    assert made.counts["accepted"] == 1
    imports.accept_row(session, made.id, 2, actor=anybody, accepted=False)
    assert made.counts["accepted"] == 0
    assert imports.accept(session, made.id, actor=anybody, finding="outside_area") == 1
    with pytest.raises(NotFound):
        imports.accept_row(session, made.id, 99, actor=anybody)


def test_a_household_merged_meanwhile_is_not_made_twice(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    waiting = checked(session, households_file(tmp_path, household()), anybody)
    assert waiting.counts["create"] == 1
    take_households(session, tmp_path, anybody, household())

    imports.review(session, waiting.id, actor=anybody)
    imports.merge(session, waiting.id, actor=anybody, progress=Silent())
    assert registered(session).code == "H1"


def test_a_row_that_became_wrong_before_the_merge_is_left_out_with_its_reason(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    waiting = checked(session, households_file(tmp_path, household()), anybody)
    make_household(session, code="H1", state=RegistrantState.MERGED)

    imports.review(session, waiting.id, actor=anybody)
    imports.merge(session, waiting.id, actor=anybody, progress=Silent())
    assert (waiting.counts["error"], waiting.counts["findings"]) == (1, {"not_active": 1})


def test_every_step_leaves_its_entry(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    done = take_households(
        session,
        tmp_path,
        anybody,
        household(),
        household(code="H2", longitude="3.5"),
        accept=True,
    )

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == [
        "imports.upload",
        "imports.map",
        "imports.check",
        "imports.accept",
        "imports.review",
        "imports.merge",
    ]
    assert {entry.subject_id for entry in entries} == {done.id}
    assert entries[-1].figures["create"] == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda session, actor: imports.map_columns(session, 1, {}, actor=actor),
        lambda session, actor: imports.check(session, 1, actor=actor, progress=Silent()),
        lambda session, actor: imports.accept(session, 1, actor=actor, finding="zero"),
        lambda session, actor: imports.accept_row(session, 1, 2, actor=actor),
        lambda session, actor: imports.review(session, 1, actor=actor),
        lambda session, actor: imports.merge(session, 1, actor=actor, progress=Silent()),
        lambda session, actor: imports.discard(session, 1, actor=actor),
    ],
)
def test_who_may_not_import_is_stopped_before_anything_is_read(
    session: Session, visitor: Actor, act: Any
) -> None:
    with pytest.raises(Forbidden):
        act(session, visitor)


def test_a_thousand_households_cost_no_more_statements_than_one(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    statements: list[str],
) -> None:
    def cost(*rows: str) -> int:
        before = len(statements)
        take_households(session, tmp_path, anybody, *rows)
        return len(statements) - before

    take_households(session, tmp_path, anybody, household(code="FIRST"))
    one = cost(household(code="ONE"))
    thousand = cost(*(household(code=f"T{i}", longitude=i / 2000) for i in range(1000)))

    groups = select(func.count()).where(Registrant.kind == RegistrantKind.GROUP)
    assert session.scalar(groups) == 1002
    assert thousand <= one


def test_a_row_that_is_left_out_by_hand_changes_nothing(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    made = checked(session, households_file(tmp_path, household(), household(code="H2")), anybody)
    for number, left_out in ((2, True), (3, True), (3, False)):
        imports.leave_out(session, made.id, number, actor=anybody, left_out=left_out)
    assert (made.counts["create"], made.counts["ignore"]) == (1, 1)

    imports.review(session, made.id, actor=anybody)
    imports.merge(session, made.id, actor=anybody, progress=Silent())
    assert session.scalars(select(Registrant.code)).all() == ["H2"]
    assert (made.counts["create"], made.counts["ignore"]) == (1, 1)
    with pytest.raises(imports.ImportElsewhere):
        imports.leave_out(session, made.id, 3, actor=anybody)
