"""Boundaries become the tree of areas, and what cannot be used is told row by row."""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from core.storage import keep_file
from geo.jobs.areas import import_boundaries
from geo.models.areas import Area, AreaOutline, AreaPart
from geo.models.events import LayerKind
from geo.models.exposure import AreaExposure
from geo.models.locations import Location, LocationSource
from geo.models.releases import ReleasePart
from geo.queries.areas import level_names
from geo.services.areas import AnotherInForce, NothingUsable, SeveralCountries
from geo.vector.boundaries import (
    AncestorUnnamed,
    LevelTwice,
    NoBoundaries,
    VersionUnknown,
    read_boundaries,
)
from tests.make.geo import make_release, square
from tests.make.jobs import Silent
from tests.places import DATA

CAGAYAN = DATA / "admin" / "phl_r02_cod_ab.gpkg"


def taken(session: Session, path: Path, actor: Actor, **said: Any) -> dict[str, Any]:
    """Import a file as the page does."""
    kept = keep_file(path)
    return import_boundaries(
        session, actor=actor, progress=Silent(), sha256=kept.sha256, name=path.name, **said
    )


def geojson(path: Path, *rows: tuple[dict[str, Any], Any]) -> Path:
    """A GeoJSON file of (columns, shape or None)."""
    features = [
        {
            "type": "Feature",
            "properties": columns,
            "geometry": shape and json.loads(shapely.to_geojson(shape)),
        }
        for columns, shape in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def district(code: str, name: str = "Somewhere", **given: Any) -> dict[str, Any]:
    """The columns of a district X.. in province X1 of country X, all upper case."""
    return {
        "ADM2_EN": name,
        "ADM2_PCODE": code,
        "ADM1_EN": "North",
        "ADM1_PCODE": "X1",
        "ADM0_EN": "Karsa",
        "ADM0_PCODE": "X",
        "date": "2026-01-31",
        **given,
    }


def tree(session: Session) -> dict[str, Area]:
    return {area.pcode: area for area in session.scalars(select(Area))}


def by_level(session: Session) -> dict[int, int]:
    counts = select(Area.level, func.count().label("n")).group_by(Area.level)
    return {row.level: row.n for row in session.execute(counts)}


def vertices_by_zoom(session: Session) -> list[int]:
    """How many vertices the outlines of all municipalities have, zoom by zoom."""
    vertices = func.sum(func.ST_NPoints(AreaOutline.shape))
    drawn = select(vertices).where(AreaOutline.level == 3).group_by(AreaOutline.zoom)
    return list(session.scalars(drawn.order_by(AreaOutline.zoom)))


def test_the_cagayan_valley_comes_whole_and_its_one_empty_barangay_is_told(
    session: Session, anybody: Actor
) -> None:
    told = taken(session, CAGAYAN, anybody, version="2023-11-06")

    assert by_level(session) == {0: 1, 1: 1, 2: 5, 3: 93, 4: 2310}
    assert [(e["layer"], e["pcode"]) for e in told["errors"]] == [
        ("phl_admbnda_adm4", "PH0205008007")
    ]
    assert "no shape" in told["errors"][0]["says"]
    assert session.scalar(select(func.count()).where(Area.is_leaf)) == 2310
    # 26,838 km2 is the region's published land area; the boundaries are simplified by a tenth
    areas = tree(session)
    assert areas["PH02"].km2 == pytest.approx(26_838, rel=0.05)
    assert areas["PH"].made
    assert areas["PH"].km2 == pytest.approx(areas["PH02"].km2)
    assert session.scalar(select(func.count(AreaPart.area_id.distinct()))) == 2410
    assert session.scalar(select(func.max(func.ST_NPoints(AreaPart.part)))) == 256
    assert vertices_by_zoom(session) == sorted(vertices_by_zoom(session))


def test_a_file_of_one_level_makes_the_levels_above_by_union(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = geojson(
        tmp_path / "districts.geojson",
        (district("X11"), square(0, 0)),
        (district("X12"), square(1, 0)),
    )

    told = taken(session, file, anybody)

    areas = tree(session)
    assert told["version"] == "2026-01-31"
    assert to_shape(areas["X1"].shape).equals(shapely.box(0, 0, 2, 1))
    assert to_shape(areas["X"].shape).equals(shapely.box(0, 0, 2, 1))
    assert areas["X"].made
    assert not areas["X11"].made
    assert areas["X11"].path == [areas["X"].id, areas["X1"].id, areas["X11"].id]
    assert areas["X1"].km2 == pytest.approx(2 * areas["X11"].km2)


def test_a_second_region_of_the_same_version_joins_the_country(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    west = geojson(tmp_path / "west.geojson", (district("X11"), square(0, 0)))
    other = district("X21", ADM1_PCODE="X2", ADM1_EN="South")
    east = geojson(tmp_path / "east.geojson", (other, square(3, 0)))
    taken(session, west, anybody)

    taken(session, east, anybody)

    areas = tree(session)
    assert set(areas) == {"X", "X1", "X11", "X2", "X21"}
    assert to_shape(areas["X"].shape).area == pytest.approx(2.0)


def test_the_lower_case_schema_is_read_with_local_names(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    columns = {
        "adm1_name": "North",
        "adm1_name1": "شمال",
        "adm1_pcode": "X1",
        "adm0_name": "Karsa",
        "adm0_pcode": "X",
        "version": "v02",
    }
    file = geojson(tmp_path / "a.geojson", (columns, square(0, 0)))

    told = taken(session, file, anybody)

    north = session.scalars(select(Area).filter_by(pcode="X1")).one()
    assert (north.name, north.name_local, told["version"]) == ("North", "شمال", "v02")


def test_each_faulty_row_is_told_and_the_others_are_taken(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = geojson(
        tmp_path / "faults.geojson",
        (district("X11"), square(0, 0)),
        (district("X12"), None),
        (district("X11"), square(1, 0)),
        (district("X13", name=" "), square(2, 0)),
        (district(""), square(3, 0)),
        (district("X14"), shapely.LineString([(0, 0), (1, 1)])),
        (district("X15", ADM1_PCODE=None), square(4, 0)),
        (district("X16"), square(300_000, 1_900_000, 1000)),
    )

    told = taken(session, file, anybody)

    assert {code for code, area in tree(session).items() if area.level == 2} == {"X11"}
    said = {error["row"]: error["says"] for error in told["errors"]}
    assert set(said) == {2, 3, 4, 5, 6, 7, 8}
    assert "no shape" in said[2]
    assert "was there before" in said[3]
    assert "no name" in said[4]
    assert "no P-code" in said[5]
    assert "no area" in said[6]
    assert "was not found" in said[7]
    assert "off the globe" in said[8]


def test_a_bow_tie_is_made_valid_and_counted(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    file = geojson(tmp_path / "a.geojson", (district("X11"), bow_tie))

    assert taken(session, file, anybody)["repaired"] == 1
    assert to_shape(tree(session)["X11"].shape).area == pytest.approx(0.5)


def test_a_zipped_shapefile_in_metres_is_carried_to_degrees(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    frame = geopandas.GeoDataFrame([district("X11")], geometry=[square(9, 0)], crs=4326)
    frame.to_crs(32632).to_file(tmp_path / "x_adm2.shp")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in tmp_path.glob("x_adm2.*"):
            archive.write(part, f"boundaries/{part.name}")

    taken(session, tmp_path / "x.zip", anybody, version="v1")

    shape = to_shape(tree(session)["X11"].shape)
    assert shape.bounds == pytest.approx((9, 0, 10, 1), abs=1e-6)


def test_importing_the_same_version_again_replaces_and_keeps_the_keys(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    first = geojson(tmp_path / "1.geojson", (district("X11", "Old name"), square(0, 0)))
    second = geojson(tmp_path / "2.geojson", (district("X11", "New name"), square(0, 0, 2)))
    taken(session, first, anybody)
    key = tree(session)["X11"].id

    taken(session, second, anybody)

    session.expire_all()
    area = tree(session)["X11"]
    assert (area.id, area.name) == (key, "New name")
    assert to_shape(tree(session)["X"].shape).equals(shapely.box(0, 0, 2, 2))


def test_another_version_waits_for_somebody_else_and_is_not_loaded_past_the_one_in_force(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    old = geojson(tmp_path / "1.geojson", (district("X11"), square(0, 0, 2)))
    new = geojson(tmp_path / "2.geojson", (district("X12"), square(1, 0)))
    taken(session, old, anybody, version="v1")

    with pytest.raises(AnotherInForce, match="v1 is in force already"):
        taken(session, new, anybody, version="v2")

    assert session.scalars(select(Area.version).distinct()).all() == ["v1"]
    assert tree(session)["X11"].valid_to is None


def test_more_of_the_map_in_force_is_loaded_and_places_follow(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    whole = geojson(tmp_path / "1.geojson", (district("X11"), square(0, 0, 2)))
    half = geojson(
        tmp_path / "2.geojson",
        (district("X11"), square(0, 0)),
        (district("X12"), square(1, 0)),
    )
    taken(session, whole, anybody, version="v1")
    located = Location(lon=1.5, lat=0.5, source=LocationSource.GPS)
    vague = Location(area_id=tree(session)["X11"].id, source=LocationSource.AREA)
    session.add_all([located, vague])
    session.flush()
    located.area_id = tree(session)["X11"].id
    session.flush()

    told = taken(session, half, anybody, version="v1")

    session.refresh(located)
    session.refresh(vague)
    assert told["moved"] == 1
    assert located.area_id == tree(session)["X12"].id
    assert vague.area_id == tree(session)["X11"].id


def test_releases_already_published_are_asked_about_the_new_areas(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    release = make_release(session, kind=LayerKind.EXTENT)
    flood = from_shape(shapely.box(0, 0, 0.5, 1), 4326)
    session.add(ReleasePart(release_id=release.id, value=1.0, part=flood))
    file = geojson(tmp_path / "a.geojson", (district("X11"), square(0, 0)))

    taken(session, file, anybody)

    hit = session.get_one(AreaExposure, (release.id, tree(session)["X11"].id))
    assert hit.hit_km2 == pytest.approx(12_309 / 2, rel=0.001)  # of a square degree at the equator


def test_levels_are_called_what_was_said(session: Session, anybody: Actor, tmp_path: Path) -> None:
    file = geojson(tmp_path / "a.geojson", (district("X11"), square(0, 0)))

    taken(session, file, anybody, level_names=["", "Province"])

    assert level_names(session) == {0: "Country", 1: "Province", 2: "Level 2"}


def test_the_import_leaves_one_audit_entry(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "a.geojson", (district("X11"), square(0, 0)))

    taken(session, file, anybody)

    entry = session.scalars(select(AuditEntry)).one()
    assert entry.action == "areas.import"
    assert entry.figures == {"version": "2026-01-31", "areas": 3, "errors": 0}


def test_who_may_not_import_areas_is_refused(
    session: Session, visitor: Actor, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "a.geojson", (district("X11"), square(0, 0)))

    with pytest.raises(Forbidden):
        taken(session, file, visitor)


@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"name": "North"}, NoBoundaries),
        ({"ADM2_EN": "A", "ADM2_PCODE": "X11", "date": "2026-01-31"}, AncestorUnnamed),
        ({"ADM0_EN": "A", "ADM0_PCODE": "X"}, VersionUnknown),
    ],
)
def test_a_file_that_does_not_say_enough_is_refused(
    tmp_path: Path, columns: dict[str, Any], refusal: type[Exception]
) -> None:
    file = geojson(tmp_path / "a.geojson", (columns, square(0, 0)))

    with pytest.raises(refusal):
        read_boundaries(file)


def test_two_layers_of_one_level_have_to_be_chosen_from(tmp_path: Path) -> None:
    geojson(tmp_path / "one.geojson", (district("X11"), square(0, 0)))
    geojson(tmp_path / "two.geojson", (district("X12"), square(0, 0)))
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for part in ("one", "two"):
            archive.write(tmp_path / f"{part}.geojson", f"{part}.geojson")

    with pytest.raises(LevelTwice, match="one, two"):
        read_boundaries(tmp_path / "both.zip")

    chosen = read_boundaries(tmp_path / "both.zip", layers=["two"])
    assert [area.pcode for area in chosen.areas] == ["X", "X1", "X12"]


def test_a_file_without_one_usable_area_changes_nothing(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = geojson(tmp_path / "a.geojson", (district("X11"), None))

    with pytest.raises(NothingUsable):
        taken(session, file, anybody)


def test_areas_of_two_countries_are_refused(
    session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = geojson(
        tmp_path / "a.geojson",
        (district("X11"), square(0, 0)),
        (district("Y11", ADM1_PCODE="Y1", ADM0_PCODE="Y"), square(1, 0)),
    )

    with pytest.raises(SeveralCountries, match="X, Y"):
        taken(session, file, anybody)


def test_two_thousand_areas_cost_as_many_statements_as_two(
    session: Session, anybody: Actor, tmp_path: Path, statements: list[str]
) -> None:
    few = geojson(tmp_path / "few.geojson", *((district(f"X1{i}"), square(i, 0)) for i in (1, 2)))
    many = geojson(
        tmp_path / "many.geojson",
        *((district(f"X1{i:04}"), square(i % 50, i // 50, 0.9)) for i in range(2000)),
    )
    taken(session, few, anybody)
    for_few = len(statements)

    taken(session, many, anybody)

    assert len(statements) <= 2 * for_few
