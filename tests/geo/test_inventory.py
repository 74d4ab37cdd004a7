"""A file is taken apart into what can be read by itself, and nothing in it is guessed."""

import json
import zipfile
from pathlib import Path

import pytest
import rasterio

from core.errors import Refusal
from geo.archives import NoSuchEntry
from geo.products.inventory import Inventory, Part, PartKind, inventory
from geo.products.kinds import recognised
from geo.raster.bands import Choice
from geo.raster.grid import Grid
from tests.make.files import depth_file
from tests.make.products import zip_of
from tests.places import DATA

NASTY = DATA / "nasty"
SHAKE = DATA / "hazard" / "idn_inasafe" / "shake_20131105060809_grid.xml"


def kinds(found: Inventory) -> list[PartKind]:
    return [part.kind for part in found.parts]


def test_every_band_of_a_shakemap_is_a_part_with_its_name() -> None:
    found = inventory(SHAKE)

    assert found.format == "ShakeMap grid"
    assert [part.title.split()[-1] for part in found.parts] == [
        "PGA", "PGV", "MMI", "STDPGA", "URAT", "SVEL",
    ]  # fmt: skip
    assert {part.crs for part in found.parts} == {"EPSG:4326"}


def test_every_variable_and_month_of_a_netcdf_is_a_part() -> None:
    found = inventory(NASTY / "stars_bcsd_obs_1999.nc")

    assert (found.format, len(found.parts)) == ("netCDF", 24)
    march = next(part for part in found.parts if part.title == "tas 1999-03-31T00:00:00")
    assert (march.variable, march.band, march.time) == ("tas", 3, "1999-03-31T00:00:00")


def test_a_part_is_opened_by_its_own_choice() -> None:
    path = NASTY / "stars_bcsd_obs_1999.nc"
    march = next(part for part in inventory(path).parts if part.title.startswith("tas 1999-03"))

    with recognised(path, march.choice()) as grid:
        assert isinstance(grid, Grid)
        assert (grid.variable, grid.band, grid.time) == ("tas", 3, "1999-03-31T00:00:00")


def test_layers_of_every_kind_are_listed_with_what_they_are() -> None:
    found = inventory(NASTY / "fastkml_KML_Samples.kml")

    assert len(found.parts) == 8
    (campus,) = [part for part in found.parts if part.title == "Google Campus"]
    assert campus.kind is PartKind.POLYGONS
    assert PartKind.POINTS in kinds(found)
    assert PartKind.LINES in kinds(found)


def test_a_grid_without_a_system_says_so_and_shows_where_its_numbers_lie() -> None:
    (part,) = inventory(DATA / "hazard" / "climada" / "landslide_prob_test.tif").parts

    assert (part.kind, part.crs) == (PartKind.GRID, None)
    assert part.bounds == pytest.approx((8, 45.003, 11, 46.003), abs=0.001)
    assert "coordinate system" in part.says


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rasterio_RGBA.uint16.tif", PartKind.PICTURE),
        ("rioxarray_cint16.tif", PartKind.UNREADABLE),
        ("rasterio_corrupt.tif", PartKind.UNREADABLE),
        ("rasterio_issue1446.geojson", PartKind.LINES),
        ("fiona_test_tz.geojson", PartKind.POINTS),
    ],
)
def test_what_is_no_hazard_is_told_by_its_kind(name: str, kind: PartKind) -> None:
    assert set(kinds(inventory(NASTY / name))) == {kind}


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    for folder, depth in (("a", 1.0), ("b", 2.0)):
        (tmp_path / folder).mkdir()
        depth_file(tmp_path / folder / "depth.tif", [[depth]])
    packed = tmp_path / "two.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for folder in "ab":
            archive.write(tmp_path / folder / "depth.tif", f"{folder}/depth.tif")

    found = inventory(packed)

    assert [part.file for part in found.parts] == ["a/depth.tif", "b/depth.tif"]
    assert [low(packed, part) for part in found.parts] == [1.0, 2.0]
    assert low(packed, Choice(layer="b/depth")) == 2.0
    with pytest.raises(NoSuchEntry, match=r"a/depth\.tif, b/depth\.tif"):
        low(packed, Choice(file="c/depth.tif"))


def low(path: Path, chosen: Part | Choice) -> float:
    """The value of the first cell of what is chosen."""
    choice = chosen if isinstance(chosen, Choice) else chosen.choice()
    with recognised(path, choice) as grid, rasterio.open(grid.name) as file:
        return float(file.read(1)[0, 0])


def test_shapefiles_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    packed = tmp_path / "two.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for folder in "ab":
            for ending in ("shp", "shx", "dbf", "prj"):
                archive.write(NASTY / f"rasterio_box.{ending}", f"{folder}/box.{ending}")

    parts = inventory(packed).parts

    assert [part.file for part in parts] == ["a/box.shp", "b/box.shp"]
    with recognised(packed, parts[1].choice()) as layer:
        assert Path(layer.path).parent.name == "b"  # type: ignore[union-attr]
    with recognised(packed, Choice(layer="b/box/box")) as layer:
        assert Path(layer.path).parent.name == "b"  # type: ignore[union-attr]


def test_a_geodatabase_zipped_without_its_folder_opens(tmp_path: Path) -> None:
    flat = tmp_path / "floods.gdb.zip"
    with (
        zipfile.ZipFile(NASTY / "fiona_testopenfilegdb.gdb.zip") as source,
        zipfile.ZipFile(flat, "w") as target,
    ):
        for name in source.namelist():
            if not name.endswith("/"):
                target.writestr(name.rsplit("/", 1)[-1], source.read(name))

    found = inventory(flat)

    assert found.format == "zipped File Geodatabase"
    assert len(found.parts) == 37
    with recognised(flat, Choice(layer="polygon25D")) as layer:
        assert layer.name == "polygon25D"


def test_a_pdf_among_other_files_is_listed_as_a_document(tmp_path: Path) -> None:
    (tmp_path / "map.pdf").write_bytes(b"%PDF-1.4\n")
    depth = depth_file(tmp_path / "depth.tif", [[1.0]])

    found = inventory(zip_of(tmp_path / "a.zip", depth, tmp_path / "map.pdf"))

    assert kinds(found) == [PartKind.GRID, PartKind.DOCUMENT]


def test_what_holds_nothing_is_refused_by_the_name_of_its_format(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("The water rose at night.")

    with pytest.raises(Refusal, match=r"notes\.txt is a plain text"):
        inventory(tmp_path / "notes.txt")


def test_shapes_that_break_when_they_are_looked_at_are_shapes_still(tmp_path: Path) -> None:
    """A polygon nested as a multipolygon is beside a collection within a collection."""
    square = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    polygon = {"type": "Polygon", "coordinates": square}
    within = {"type": "GeometryCollection", "geometries": [polygon]}
    shapes = [
        {"type": "GeometryCollection", "geometries": [within]},
        {"type": "Polygon", "coordinates": [square]},
    ]
    features = [{"type": "Feature", "properties": {}, "geometry": each} for each in shapes]
    file = tmp_path / "nested.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    assert [part.kind for part in inventory(file).parts] == [PartKind.POLYGONS]
