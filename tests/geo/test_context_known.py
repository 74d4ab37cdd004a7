"""People and health sites in the water of a real flood, as others counted them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import numpy as np
import pytest
from netCDF4 import Dataset
from pyproj import Geod
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.words import told
from geo.models.areas import Area
from geo.models.context import Counted
from geo.models.exposure import AreaExposure
from geo.models.releases import Release
from geo.services.areas import import_areas
from geo.services.meanings import Meaning
from geo.vector.boundaries import read_boundaries
from tests.make.context import figures, make_layer
from tests.make.releases import DEPTH, FLOOD, published
from tests.places import DATA

KNOWN = json.loads((DATA / "expected_shared.json").read_text())
REGION = KNOWN["D1_phl_vamco_flood_x_admin (shared, demo numbers)"]
PEOPLE = REGION["dasymetric_pop_exposed_2020 (uniform within barangay)"]
AREAS = DATA / "admin" / "phl_r02_cod_ab.gpkg"
EXTENT = DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson"
MASK = DATA / "hazard" / "phl_vamco2020_flood_mask_50m_utm51n.tif"
CENSUS = DATA / "exposure" / "phl_r02_psgc_population_2015_2020.csv"
SITES = DATA / "exposure" / "phl_r02_health_sites.geojson"
OBSERVED_AT = datetime(2020, 11, 13, tzinfo=UTC)
Publish = Callable[[Path, Meaning], Release]


@pytest.fixture
def publish(session: Session, anybody: Actor, received: Callable[..., Release]) -> Publish:
    """Publish a hazard of the flood over the areas of the region."""

    def _publish(file: Path, meaning: Meaning) -> Release:
        import_areas(session, read_boundaries(AREAS, version="2023"), actor=anybody)
        said = replace(meaning, observed_at=OBSERVED_AT)
        return published(session, received(file), anybody, said)

    return _publish


def test_people_and_health_sites_in_the_extent_are_those_others_counted(
    session: Session, anybody: Actor, publish: Publish
) -> None:
    release = publish(EXTENT, FLOOD)

    census = make_layer(session, CENSUS, Counted.NUMBER, anybody, value_field="pop2020")
    sites = make_layer(session, SITES, Counted.FEATURES, anybody, name="Health sites")

    people = {
        pcode: hit for pcode, (_all, hit, _unseen) in figures(session, release, census).items()
    }
    assert people["PH"] == pytest.approx(PEOPLE["vector"], rel=1e-5)
    for pcode, known in REGION["by_province_pop"].items():
        assert people[pcode] == pytest.approx(known, rel=1e-4), pcode
    core = KNOWN["D3_demo_core (7 municipalities of the Cagayan valley)"]
    in_core = sum(people[pcode] for pcode in core["adm3"])
    assert in_core == pytest.approx(core["dasymetric_pop_exposed"], rel=1e-4)
    assert _barangays(session, release) == (
        REGION["barangays_touched"],
        REGION["barangays_share_ge_25pct"],
        REGION["barangays_share_ge_50pct"],
    )
    flood = geopandas.read_file(EXTENT)[["geometry"]].make_valid().to_frame("geometry")
    hit = geopandas.sjoin(geopandas.read_file(SITES), flood, predicate="within")
    assert figures(session, release, sites)["PH"][:2] == (51, hit.index.nunique())


def _barangays(session: Session, release: Release) -> tuple[int, int, int]:
    """How many of the lowest areas are touched, and hit by a quarter and by a half or more."""
    share = AreaExposure.hit_km2 / Area.km2
    of_leaves = select(share).join(Area, Area.id == AreaExposure.area_id).where(Area.is_leaf)
    shares = np.array(session.scalars(of_leaves.where(AreaExposure.release_id == release.id)).all())
    return int((shares > 0).sum()), int((shares >= 0.25).sum()), int((shares >= 0.5).sum())


def test_people_on_the_flooded_cells_are_those_others_counted(
    session: Session, anybody: Actor, publish: Publish
) -> None:
    release = publish(MASK, replace(DEPTH, measure="Flooded", unit="", floor=1.0, zeros="value"))

    census = make_layer(session, CENSUS, Counted.NUMBER, anybody, value_field="pop2020")

    hit = figures(session, release, census)["PH"][1]
    assert hit == pytest.approx(PEOPLE["raster50m"], rel=1e-4)


def test_a_census_says_which_of_its_areas_have_no_shape(session: Session, anybody: Actor) -> None:
    file = DATA / "exposure" / "census_inasafe.geojson"

    layer = make_layer(session, file, Counted.NUMBER, anybody, value_field="population")

    assert layer.features == 3
    assert [told(note) for note in layer.found["notes"]] == [
        "4 features were read.",
        "1 was left out: have no shape of this kind.",
    ]


def test_the_track_of_a_cyclone_is_lines_on_both_sides_of_the_antimeridian(
    session: Session, anybody: Actor
) -> None:
    file = DATA / "nasty" / "tc_track_antimeridian_1980052S16155.nc"

    layer = make_layer(session, file, Counted.LENGTH, anybody, measure="Track")

    with Dataset(file) as source:
        lon, lat = source["lon"][:], source["lat"][:]
    known = Geod(ellps="WGS84").line_length(lon, lat) / 1000
    assert layer.features == 2
    assert layer.total == pytest.approx(known, rel=1e-4)
