"""Why nothing is known of cells put together, counted by hand; and what places are told of it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import rasterio
from affine import Affine
from pyproj import Transformer
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.clauses import Clause
from geo.models.releases import Operation, Release
from geo.queries.selections import Question, answered
from geo.raster.composite_reasons import write_reasons
from geo.raster.open import opened
from geo.raster.reasons import Reason
from geo.services.composites import Composite
from geo.together import ever
from tests.make.composites import made
from tests.make.files import depth_file
from tests.make.products import code_file
from tests.make.registry import make_location
from tests.make.releases import published
from tests.make.water import GFM_MEANS, gfm_zip

N = -9999.0
VALUE, NODATA, WATER, EXCLUDED, CLOUD = 0, 1, 2, 3, 4
ONE = [[1.0, N, N, 0.0, 0.0, N]], [[VALUE, CLOUD, EXCLUDED, WATER, WATER, NODATA]]
TWO = [[N, N, N, 0.0, 1.0, N]], [[CLOUD, EXCLUDED, NODATA, VALUE, VALUE, NODATA]]
DEEP = Clause(at_least=0.5)


def written(folder: Path, *sources: tuple[Sequence[Sequence[float]], Path | None]) -> list[int]:
    """The reasons of grids of depths put together, each with its own grid of reasons."""
    with ExitStack() as stack:
        grids = [
            stack.enter_context(opened(depth_file(folder / f"{n}.tif", depths)))
            for n, (depths, _why) in enumerate(sources)
        ]
        hidden = [stack.enter_context(opened(why)) if why else None for _depths, why in sources]
        write_reasons(ever, grids, DEEP, hidden, folder / "out.tif")
    with rasterio.open(folder / "out.tif") as file:
        cells: list[int] = file.read(1)[0].tolist()
    return cells


def codes(path: Path, cells: list[list[int]], west: float = 0.0) -> Path:
    code_file(path, cells)
    with rasterio.open(path, "r+") as file:
        file.crs, file.transform = "EPSG:4326", Affine(1, 0, west, 0, -1, 2)
    return path


def test_cloud_is_told_before_what_is_left_out_and_that_before_no_data(tmp_path: Path) -> None:
    one = ONE[0], codes(tmp_path / "why1.tif", ONE[1])
    two = TWO[0], codes(tmp_path / "why2.tif", TWO[1])

    assert written(tmp_path, one, two) == [VALUE, CLOUD, EXCLUDED, WATER, VALUE, NODATA]
    assert written(tmp_path, two, one) == [VALUE, CLOUD, EXCLUDED, WATER, VALUE, NODATA]


def test_a_grid_without_reasons_and_one_that_lies_elsewhere_tell_no_data(tmp_path: Path) -> None:
    one = ONE[0], codes(tmp_path / "why1.tif", ONE[1], west=3)

    assert written(tmp_path, one, (TWO[0], None)) == [VALUE, NODATA, NODATA, VALUE, VALUE, EXCLUDED]


@pytest.mark.parametrize("operation", [Operation.EVER, Operation.MAXIMUM, Operation.DAYS])
def test_places_are_told_why_a_composite_knows_nothing_of_them(
    session: Session,
    anybody: Actor,
    received: Callable[..., Release],
    tmp_path: Path,
    operation: Operation,
) -> None:
    to_degrees = Transformer.from_crs(32651, 4326, always_xy=True)
    middles = [to_degrees.transform(500_010 + 20 * cell, 2_000_030) for cell in range(5)]
    places = [make_location(session, lon, lat, accuracy_m=None) for lon, lat in middles]
    one = published(session, received(gfm_zip(tmp_path)), anybody, GFM_MEANS)
    again = replace(GFM_MEANS, layer="Day 2")
    two = published(session, received(gfm_zip(tmp_path, second=0)), anybody, again)
    at = None if operation is Operation.MAXIMUM else 1.0

    release = made(session, Composite(operation, (one.id, two.id), at), "Together", anybody)

    asked = answered(Question(release_id=release.id)).subquery()
    rows = session.execute(select(asked.c.location_id, asked.c.status, asked.c.why)).all()
    said = {row.location_id: (row.status, row.why) for row in rows}
    assert [said[place.id] for place in places] == [
        *(("out", None), ("in", None), ("not_observed", Reason.EXCLUDED)),
        *(("out", Reason.PERMANENT_WATER), ("not_observed", Reason.NODATA)),
    ]
    assert release.found["water"] is True
