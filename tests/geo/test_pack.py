"""Files of the data pack that no other test brings in, whole and as they are: boundaries of one
level, and tables by P-code. What each holds is counted with pandas, or said in its MANIFEST."""

from collections import Counter
from pathlib import Path

import geopandas
import pandas
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from core.words import told
from geo.jobs.areas import import_boundaries
from geo.models.areas import Area
from geo.models.context import ContextKind, Counted
from geo.services.areas import import_areas
from geo.vector.boundaries import read_boundaries
from tests.make.context import make_layer
from tests.make.jobs import Silent
from tests.places import DATA

TOWNS = DATA / "admin" / "phl_r02_adm3.geojson"
ALL_LEVELS = DATA / "admin" / "phl_r02_cod_ab.gpkg"
AGES = DATA / "exposure" / "phl_r02_barangay_age_shares.csv"
HOUSING = DATA / "exposure" / "phl_r02_municipality_indicators.csv"


def test_towns_alone_make_the_provinces_the_region_and_the_country(
    session: Session, anybody: Actor
) -> None:
    kept = keep_file(TOWNS)

    done = import_boundaries(
        session,
        actor=anybody,
        progress=Silent(),
        sha256=kept.sha256,
        name=TOWNS.name,
        version="2023-11-06",
    )

    known = geopandas.read_file(TOWNS)
    assert not done["errors"]
    assert {int(level): count for level, count in done["levels"].items()} == {
        0: known.ADM0_PCODE.nunique(),
        1: known.ADM1_PCODE.nunique(),
        2: known.ADM2_PCODE.nunique(),
        3: len(known),
    }
    areas = {area.pcode: area for area in session.scalars(select(Area))}
    codes = {area.id: area.pcode for area in areas.values()}
    towns = [area for area in areas.values() if area.is_leaf]
    assert Counter(codes[town.parent_id or 0] for town in towns) == Counter(known.ADM2_PCODE)
    assert {areas[row.ADM3_PCODE].name for row in known.itertuples()} == {*known.ADM3_EN}
    # 26,838 km2 is the region's published land area; the boundaries are simplified by a tenth
    assert areas["PH"].km2 == pytest.approx(26_838, rel=0.05)
    assert areas["PH"].km2 == pytest.approx(sum(town.km2 for town in towns), rel=1e-3)


@pytest.mark.parametrize(
    ("file", "code", "value", "left_out"),
    [
        (HOUSING, "adm3_pcode", "housing_units", 0),
        (AGES, "adm4_pcode", "perc_u5", 2),  # one tells nothing, and one barangay has no shape
    ],
)
def test_a_table_by_area_is_taken_whole_and_says_what_was_left_out(
    session: Session, anybody: Actor, file: Path, code: str, value: str, left_out: int
) -> None:
    import_areas(session, read_boundaries(ALL_LEVELS, version="2023"), actor=anybody)

    layer = make_layer(session, file, Counted.NUMBER, anybody, value_field=value)

    rows = pandas.read_csv(file)
    known = rows[rows[value].notna() & (rows[code] != "PH0205008007")]
    assert layer.kind is ContextKind.TABLE
    assert layer.features == len(known) == len(rows) - left_out
    assert layer.total == pytest.approx(known[value].sum(), rel=1e-6)
    notes = " ".join(told(note) for note in layer.found["notes"])
    assert f"{len(rows):,} " in notes or f"{len(rows)} " in notes
