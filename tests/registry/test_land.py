"""All the land that is held: where plots overlap, on tiles and in collections, hit by how much."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import Forbidden
from core.storage import keep_file
from geo.models.areas import Area
from geo.models.plots import PlotExposure
from geo.permissions import May as Geo
from geo.queries.features import Wanted, page_of
from geo.services.plots import Land, measure_due
from geo.services.releases import receive_release
from geo.vector.drawings import drawn
from registry.models.consents import ConsentState
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.consents import SHARING
from registry.queries.holdings import plots_of
from registry.queries.land import holder_of, land_held, overlaps
from registry.queries.land_maps import every_plot, holders_of, plot_tile
from registry.queries.subjects import matching
from registry.queries.tiles import Tile
from registry.services.holdings import Held, draw_plot, end_holding
from tests.make.country import make_decided
from tests.make.files import depth_file
from tests.make.geo import make_event
from tests.make.registry import make_consent, make_household, make_location
from tests.make.releases import DEPTH, published, read

SIDE = 0.001  # degrees: some 111 m at the equator
HA = 111.32 * 110.57 / 1e4  # of a square of that side at the equator
OWNED = Held("owned", "cropland", crop="maize")


def field(west: float, south: float = 0.5, width: float = SIDE) -> Land:
    east, north = west + width, south + SIDE
    return Land(drawn([[(west, south), (east, south), (east, north), (west, north)]]) or b"")


def shown(body: bytes, tile: Tile) -> list[dict[str, Any]]:
    """The features of a tile, as GDAL reads them, in degrees."""
    with tempfile.TemporaryDirectory() as folder:
        zoom, x, y = map(str, tile)
        path = Path(folder) / zoom / x / f"{y}.mvt"
        path.parent.mkdir(parents=True)
        path.write_bytes(body)
        frame = pyogrio.read_dataframe(path, layer="plots").to_crs(4326)
    return [dict(row) for _at, row in frame.iterrows()]


@pytest.fixture
def homes(session: Session, areas: dict[str, Area]) -> list[Registrant]:
    """Two households of X11."""
    x11 = areas["X11"].id
    spots = ((0.5, 0.5), (0.6, 0.5))
    return [make_household(session, make_location(session, *at, area_id=x11)) for at in spots]


def test_two_plots_that_share_a_quarter_of_their_ground_are_told_and_neighbours_are_not(
    session: Session, anybody: Actor, homes: list[Registrant]
) -> None:
    one = draw_plot(session, homes[0].number, field(0.5), OWNED, actor=anybody)
    other = draw_plot(session, homes[1].number, field(0.5 + 0.75 * SIDE), OWNED, actor=anybody)
    draw_plot(session, homes[1].number, field(0.5, 0.5 + SIDE), OWNED, actor=anybody)

    (shared,) = overlaps(session, actor=anybody)
    assert (shared.one, shared.other) == (one.number, other.number)
    assert shared.hectares == pytest.approx(HA / 4, rel=1e-3)
    assert shared.share == pytest.approx(0.25, rel=1e-6)
    (of_other,) = overlaps(session, of={other.id}, actor=anybody)
    assert (of_other.one, of_other.other) == (other.number, one.number)
    told = {plot.number: plot for plot in plots_of(session, homes[1], actor=anybody)}
    assert [each.other for each in told[other.number].overlaps] == [one.number]
    assert told[other.number].hectares == pytest.approx(HA, rel=1e-3)
    assert holder_of(session, other.number, actor=anybody) == homes[1].number
    end_holding(session, homes[1].number, other.number, actor=anybody)
    assert overlaps(session, actor=anybody) == []


def test_how_much_land_is_held_counts_each_plot_once(
    session: Session, anybody: Actor, visitor: Actor, homes: list[Registrant]
) -> None:
    for home, west in zip((*homes, homes[0]), (0.5, 0.51, 0.52), strict=True):
        draw_plot(session, home.number, field(west), OWNED, actor=anybody)
    held = land_held(session, actor=anybody)

    assert (held.plots, held.holders) == (3, 2)
    assert held.hectares == pytest.approx(3 * HA, rel=1e-3)
    with pytest.raises(Forbidden):
        land_held(session, actor=visitor)


def test_a_flooded_third_is_told_by_a_grid_and_counts_as_hit_from_the_setting_on(
    session: Session,
    anybody: Actor,
    homes: list[Registrant],
    tmp_path: Path,
) -> None:
    # Cells of one degree: that of the south of X11 has 2 m, all others are dry.
    file = depth_file(tmp_path / "depth.tif", [[0.0] * 4, [2.0, 0.0, 0.0, 0.0]])
    event = make_event(session)
    release = receive_release(session, event.id, keep_file(file), file.name, actor=anybody).release
    read(session, release, anybody)
    published(session, release, anybody, DEPTH)
    land = field(1.0 - SIDE, 0.2, 3 * SIDE)  # a third of it lies west of the edge at 1 degree
    draw_plot(session, homes[0].number, land, OWNED, actor=anybody)
    measure_due(session)

    (share,) = session.scalars(select(PlotExposure.hit_share)).all()
    assert share == pytest.approx(1 / 3, abs=1e-3)

    def hit(condition: str) -> list[int]:
        return sorted(session.scalars(matching(condition, today(), actor=anybody)))

    assert hit(f"land_hit({release.id})") == [homes[0].id]  # a fifth counts
    assert hit("land_ha > 3.6 AND land_ha < 3.8") == [homes[0].id]
    make_decided(session, land_percent=34)
    assert hit(f"land_hit({release.id})") == []


def test_tiles_show_plots_to_who_may_see_places_and_cells_of_no_few_to_others(
    session: Session, anybody: Actor, homes: list[Registrant]
) -> None:
    for nth in range(5):
        draw_plot(session, homes[0].number, field(0.5 + nth * SIDE), OWNED, actor=anybody)
    near = draw_plot(session, homes[1].number, field(0.6), OWNED, actor=anybody)
    # The tiles of 0.5 to 0.6 degrees east and north: of zoom 4 and, for the last plot, zoom 14.
    far, street = (4, 8, 7), (14, 8219, 8169)
    counts = replace(anybody, permissions=frozenset({May.COUNT_REGISTRANTS}))
    for actor in (anybody, counts):
        (cell,) = shown(plot_tile(session, far, actor=actor), far)
        assert cell["n"] == 6
        assert cell["geometry"].distance(shapely.Point(0.517, 0.5)) < 0.02  # where they lie
    (plot,) = shown(plot_tile(session, street, actor=anybody), street)
    assert plot["number"] == near.number
    assert plot["geometry"].bounds == pytest.approx((0.6, 0.5, 0.601, 0.501), abs=2e-5)
    assert plot_tile(session, street, actor=counts) == b""  # one plot is too few to be told
    with pytest.raises(Forbidden):
        plot_tile(session, far, actor=replace(anybody, permissions=frozenset()))


def test_the_collection_tells_of_land_but_not_of_who_will_not_be_shown(
    session: Session, anybody: Actor, homes: list[Registrant]
) -> None:
    plot = draw_plot(session, homes[0].number, field(0.5), OWNED, actor=anybody)
    draw_plot(session, homes[1].number, field(0.6), OWNED, actor=anybody)
    make_consent(session, homes[1], purpose=SHARING, state=ConsentState.REFUSED)
    page = page_of(session, every_plot(anybody), Wanted(), actor=anybody)

    (feature,) = page.features
    assert feature.properties["number"] == plot.number
    assert feature.properties["hectares"] == pytest.approx(HA, rel=1e-3)
    assert (feature.properties["holders"], feature.properties["use"]) == (
        homes[0].number,
        "cropland",
    )
    assert holders_of(session, [plot.number]) == [homes[0].id]
    blind = replace(anybody, permissions=anybody.permissions - {Geo.EXACT_LOCATIONS})
    with pytest.raises(Forbidden):
        every_plot(blind)
