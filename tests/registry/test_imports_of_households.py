"""What the rows of a file of households come to, in a country of four squares side by side."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.locations import Location
from registry.models.imports import ImportKind
from registry.models.registrants import FormerPlace, Group, Registrant, RegistrantState
from tests.make.imports import csv_file, household, rows_of, take, take_households
from tests.make.registry import make_household, make_person, place_of, registered


def test_a_new_household_stands_where_its_row_says(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())

    new, place = registered(session), place_of(session)
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
    take_households(
        session, tmp_path, anybody, household(longitude="", latitude="", location_source="")
    )

    place = place_of(session)
    assert place is not None
    assert (place.lon, place.accuracy_m, place.source) == (None, None, "area")
    assert registered(session).area_id == areas["X11"].id


def test_a_household_without_coordinates_and_area_stands_nowhere(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(longitude="", latitude="", area_pcode=""))

    assert registered(session).location_id is None
    assert registered(session).area_id is None


def test_a_point_alone_finds_its_area(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(area_pcode="", longitude=3.5))

    assert registered(session).area_id == areas["X22"].id


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
        ({"longitude": "about 81"}, "coordinates"),
        ({"latitude": "-229.5"}, "coordinates"),
        ({"accuracy_m": "-8"}, "accuracy"),
        ({"accuracy_m": "good"}, "accuracy"),
        ({"located_on": "31/02/2025"}, "bad_date:located_on"),
        ({"located_on": "2025-02-29"}, "bad_date:located_on"),
        ({"located_on": "2946-01-07"}, "bad_date:located_on"),
        ({"located_on": "2146-01-07"}, "date_in_future:located_on"),
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
    done = take_households(session, tmp_path, anybody, household(**cells))

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
    take_households(session, tmp_path, anybody, household())
    quoted = {name: f'"{cell}"' for name, cell in cells.items()}

    again = take_households(session, tmp_path, anybody, household(**quoted))
    assert (again.counts["ignore"], again.counts["findings"]) == (1, {})


def test_an_implausible_size_is_not_used_until_accepted(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(size=240))
    group = session.get(Group, registered(session).id)
    assert group is not None
    assert group.stated_size is None

    take_households(session, tmp_path, anybody, household(size=240), accept=True)
    session.refresh(group)
    assert group.stated_size == 240


def test_of_a_repeated_code_the_first_row_counts(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    done = take_households(session, tmp_path, anybody, household(), household(address="elsewhere"))

    first, second = rows_of(session, done)
    assert (first.verdict, second.verdict, second.errors) == ("create", "error", ["repeated_code"])
    assert registered(session).address == "12 River Street"


def test_the_same_file_again_is_ignored_and_writes_nothing(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    area_only = household(code="H2", longitude="", latitude="")
    nowhere = household(code="H3", longitude="", latitude="", area_pcode="")
    take_households(session, tmp_path, anybody, household(), area_only, nowhere)

    again = take_households(session, tmp_path, anybody, household(), area_only, nowhere)
    assert again.counts["ignore"] == again.counts["rows"] == 3
    assert session.scalar(select(func.count()).select_from(Location)) == 2
    assert session.scalar(select(func.count()).select_from(Registrant)) == 3


def test_an_update_changes_what_differs_and_an_empty_cell_says_nothing(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())
    place = registered(session).location_id

    again = take_households(
        session, tmp_path, anybody, household(size=7, address="", phone="+000 66")
    )
    changed = registered(session)
    group = session.get(Group, changed.id)
    assert again.counts["update"] == 1
    assert group is not None
    assert (group.stated_size, changed.phone) == (7, "+000 66")
    assert (changed.address, changed.location_id) == ("12 River Street", place)


def test_a_column_the_file_does_not_have_says_nothing(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())

    short = csv_file(tmp_path, "code,phone\nH1,+000 66\n")
    again = take(session, short, ImportKind.HOUSEHOLDS, anybody)
    assert again.counts["update"] == 1
    assert (registered(session).address, registered(session).phone) == (
        "12 River Street",
        "+000 66",
    )


def test_a_household_that_moved_gets_a_new_place_and_keeps_the_old_in_its_history(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())
    before = registered(session).location_id
    member = make_person(session, registered(session), location_id=before)

    take_households(session, tmp_path, anybody, household(area_pcode="X21", longitude="2.5"))
    moved = registered(session)
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
    take_households(session, tmp_path, anybody, household(), household(code="H2", longitude="0.75"))
    away = registered(session, "H2").location_id
    member = make_person(session, registered(session), location_id=away)

    take_households(session, tmp_path, anybody, household(longitude="0.25"))
    session.refresh(member)
    assert member.location_id == away


def test_a_household_that_exited_is_not_brought_back(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    make_household(session, code="H1", state=RegistrantState.EXITED)

    done = take_households(session, tmp_path, anybody, household())
    assert rows_of(session, done)[0].errors == ["not_active"]


def test_a_person_of_the_same_code_is_somebody_else(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    make_person(session, code="H1")

    assert take_households(session, tmp_path, anybody, household()).counts["create"] == 1


def test_an_actor_bound_to_an_area_imports_only_there(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    make_household(session, code="H3", area_id=areas["X21"].id)
    everything = anybody.permissions
    local = Actor(3, "Rana", everything, area_ids=frozenset({areas["X1"].id}))
    east = household(code="H2", area_pcode="X21", longitude="2.5")
    theirs, nowhere = (
        household(code="H3"),
        household(code="H4", longitude="", latitude="", area_pcode=""),
    )

    done = take_households(session, tmp_path, local, household(), east, theirs, nowhere)
    errors = [row.errors for row in rows_of(session, done)]
    assert errors == [[], ["out_of_reach"], ["out_of_reach"], ["out_of_reach"]]
