"""Files of households on their way into the registry, in a country of four squares side by side."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden, NotFound
from core.storage import keep_file
from geo.models.areas import Area, AreaPart
from geo.models.locations import Location
from registry.jobs.imports import check_import, merge_import
from registry.models.imports import HouseholdRow, Import, ImportKind, ImportState
from registry.models.registrants import (
    FormerPlace,
    Group,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.parsing.findings import WARNINGS
from registry.parsing.tables import NotATable
from registry.services import imports
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.registry import csv_file, make_household, make_person

HEAD = (
    "code,area_pcode,settlement,longitude,latitude,accuracy_m,location_source,located_on,"
    "size,roster,address,phone"
)
GOOD = "H1,X11,Lower Quay,0.5,1.5,6,gps,2026-06-02,5,complete,12 River Street,+000 55"


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    """The country X of provinces X1 and X2, with districts X11, X12, X21, X22 from west to east."""
    return make_country(session)


def take_in(session: Session, folder: Path, actor: Actor, *rows: str, **how: Any) -> Import:
    file = csv_file(folder, "\n".join([how.get("head", HEAD), *rows]))
    kind, accepted = ImportKind.HOUSEHOLDS, WARNINGS if how.get("accept_flagged") else ()
    progress = Silent()
    done = imports.take_in(session, file, kind, actor=actor, progress=progress, accepted=accepted)
    session.expire_all()
    return done


def checked(session: Session, folder: Path, actor: Actor, *rows: str, head: str = HEAD) -> Import:
    file = csv_file(folder, "\n".join([head, *rows]))
    made = imports.upload(session, keep_file(file), file.name, ImportKind.HOUSEHOLDS, actor=actor)
    imports.map_columns(session, made.id, made.mapping, actor=actor)
    return imports.check(session, made.id, actor=actor, progress=Silent())


def rows_of(session: Session, made: Import) -> list[HouseholdRow]:
    rows = select(HouseholdRow).where(HouseholdRow.import_id == made.id)
    return list(session.scalars(rows.order_by(HouseholdRow.row_number)))


def household(session: Session, code: str = "H1") -> Registrant:
    return session.scalars(select(Registrant).where(Registrant.code == code)).one()


def place_of(session: Session, code: str = "H1") -> Location | None:
    return session.get(Location, household(session, code).location_id or 0)


def with_cells(**cells: object) -> str:
    """The good row with some cells written otherwise."""
    row = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | cells
    return ",".join(str(cell) for cell in row.values())


def test_a_new_household_stands_where_its_row_says(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, GOOD)

    new, place = household(session), place_of(session)
    assert place is not None
    assert (place.lon, place.lat, place.accuracy_m, place.source) == (0.5, 1.5, 6.0, "gps")
    assert str(place.taken_at) == "2026-06-02 00:00:00+00:00"
    assert place.area_id == new.area_id == areas["X11"].id
    assert (new.kind, new.settlement, new.address) == ("group", "Lower Quay", "12 River Street")
    assert new.phone == "+000 55"
    group = session.get(Group, new.id)
    assert group is not None
    assert (group.kind, group.stated_size, group.is_partial) == ("household", 5, False)


def test_a_household_without_coordinates_stands_in_its_area(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, with_cells(longitude="", latitude="", location_source=""))

    place = place_of(session)
    assert place is not None
    assert (place.lon, place.accuracy_m, place.source) == (None, None, "area")
    assert household(session).area_id == areas["X11"].id


def test_a_household_without_coordinates_and_area_stands_nowhere(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, with_cells(longitude="", latitude="", area_pcode=""))

    assert household(session).location_id is None
    assert household(session).area_id is None


def test_a_point_alone_finds_its_area(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, with_cells(area_pcode="", longitude=3.5))

    assert household(session).area_id == areas["X22"].id


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"code": ""}, "missing_code"),
        ({"area_pcode": "X99"}, "unknown_area"),
        ({"size": ""}, "missing_size"),
        ({"size": "six"}, "size_not_a_number"),
        ({"size": "2.5"}, "size_not_a_number"),
        ({"size": "-3"}, "size_out_of_range"),
        ({"latitude": ""}, "coordinates"),
        ({"longitude": "81 deg 30 E"}, "coordinates"),
        ({"latitude": "-129.5"}, "coordinates"),
        ({"accuracy_m": "-8"}, "accuracy"),
        ({"accuracy_m": "good"}, "accuracy"),
        ({"located_on": "31/02/2025"}, "bad_date"),
        ({"located_on": "2025-02-29"}, "bad_date"),
        ({"located_on": "2946-01-07"}, "bad_date"),
        ({"located_on": "2146-01-07"}, "date_in_future"),
        ({"location_source": "satnav"}, "unknown_word:location_source"),
        ({"roster": "maybe"}, "unknown_word:roster"),
        ({"phone": "+000 55,and more"}, "too_many_cells"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_is_left_out(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    cells: dict[str, str],
    error: str,
) -> None:
    done = take_in(session, tmp_path, anybody, with_cells(**cells))

    (row,) = rows_of(session, done)
    assert (row.verdict, row.errors) == ("error", [error])
    assert session.scalars(select(Registrant)).all() == []


@pytest.mark.parametrize(
    "cells",
    [
        {"longitude": "0,5", "latitude": "1,5"},
        {"longitude": "+0.50", "latitude": "1.5"},
        {"located_on": "02.06.2026"},
        {"located_on": "2026/6/2"},
        {"located_on": "2026-06-02T14:30:00"},
        {"area_pcode": "x11"},
        {"roster": "Complète"},
        {"location_source": "GPS"},
    ],
)
def test_other_ways_to_write_the_same_are_understood(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area], cells: dict[str, str]
) -> None:
    take_in(session, tmp_path, anybody, GOOD)
    quoted = {name: f'"{cell}"' for name, cell in cells.items()}

    again = take_in(session, tmp_path, anybody, with_cells(**quoted))
    assert (again.counts["ignore"], again.counts["findings"]) == (1, {})


DOUBTED = [
    ({"longitude": "1.5", "latitude": "3.5", "area_pcode": "X22"}, "swapped"),
    ({"longitude": "0", "latitude": "0"}, "zero"),
    ({"longitude": "12.4964", "latitude": "41.9028"}, "foreign"),
    ({"longitude": "3.5"}, "outside_area"),
]


@pytest.mark.parametrize(("cells", "warning"), DOUBTED)
def test_doubted_coordinates_are_not_used(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    cells: dict[str, str],
    warning: str,
) -> None:
    done = take_in(session, tmp_path, anybody, with_cells(**cells))

    (row,) = rows_of(session, done)
    assert (row.verdict, row.warnings, row.errors) == ("create", [warning], [])
    place = place_of(session)
    assert place is not None
    assert (place.lon, place.area_id) == (None, areas[cells.get("area_pcode", "X11")].id)


@pytest.mark.parametrize(
    ("cells", "stands"),
    [
        (DOUBTED[0][0], (3.5, 1.5, "X22")),
        (DOUBTED[1][0], (0.0, 0.0, "X11")),
        (DOUBTED[2][0], (12.4964, 41.9028, "X11")),
        (DOUBTED[3][0], (3.5, 1.5, "X22")),
    ],
)
def test_accepted_coordinates_are_used_and_swapped_ones_turned_round(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    cells: dict[str, str],
    stands: tuple[float, float, str],
) -> None:
    take_in(session, tmp_path, anybody, with_cells(**cells), accept_flagged=True)

    place, area = place_of(session), session.get(Area, household(session).area_id or 0)
    assert place is not None
    assert area is not None
    assert (place.lon, place.lat, area.pcode) == stands


@pytest.mark.parametrize("cells", [cells for cells, _warning in DOUBTED])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_doubted_row_that_comes_again_changes_nothing(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    cells: dict[str, str],
    accepted: bool,
) -> None:
    take_in(session, tmp_path, anybody, with_cells(**cells), accept_flagged=accepted)
    before = household(session).location_id

    again = take_in(session, tmp_path, anybody, with_cells(**cells), accept_flagged=accepted)
    assert again.counts["ignore"] == 1
    assert household(session).location_id == before


def test_a_doubted_row_can_be_accepted_when_it_comes_again(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    foreign = with_cells(longitude="12.4964", latitude="41.9028")
    take_in(session, tmp_path, anybody, foreign)

    again = take_in(session, tmp_path, anybody, foreign, accept_flagged=True)
    place = place_of(session)
    assert again.counts["update"] == 1
    assert place is not None
    assert place.lon == 12.4964


def test_too_many_measured_points_at_one_spot_are_doubted_but_a_settlement_is_not(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    measured = [with_cells(code=f"G{i}", longitude="0.25") for i in range(31)]
    village = [with_cells(code=f"V{i}", location_source="village") for i in range(31)]

    found = checked(session, tmp_path, anybody, *measured, *village)
    assert found.counts["findings"] == {"crowded": 31}


def test_an_implausible_size_is_not_used_until_accepted(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, with_cells(size=240))
    group = session.get(Group, household(session).id)
    assert group is not None
    assert group.stated_size is None

    take_in(session, tmp_path, anybody, with_cells(size=240), accept_flagged=True)
    session.refresh(group)
    assert group.stated_size == 240


def test_of_a_repeated_code_the_first_row_counts(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    done = take_in(session, tmp_path, anybody, GOOD, with_cells(address="elsewhere"))

    first, second = rows_of(session, done)
    assert (first.verdict, second.verdict, second.errors) == ("create", "error", ["repeated_code"])
    assert household(session).address == "12 River Street"


def test_the_same_file_again_is_ignored_and_writes_nothing(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    area_only = with_cells(code="H2", longitude="", latitude="")
    nowhere = with_cells(code="H3", longitude="", latitude="", area_pcode="")
    take_in(session, tmp_path, anybody, GOOD, area_only, nowhere)

    again = take_in(session, tmp_path, anybody, GOOD, area_only, nowhere)
    assert again.counts["ignore"] == again.counts["rows"] == 3
    assert session.scalar(select(func.count()).select_from(Location)) == 2
    assert session.scalar(select(func.count()).select_from(Registrant)) == 3


def test_an_update_changes_what_differs_and_an_empty_cell_says_nothing(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, GOOD)
    place = household(session).location_id

    again = take_in(session, tmp_path, anybody, with_cells(size=7, address="", phone="+000 66"))
    changed = household(session)
    group = session.get(Group, changed.id)
    assert again.counts["update"] == 1
    assert group is not None
    assert (group.stated_size, changed.phone) == (7, "+000 66")
    assert (changed.address, changed.location_id) == ("12 River Street", place)


def test_a_column_the_file_does_not_have_says_nothing(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, GOOD)

    again = take_in(session, tmp_path, anybody, "H1,+000 66", head="code,phone")
    assert again.counts["update"] == 1
    assert (household(session).address, household(session).phone) == ("12 River Street", "+000 66")


def test_a_household_that_moved_gets_a_new_place_and_keeps_the_old_in_its_history(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, GOOD)
    before = household(session).location_id
    member = make_person(session, household(session), location_id=before)

    take_in(session, tmp_path, anybody, with_cells(area_pcode="X21", longitude="2.5"))
    moved = household(session)
    former = session.scalars(select(FormerPlace)).one()
    assert moved.area_id == areas["X21"].id
    assert (former.registrant_id, former.location_id) == (moved.id, before)
    session.refresh(member)
    assert (member.location_id, member.area_id) == (moved.location_id, moved.area_id)
    old = session.get(Location, before or 0)
    assert old is not None
    assert (old.lon, old.lat) == (0.5, 1.5)


def test_a_member_who_lives_elsewhere_does_not_move_with_the_household(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, GOOD, with_cells(code="H2", longitude="0.75"))
    away = household(session, "H2").location_id
    member = make_person(session, household(session), location_id=away)

    take_in(session, tmp_path, anybody, with_cells(longitude="0.25"))
    session.refresh(member)
    assert member.location_id == away


def test_a_vaguer_row_does_not_take_a_point_away(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, GOOD)

    again = take_in(
        session, tmp_path, anybody, with_cells(longitude="", latitude="", area_pcode="X1")
    )
    place = place_of(session)
    assert again.counts["ignore"] == 1
    assert place is not None
    assert place.lon == 0.5


def test_a_row_of_another_area_without_a_point_moves_the_household(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_in(session, tmp_path, anybody, GOOD)

    take_in(session, tmp_path, anybody, with_cells(longitude="", latitude="", area_pcode="X22"))
    place = place_of(session)
    assert place is not None
    assert (place.lon, place.area_id) == (None, areas["X22"].id)


def test_a_household_that_exited_is_not_brought_back(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    make_household(session, code="H1", state=RegistrantState.EXITED)

    done = take_in(session, tmp_path, anybody, GOOD)
    assert rows_of(session, done)[0].errors == ["not_active"]


def test_a_person_of_the_same_code_is_somebody_else(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    make_person(session, code="H1")

    assert take_in(session, tmp_path, anybody, GOOD).counts["create"] == 1


def test_an_actor_bound_to_an_area_imports_only_there(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    make_household(session, code="H3", area_id=areas["X21"].id)
    everything = anybody.permissions
    local = Actor(3, "Rana", everything, area_ids=frozenset({areas["X1"].id}))
    east = with_cells(code="H2", area_pcode="X21", longitude="2.5")
    theirs, nowhere = (
        with_cells(code="H3"),
        with_cells(code="H4", longitude="", latitude="", area_pcode=""),
    )

    done = take_in(session, tmp_path, local, GOOD, east, theirs, nowhere)
    errors = [row.errors for row in rows_of(session, done)]
    assert errors == [[], ["out_of_reach"], ["out_of_reach"], ["out_of_reach"]]


def test_a_point_in_a_gap_between_leaves_is_neither_foreign_nor_outside(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    leaf = areas["X11"]
    session.execute(delete(AreaPart).where(AreaPart.area_id == leaf.id))

    done = take_in(session, tmp_path, anybody, GOOD)
    assert done.counts["good"] == 1
    assert household(session).area_id == areas["X1"].id


def test_before_any_area_is_loaded_no_point_is_foreign(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    done = take_in(session, tmp_path, anybody, with_cells(area_pcode=""))

    assert done.counts["good"] == 1


def test_a_file_headed_like_one_before_is_mapped_like_it(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    file = csv_file(tmp_path, "number,people\nH1,5\n")
    stored = keep_file(file)
    first = imports.upload(session, stored, "a.csv", ImportKind.HOUSEHOLDS, actor=anybody)
    said = {"code": "number", "size": "people"}
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
    found = checked(session, tmp_path, anybody, head="code,size")

    assert found.state is ImportState.REFUSED
    assert found.refusal == (
        "list.csv has no rows below its headings; check that the right sheet comes first."
    )


def test_steps_are_not_skipped(session: Session, tmp_path: Path, anybody: Actor) -> None:
    made = checked(session, tmp_path, anybody, GOOD)

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
    stored = keep_file(csv_file(tmp_path, f"{HEAD}\n{GOOD}\n"))
    made = imports.upload(session, stored, "a.csv", ImportKind.HOUSEHOLDS, actor=anybody)
    imports.map_columns(session, made.id, made.mapping, actor=anybody)
    check_import(session, actor=anybody, progress=Silent(), import_id=made.id)
    imports.review(session, made.id, actor=anybody)
    merge_import(session, actor=anybody, progress=Silent(), import_id=made.id)

    assert made.state is ImportState.MERGED
    assert household(session).import_id == made.id


def test_mapping_again_forgets_what_was_checked(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = checked(session, tmp_path, anybody, GOOD)

    imports.map_columns(session, made.id, {"code": "code"}, actor=anybody)
    assert made.state is ImportState.MAPPED
    assert rows_of(session, made) == []


def test_a_discarded_import_keeps_its_file_but_no_rows(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    made = checked(session, tmp_path, anybody, GOOD)

    imports.discard(session, made.id, actor=anybody)
    assert (made.state, made.refusal) == (ImportState.REFUSED, "Discarded by Amina.")
    assert rows_of(session, made) == []


def test_one_flagged_row_is_accepted_and_left_out_again(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    foreign = with_cells(longitude="12.5", latitude="41.9")
    made = checked(session, tmp_path, anybody, foreign, with_cells(code="H2", longitude="3.5"))
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
    waiting = checked(session, tmp_path, anybody, GOOD)
    assert waiting.counts["create"] == 1
    take_in(session, tmp_path, anybody, GOOD)

    imports.review(session, waiting.id, actor=anybody)
    imports.merge(session, waiting.id, actor=anybody, progress=Silent())
    assert household(session).code == "H1"


def test_a_row_that_became_wrong_before_the_merge_is_left_out_with_its_reason(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    waiting = checked(session, tmp_path, anybody, GOOD)
    make_household(session, code="H1", state=RegistrantState.MERGED)

    imports.review(session, waiting.id, actor=anybody)
    imports.merge(session, waiting.id, actor=anybody, progress=Silent())
    assert (waiting.counts["error"], waiting.counts["findings"]) == (1, {"not_active": 1})


def test_every_step_leaves_its_entry(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    done = take_in(
        session,
        tmp_path,
        anybody,
        GOOD,
        with_cells(code="H2", longitude="3.5"),
        accept_flagged=True,
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
        take_in(session, tmp_path, anybody, *rows)
        return len(statements) - before

    take_in(session, tmp_path, anybody, with_cells(code="FIRST"))
    one = cost(with_cells(code="ONE"))
    thousand = cost(*(with_cells(code=f"T{i}", longitude=i / 2000) for i in range(1000)))

    groups = select(func.count()).where(Registrant.kind == RegistrantKind.GROUP)
    assert session.scalar(groups) == 1002
    assert thousand <= one
