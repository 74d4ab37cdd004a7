"""Service points: taken over from a file, row by row."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from core.storage import keep_file
from geo.models.locations import Location
from programs.documents.point_files import PointFileUnreadable, read_points
from programs.jobs.service_points import import_service_points
from programs.queries.service_points import points_listed
from programs.services.service_points import import_points
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.programs import DARA, make_actor

HEADER = "code,name,kind,longitude,latitude,capacity\n"
TWO = HEADER + "S1,Suma school,school,0.5,0.5,300\nC1,Belan clinic,clinic,2.5,1.5,\n"


def _file(folder: Path, text: str, name: str = "points.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_points_of_a_csv_stand_in_their_areas(session: Session, tmp_path: Path) -> None:
    make_country(session)

    taken = import_points(session, _file(tmp_path, TWO), actor=DARA)

    assert (taken.added, taken.changed, taken.faults) == (2, 0, [])
    assert [
        (p.name, p.kind, p.capacity, p.pcode, p.longitude, p.latitude)
        for p in points_listed(session, actor=DARA)
    ] == [
        ("Belan clinic", "clinic", None, "X21", 2.5, 1.5),
        ("Suma school", "school", 300, "X11", 0.5, 0.5),
    ]


def test_points_of_a_geojson_are_the_same(session: Session, tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [0.5, 0.5]},
        "properties": {"CODE": "S1", "Name": "Suma school", "kind": "school", "capacity": 300},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})

    points, faults = read_points(_file(tmp_path, text, "points.geojson"))

    assert faults == []
    assert [vars(point) for point in points] == [
        {
            "code": "S1",
            "name": "Suma school",
            "kind": "school",
            "longitude": 0.5,
            "latitude": 0.5,
            "capacity": 300,
        }
    ]


def test_the_file_a_second_time_changes_by_code_and_adds_nothing(
    session: Session, tmp_path: Path
) -> None:
    make_country(session)
    import_points(session, _file(tmp_path, TWO), actor=DARA)
    moved = HEADER + "S1,Suma high school,school,1.5,0.5,400\n"

    taken = import_points(session, _file(tmp_path, moved), actor=DARA)

    assert (taken.added, taken.changed) == (0, 1)
    suma = next(p for p in points_listed(session, actor=DARA) if p.code == "S1")
    assert (suma.name, suma.capacity, suma.pcode) == ("Suma high school", 400, "X12")
    assert session.scalar(select(func.count()).select_from(Location)) == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Suma,school,0.5,0.5,", "the code, the name or the kind is missing"),
        ("S1,Suma,school,east,0.5,", "is no number"),
        ("S1,Suma,school,0.5,0.5,many", "is no number"),
        ("S1,Suma,school,200,0.5,", "200.0, 0.5 is nowhere on the map"),
        ("S1,Suma,school,0,0,", "0.0, 0.0 is nowhere on the map"),
    ],
)
def test_a_row_that_is_no_point_is_named_and_the_others_are_taken(
    tmp_path: Path, row: str, why: str
) -> None:
    text = f"{HEADER}{row}\nC1,Belan clinic,clinic,2.5,1.5,\n"

    points, faults = read_points(_file(tmp_path, text))

    assert [point.code for point in points] == ["C1"]
    assert [fault.row for fault in faults] == [1]
    assert why in faults[0].why


def test_a_code_that_comes_twice_is_taken_once(tmp_path: Path) -> None:
    points, faults = read_points(_file(tmp_path, TWO + "S1,Other,market,1,1,\n"))

    assert [point.name for point in points] == ["Suma school", "Belan clinic"]
    assert [(fault.row, fault.why) for fault in faults] == [(3, "the code S1 is there twice")]


def test_semicolons_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    text = "\ufeff" + TWO.replace(",", ";")

    assert len(read_points(_file(tmp_path, text))[0]) == 2


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "{}", '{"features": []}', HEADER])
def test_what_holds_no_points_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PointFileUnreadable, match="neither CSV with the columns code, name, kind"):
        read_points(_file(tmp_path, text))


def test_the_job_answers_what_came_of_it(session: Session, tmp_path: Path) -> None:
    kept = keep_file(_file(tmp_path, TWO + ",,,,,\n"))

    told: dict[str, Any] = import_service_points(
        session, actor=DARA, progress=Silent(), sha256=kept.sha256
    )

    assert (told["added"], told["changed"], told["refused"]) == (2, 0, 1)
    assert told["faults"] == [[3, "the code, the name or the kind is missing"]]


def test_reach_bounds_the_list_and_permission_the_import(
    session: Session, tmp_path: Path, visitor: Actor
) -> None:
    areas = make_country(session)
    path = _file(tmp_path, TWO)
    with pytest.raises(Forbidden):
        import_points(session, path, actor=visitor)
    import_points(session, path, actor=DARA)
    west = make_actor(
        91, "West", "service_point:read", national=False, area_ids=frozenset({areas["X1"].id})
    )

    assert [p.code for p in points_listed(session, actor=west)] == ["S1"]
    entry = session.scalars(select(AuditEntry).filter_by(action="service_points.import")).one()
    assert entry.figures == {"added": 2, "changed": 0, "faults": 0}


def test_a_hundred_points_cost_no_more_statements_than_one(
    session: Session, tmp_path: Path, statements: list[str]
) -> None:
    counts = []
    session.execute(select(1))  # as a transaction begins it asks what was decided of the country
    for many in (1, 100):
        rows = "".join(f"P{many}-{n},Point,school,0.5,0.5,10\n" for n in range(many))
        statements.clear()
        import_points(session, _file(tmp_path, HEADER + rows), actor=DARA)
        session.flush()
        counts.append(len(statements))

    assert counts[0] == counts[1]
