"""A file of parcels: each in the hands of who it names; what is wrong is told row by row."""

from dataclasses import replace
from pathlib import Path

import geopandas
import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from geo.models.areas import Area
from geo.models.plots import Plot, PlotDue
from registry.models.holdings import Holding
from registry.parsing.parcels import HolderMissing, Parcel, parcels_of
from registry.services.parcels import NoAreasYet, import_parcels
from tests.make.files import shapes_file
from tests.make.geo import make_event, make_release
from tests.make.products import zip_of
from tests.make.registry import make_household, make_location

HELD = {"tenure": "owned", "use": "cropland"}


def ground(west: float, side: float = 0.001) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(west, 0.5, west + side, 0.5 + side)])


def test_a_file_is_read_by_its_headings(tmp_path: Path) -> None:
    said = {"Holder": "HG-2222", "Tenure": "owned", "Land use": "cropland", "since": "2020-05-01"}
    file = shapes_file(tmp_path / "parcels.geojson", (shapely.box(0.5, 0.5, 0.6, 0.6), said))
    (parcel,) = parcels_of(file)

    assert replace(parcel, shape=None) == Parcel(
        1, "HG-2222", None, "owned", "cropland", "", "2020-05-01"
    )
    assert parcel.shape is not None
    assert parcel.shape.bounds == (0.5, 0.5, 0.6, 0.6)
    nobody = shapes_file(tmp_path / "nobody.geojson", (shapely.box(0, 0, 1, 1), {"a": "b"}))
    with pytest.raises(HolderMissing):
        parcels_of(nobody)


@pytest.mark.parametrize(
    ("driver", "name"), [("KML", "p.kml"), ("GPKG", "p.gpkg"), ("ESRI Shapefile", "p.zip")]
)
def test_a_file_of_any_kind_is_read_wherever_its_coordinates_are(
    driver: str, name: str, tmp_path: Path
) -> None:
    metres = driver == "GPKG"
    frame = geopandas.GeoDataFrame(
        {"holder": ["HG-2222"], "tenure": ["owned"], "use": ["cropland"]},
        geometry=[shapely.box(36.5, 0.5, 36.51, 0.51)],
        crs=4326,
    )
    frame = frame.to_crs(32637) if metres else frame
    folder = tmp_path / "made"
    folder.mkdir()
    file = folder / ("p.shp" if driver == "ESRI Shapefile" else name)
    frame.to_file(file, driver=driver)
    (parcel,) = parcels_of(
        zip_of(tmp_path / name, *folder.iterdir()) if file.suffix == ".shp" else file
    )

    assert (parcel.holder, parcel.tenure, parcel.use) == ("HG-2222", "owned", "cropland")
    assert parcel.shape is not None
    assert parcel.shape.bounds == pytest.approx((36.5, 0.5, 36.51, 0.51), abs=1e-5)


def test_each_row_is_taken_or_told(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    make_release(session, make_event(session))
    home = make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    rows = [
        Parcel(1, home.number, ground(0.5), **HELD),
        Parcel(2, "HG-NOBODY22", ground(0.5), **HELD),
        Parcel(3, home.number, None, **HELD),
        Parcel(4, home.number, ground(0.5), "stolen", "cropland"),
        Parcel(5, home.number, ground(0.5), "owned", "mining on Mars"),
        Parcel(6, home.number, ground(0.5), from_day="soon", **HELD),
        Parcel(7, home.number, ground(0.5), from_day="2999-01-01", **HELD),
        Parcel(8, home.number.lower(), ground(1.5), from_day="2020-05-01", **HELD),
    ]
    taken = import_parcels(session, rows, actor=anybody)

    assert taken.plots == 2
    assert taken.faults == [
        (2, "holder_unknown"),
        (3, "no_shape"),
        (4, "tenure_unknown"),
        (5, "use_unknown"),
        (6, "bad_date"),
        (7, "date_in_future"),
    ]
    plots = session.scalars(select(Plot).order_by(Plot.id)).all()
    assert [plot.area_id for plot in plots] == [areas["X11"].id, areas["X12"].id]
    # A square of 0.001 degrees at the equator: 111.32 m by 110.57 m.
    assert plots[0].km2 == pytest.approx(0.11132 * 0.11057, rel=1e-3)
    assert session.scalar(select(func.count()).select_from(PlotDue)) == 2
    assert session.scalars(select(Holding.registrant_id)).all() == [home.id, home.id]
    session.flush()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.figures) == ("plots.import", {"plots": 2, "faults": 6})


def test_land_beyond_reach_is_left_out_and_who_may_not_is_refused(
    session: Session, areas: dict[str, Area], anybody: Actor, visitor: Actor
) -> None:
    home = make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    near = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X1"].id}))
    rows = [
        Parcel(1, home.number, ground(2.5), **HELD),
        Parcel(2, home.number, ground(0.5), **HELD),
    ]

    assert import_parcels(session, rows, actor=near).faults == [(1, "out_of_reach")]
    with pytest.raises(Forbidden):
        import_parcels(session, rows, actor=visitor)


def test_before_areas_are_loaded_no_land_lies_anywhere(session: Session, anybody: Actor) -> None:
    with pytest.raises(NoAreasYet):
        import_parcels(session, [Parcel(1, "HG-2", ground(0.5))], actor=anybody)


def test_a_hundred_parcels_cost_as_many_statements_as_one(
    session: Session, areas: dict[str, Area], anybody: Actor, statements: list[str]
) -> None:
    home = make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))

    def cost(parcels: int) -> int:
        before = len(statements)
        rows = [Parcel(n, home.number, ground(0.5), **HELD) for n in range(parcels)]
        import_parcels(session, rows, actor=anybody)
        return len(statements) - before

    cost(1)
    assert cost(100) == cost(1)
