"""Files damaged at random are read, or refused in a sentence that helps."""

from pathlib import Path

import pytest

from bench.fuzz import READ, Outcome, fuzzed
from tests.places import DATA

SEED = 4
AS_THEY_ARE = {
    "rasterio_float_raster_with_nodata.tif",
    "rioxarray_MODIS_ARRAY.nc",
    "fiona_gre.shp",
    "fiona_grenada.geojson",
    "fastkml_small_world.kmz",
    "phl_vamco2020_wind_ms.tif",
}


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return list(fuzzed(DATA, 50, SEED))


def test_every_damaged_file_is_read_or_refused_with_format_place_and_next_step(
    outcomes: list[Outcome],
) -> None:
    assert sum(outcome.number > 0 for outcome in outcomes) == 50
    assert [outcome for outcome in outcomes if outcome.fault] == []


def test_the_sentences_are_many_and_each_fits_its_case(outcomes: list[Outcome]) -> None:
    refused = [outcome for outcome in outcomes if outcome.kind != READ]

    assert len({outcome.kind for outcome in refused}) >= 12
    assert all(Path(outcome.file).name in outcome.said for outcome in refused)


def test_files_that_are_whole_are_read_in_the_same_run(outcomes: list[Outcome]) -> None:
    read = {outcome.file for outcome in outcomes if outcome.number == 0 and outcome.kind == READ}

    assert read >= AS_THEY_ARE
