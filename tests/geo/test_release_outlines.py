"""Classes of rasters as polygons: the ground of their cells, no more and no less."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from rasterio.features import rasterize
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.jobs import Cancelled, Job, JobState
from core.storage import keep_file
from geo.clauses import Clause
from geo.jobs.release_outlines import outline_release
from geo.models.release_outlines import OutlineStatus, ReleaseOutline
from geo.models.releases import Direction, Release
from geo.queries.release_outlines import unoutlined
from geo.services.meanings import Meaning
from geo.services.release_outlines import BASE, UNSEEN, Levels, outline
from geo.services.releases import withdraw_release
from tests.make.files import depth_file
from tests.make.jobs import Silent
from tests.make.releases import DEPTH, DEPTHS, published

Received = Callable[..., Release]
Class = tuple[str, float | None, float | None]
GEOD = Geod(ellps="WGS84")
BOUNDS = (0.2, 0.5, 1.0, 2.0)  # of water in metres from 0.2 m on, as its legend has them
UNSEEN_CLASS: Class = ("not_observed", None, None)


@pytest.fixture
def drawn(session: Session, anybody: Actor, received: Received) -> Callable[..., Release]:
    """`drawn(file, meaning)` publishes a file and outlines it, as the worker does."""

    def act(file: Path, meaning: Meaning = DEPTH) -> Release:
        release = published(session, received(file), anybody, meaning)
        outline_release(session, actor=anybody, progress=Silent(), release_id=release.id)
        session.refresh(release)
        return release

    return act


def parts_of(session: Session, release: Release) -> dict[Class, list[Any]]:
    """The outlines of a release by class."""
    columns = ReleaseOutline.status, ReleaseOutline.low, ReleaseOutline.high
    rows = select(*columns, func.ST_AsBinary(ReleaseOutline.part))
    found: dict[Class, list[Any]] = {}
    mine = rows.where(ReleaseOutline.release_id == release.id).order_by(ReleaseOutline.id)
    for status, low, high, part in session.execute(mine):
        found.setdefault((str(status), low, high), []).append(shapely.from_wkb(bytes(part)))
    return found


def ground_of(session: Session, release: Release) -> dict[Class, Any]:
    return {each: shapely.union_all(parts) for each, parts in parts_of(session, release).items()}


def squares(*corners: tuple[float, float]) -> Any:
    return shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in corners])


def test_each_class_is_the_ground_of_its_cells_and_dry_ground_has_none(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    release = drawn(depth_file(tmp_path / "depth.tif", DEPTHS))

    found = ground_of(session, release)

    # 0.0 0.4 0.5 1.5 in the north, 2.0 nodata 0.5 0.2 in the south; cells of one degree
    expected = {
        ("in", 0.2, 0.5): squares((1, 1), (3, 0)),
        ("in", 0.5, 1.0): squares((2, 1), (2, 0)),
        ("in", 1.0, 2.0): squares((3, 1)),
        ("in", 2.0, None): squares((0, 0)),
        UNSEEN_CLASS: squares((1, 0)),
    }
    assert found.keys() == expected.keys()
    for each, ground in found.items():
        assert ground.equals(expected[each]), each


def blobs(height: int, width: int) -> NDArray[np.float32]:
    """Depths up to 3 m in blobs, a seventh of them not observed; many lie across a piece's edge."""
    random = np.random.default_rng(20261123)
    coarse = random.uniform(-0.5, 3, (height // 7 + 1, width // 7 + 1)).astype(np.float32)
    cells = np.kron(coarse, np.ones((7, 7), dtype=np.float32))[:height, :width]
    salt = random.random(cells.shape) < 0.01
    cells[salt] = random.uniform(0, 3, int(salt.sum()))
    hidden = np.kron(random.random(coarse.shape) < 1 / 7, np.ones((7, 7), dtype=bool))
    return np.where(hidden[:height, :width], np.float32(-9999), cells)


def classed(cells: NDArray[np.float32]) -> NDArray[np.uint8]:
    """0 of what is dry, 1 to 4 of the classes, 5 of what was not observed; by NumPy alone."""
    edges = np.array(BOUNDS, dtype=np.float32)
    found = np.digitize(cells, edges).astype(np.uint8)
    found[cells == -9999] = 5
    return found


def burnt(
    session: Session, release: Release, shape: tuple[int, int], at: Affine
) -> NDArray[np.uint8]:
    """The outlines laid onto a grid again, by the middles of its cells."""
    numbers: dict[Class, int] = {
        ("in", low, high): number
        for number, (low, high) in enumerate(zip(BOUNDS, [*BOUNDS[1:], None], strict=True), 1)
    }
    numbers[UNSEEN_CLASS] = 5
    parts = parts_of(session, release)
    pairs = [(part, numbers[each]) for each, some in parts.items() for part in some]
    laid: NDArray[np.uint8] = rasterize(pairs, out_shape=shape, transform=at, dtype="uint8")
    return laid


def test_outlines_laid_onto_the_grid_again_are_its_classes_cell_by_cell(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    cells = blobs(300, 2300)  # of more than one piece
    at = Affine(0.001, 0, 0.5, 0, -0.001, 1.5)
    release = drawn(depth_file(tmp_path / "blobs.tif", cells.tolist(), transform=at))

    laid = burnt(session, release, cells.shape, at)

    assert np.array_equal(laid, classed(cells))
    sizes = {
        each: sum(part.area for part in some) for each, some in parts_of(session, release).items()
    }
    counted = np.bincount(classed(cells).ravel())
    assert sizes[UNSEEN_CLASS] == pytest.approx(counted[5] * 1e-6)
    for number, low in enumerate(BOUNDS, 1):
        [size] = [size for (status, from_, _to), size in sizes.items() if from_ == low]
        assert size == pytest.approx(counted[number] * 1e-6)
    most = select(
        func.max(func.ST_NPoints(ReleaseOutline.part)),
        func.bool_and(func.ST_IsValid(ReleaseOutline.part)),
    )
    vertices, valid = session.execute(most).one()
    assert (vertices <= 256, valid) == (True, True)


def test_on_the_ground_a_projected_and_turned_grid_keeps_its_area(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    cells = blobs(90, 120)
    at = Affine.translation(500_000, 166_000) @ Affine.rotation(17) @ Affine.scale(250, -250)
    file = depth_file(tmp_path / "utm.tif", cells.tolist(), transform=at, crs="EPSG:32631")
    release = drawn(file)

    found = parts_of(session, release)

    numbers = classed(cells)
    for each, number in ((UNSEEN_CLASS, 5), (("in", 0.5, 1.0), 2), (("in", 2.0, None), 4)):
        drawn_m2 = sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in found[each])
        assert drawn_m2 == pytest.approx(ground_m2(np.argwhere(numbers == number), at), rel=1e-6)


def ground_m2(cells: NDArray[np.int64], at: Affine) -> float:
    """The ground of cells (row, column) on the ellipsoid, by pyproj, one after the other."""
    to_degrees = Transformer.from_crs(32631, 4326, always_xy=True)
    total = 0.0
    for row, column in cells.tolist():
        corners = [at @ (column + dx, row + dy) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]
        x, y = zip(*corners, strict=True)
        lon, lat = to_degrees.transform(x, y)
        total += abs(GEOD.polygon_area_perimeter(lon, lat)[0])
    return total


def test_a_grid_of_longitudes_to_360_is_outlined_where_it_lies(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    at = Affine(1, 0, 179, 0, -1, 2)  # 179 to 181 degrees east
    release = drawn(depth_file(tmp_path / "far.tif", [[1.5, 1.5]], transform=at))

    [parts] = parts_of(session, release).values()

    assert sorted(part.bounds for part in parts) == [(-180, 1, -179, 2), (179, 1, 180, 2)]


def test_where_less_is_worse_classes_go_up_to_the_floor(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    meaning = replace(
        DEPTH, measure="Rainfall", unit="mm", direction=Direction.AT_MOST, floor=40.0, layer="Rain"
    )
    release = drawn(
        depth_file(tmp_path / "rain.tif", [[0.0, 10.0, 10.5], [40.0, 40.5, -9999]]), meaning
    )

    found = ground_of(session, release)

    assert {each: ground.area for each, ground in found.items()} == {
        ("in", None, 10.0): 2.0,
        ("in", 10.0, 20.0): 1.0,
        ("in", 30.0, 40.0): 1.0,
        UNSEEN_CLASS: 1.0,
    }


LEVELS: Sequence[tuple[float | None, float | None]] = ((0.2, 0.5), (0.5, 1.0), (1.0, None))
LESS: Sequence[tuple[float | None, float | None]] = ((None, 10.0), (10.0, 40.0))


@pytest.mark.parametrize(
    ("direction", "levels", "one", "other", "meant"),
    [
        (Direction.AT_LEAST, LEVELS, 2, 2, ("in", 0.5, 1.0)),
        (Direction.AT_LEAST, LEVELS, 1, 3, ("probable", 0.2, None)),
        (Direction.AT_LEAST, LEVELS, 0, 2, ("probable", None, 1.0)),
        (Direction.AT_MOST, LESS, 1, 1, ("in", None, 10.0)),
        (Direction.AT_MOST, LESS, 0, 2, ("probable", 10.0, None)),
    ],
)
def test_what_is_known_within_bounds_is_probable_from_one_to_the_other(
    direction: Direction,
    levels: Sequence[tuple[float | None, float | None]],
    one: int,
    other: int,
    meant: Class,
) -> None:
    told = Levels(levels, Clause(at_least=0.2), direction)

    assert told.meant(one * BASE + other) == (*meant, None)
    assert told.meant(UNSEEN + 4) == (*UNSEEN_CLASS, 4)


def test_ground_that_was_not_observed_is_told_apart_by_why(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    hidden = [[-9999.0, -9999.0, 0.5, 1.5], [-9999.0, -9999.0, 0.5, 0.2]]
    release = drawn(depth_file(tmp_path / "depth.tif", hidden))
    # cloud over two, the product cannot tell of one, of one nothing is said; the rest has values
    why = depth_file(tmp_path / "why.tif", [[4, 4, 0, 2], [3, 0, 0, 0]], dtype="uint8", nodata=None)
    release.reasons_sha256 = keep_file(why).sha256

    outline(session, release)

    unseen = ReleaseOutline.why, func.sum(func.ST_Area(ReleaseOutline.part))
    by_reason = select(*unseen).where(ReleaseOutline.status == OutlineStatus.NOT_OBSERVED)
    rows = session.execute(by_reason.group_by(ReleaseOutline.why)).all()
    assert {row[0]: row[1] for row in rows} == {1: 1.0, 3: 1.0, 4: 2.0}


def test_a_release_is_outlined_again_in_place_of_what_was_there(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    release = drawn(depth_file(tmp_path / "depth.tif", DEPTHS))
    count = select(func.count()).select_from(ReleaseOutline)
    before = session.scalar(count)

    told = outline(session, release)

    assert session.scalar(count) == before == told.parts
    assert told.cells == {OutlineStatus.IN: 6, OutlineStatus.NOT_OBSERVED: 1}


def test_the_trail_says_from_which_grid_and_how_much_ground(
    session: Session, drawn: Callable[..., Release], tmp_path: Path
) -> None:
    release = drawn(depth_file(tmp_path / "depth.tif", DEPTHS))

    done = select(AuditEntry).where(AuditEntry.action == "releases.outline")
    figures = session.scalars(done).one().figures

    assert figures["sha256"] == release.grid_sha256
    assert figures["cells"] == 7
    cell = abs(GEOD.geometry_area_perimeter(shapely.segmentize(shapely.box(1, 0, 2, 1), 0.01))[0])
    assert float(figures["unseen_km2"]) == pytest.approx(cell / 1e6, rel=1e-5)


def test_publishing_puts_the_outlining_off_and_whoever_has_none_is_owed_them(
    session: Session, anybody: Actor, received: Received, tmp_path: Path
) -> None:
    release = published(session, received(depth_file(tmp_path / "d.tif", DEPTHS)), anybody, DEPTH)
    put_off = select(Job).where(Job.work.endswith("outline_release"))

    [job] = session.scalars(put_off).all()
    assert job.args == {"release_id": release.id}
    assert unoutlined(session) == [release]
    job.state = JobState.FAILED
    session.flush()
    assert unoutlined(session) == []


def test_a_release_that_was_withdrawn_meanwhile_is_not_outlined(
    session: Session, anybody: Actor, received: Received, tmp_path: Path
) -> None:
    release = published(session, received(depth_file(tmp_path / "d.tif", DEPTHS)), anybody, DEPTH)
    withdraw_release(session, release.id, "The gauge was wrong", actor=anybody)

    told = outline_release(session, actor=anybody, progress=Silent(), release_id=release.id)

    assert told == {"parts": 0}
    assert unoutlined(session) == []


def test_outlining_ends_where_it_is_cancelled(
    session: Session, anybody: Actor, received: Received, tmp_path: Path
) -> None:
    release = published(session, received(depth_file(tmp_path / "d.tif", DEPTHS)), anybody, DEPTH)

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled), session.begin_nested():
        outline(session, release, stop)
    assert release.outlined_at is None
