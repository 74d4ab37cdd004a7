"""Land in somebody's hands: drawn or walked, measured by hazard maps, asked for in filters."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.db import stand
from core.errors import Forbidden, Refusal
from core.storage import keep_file
from geo.models.areas import Area
from geo.models.plots import Plot, PlotDue, PlotExposure
from geo.models.releases import Release
from geo.services.plots import Land, measure_due
from geo.services.releases import receive_release
from geo.vector.drawings import DrawingCrossesItself, drawn
from geo.vector.walks import TrackOpen, TrackTooShort, walked
from programs.services.registrants import erase
from registry.models.holdings import Holding
from registry.models.registrants import Registrant
from registry.queries.holdings import plots_of
from registry.queries.subjects import matching
from registry.services import holdings
from registry.services.holdings import Held, draw_plot, end_holding
from registry.services.memberships import InTheFuture
from registry.services.places import PlaceBeyondReach
from tests.make.files import shapes_file
from tests.make.geo import make_event
from tests.make.registry import make_household, make_location
from tests.make.releases import FLOOD, published, read

SIDE = 0.001  # degrees: some 111 m at the equator
OWNED = Held("owned", "cropland", crop="maize")


def field(west: float, width: float = SIDE) -> Land:
    """A field at the equator's north, `width` degrees wide and SIDE high."""
    corners = [(west, 0.5), (west + width, 0.5), (west + width, 0.5 + SIDE), (west, 0.5 + SIDE)]
    return Land(drawn([corners]) or b"")


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    return make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))


@pytest.fixture
def flood(session: Session, areas: dict[str, Area], anybody: Actor, tmp_path: Path) -> Release:
    """A flood west of 0.5005 degrees, in a file that saw all of X11."""
    event = make_event(session)
    wet = shapely.box(0.4, 0.4, 0.5 + SIDE / 2, 0.6)
    file = shapes_file(tmp_path / "flood.geojson", (wet, {}), (shapely.box(0.9, 0.9, 0.95, 1), {}))
    release = receive_release(session, event.id, keep_file(file), file.name, actor=anybody).release
    read(session, release, anybody)
    return published(session, release, anybody, FLOOD)


def names(session: Session, written: str, actor: Actor) -> list[int]:
    return sorted(session.scalars(matching(written, today(), actor=actor)))


def test_a_field_half_in_the_flood_and_three_dry_ones_make_an_eighth(
    session: Session, anybody: Actor, home: Registrant, flood: Release
) -> None:
    draw_plot(session, home.number, field(0.5), OWNED, actor=anybody)
    draw_plot(session, home.number, field(0.51, 3 * SIDE), OWNED, actor=anybody)
    assert session.scalar(select(func.count()).select_from(PlotDue)) == 2
    measure_due(session)

    shares = session.scalars(select(PlotExposure.hit_share).order_by(PlotExposure.plot_id)).all()
    assert shares == pytest.approx([0.5, 0.0], abs=1e-3)
    assert names(session, f"plot_share({flood.id}) > 0.1245", anybody) == [home.id]
    assert names(session, f"plot_share({flood.id}) > 0.1255", anybody) == []
    assert session.scalar(select(func.count()).select_from(PlotDue)) == 0


def test_a_flood_that_comes_later_is_asked_about_every_plot(
    session: Session,
    anybody: Actor,
    home: Registrant,
    areas: dict[str, Area],
    request: pytest.FixtureRequest,
) -> None:
    draw_plot(session, home.number, field(0.5), OWNED, actor=anybody)
    assert session.scalar(select(func.count()).select_from(PlotDue)) == 0
    release = request.getfixturevalue("flood")

    assert session.scalars(select(PlotDue.release_id)).all() == [release.id]


def test_how_much_land_and_how_many_plots_are_asked_for(
    session: Session, anybody: Actor, home: Registrant, areas: dict[str, Area]
) -> None:
    landless = make_household(session)
    draw_plot(session, home.number, field(0.5), OWNED, actor=anybody)
    second = draw_plot(session, home.number, field(0.51), OWNED, actor=anybody)

    # A square of 0.001 degrees at the equator: 111.32 m by 110.57 m.
    assert second.km2 == pytest.approx(0.11132 * 0.11057, rel=1e-3)
    assert names(session, "plots = 2", anybody) == [home.id]
    assert names(session, "land_km2 > 0.024 AND land_km2 < 0.025", anybody) == [home.id]
    assert names(session, "plots = 0", anybody) == [landless.id]
    end_holding(session, home.number, second.number, actor=anybody)
    assert names(session, "plots = 1", anybody) == [home.id]


def test_a_plot_lies_where_its_middle_lies_and_is_told_with_its_holding(
    session: Session, anybody: Actor, home: Registrant, areas: dict[str, Area]
) -> None:
    held = replace(OWNED, from_day=date(2020, 5, 1))
    plot = draw_plot(session, home.number, field(1.5), held, actor=anybody)
    (told,) = plots_of(session, home, actor=anybody)

    assert plot.area_id == areas["X12"].id
    assert (told.number, told.tenure, told.use, told.crop, told.from_day) == (
        plot.number,
        "owned",
        "cropland",
        "maize",
        date(2020, 5, 1),
    )
    assert plot.number.startswith("PLOT-")


def test_a_way_round_is_closed_and_does_not_cross_itself() -> None:
    square = [(0.5, 0.5), (0.501, 0.5), (0.501, 0.501), (0.5, 0.501)]
    assert walked([*square, (0.50001, 0.5)]) is not None
    with pytest.raises(TrackTooShort):
        walked(square[:3])
    with pytest.raises(TrackOpen) as refused:
        walked([(0.5, 0.5), (0.501, 0.5), (0.502, 0.5), (0.503, 0.5001)])
    assert "0.5001, 0.5030" in refused.value.message
    with pytest.raises(DrawingCrossesItself):
        walked([*(square[at] for at in (0, 2, 1, 3)), square[0]])


def test_what_cannot_be_is_refused(
    session: Session, anybody: Actor, visitor: Actor, home: Registrant
) -> None:
    tomorrow = today() + timedelta(days=1)
    faults: list[tuple[Land | None, Held, type[Refusal]]] = [
        (None, OWNED, holdings.LandMissing),
        (field(0.5), Held("stolen", "cropland"), holdings.TenureUnknown),
        (field(0.5), Held("owned", "mining on Mars"), holdings.TenureUnknown),
        (field(0.5), replace(OWNED, from_day=tomorrow), InTheFuture),
    ]
    for land, held, refusal in faults:
        with pytest.raises(refusal):
            draw_plot(session, home.number, land, held, actor=anybody)
    with pytest.raises(Forbidden):
        draw_plot(session, home.number, field(0.5), OWNED, actor=visitor)
    with pytest.raises(holdings.HoldingUnknown):
        end_holding(session, home.number, "PLOT-2", actor=anybody)
    plot = draw_plot(
        session, home.number, field(0.5), replace(OWNED, from_day=today()), actor=anybody
    )
    before = today() - timedelta(days=1)
    with pytest.raises(holdings.EndsBeforeItBegins):
        end_holding(session, home.number, plot.number, before, actor=anybody)


def test_land_elsewhere_is_neither_written_nor_seen(
    session: Session, anybody: Actor, home: Registrant, areas: dict[str, Area]
) -> None:
    draw_plot(session, home.number, field(0.5), OWNED, actor=anybody)
    draw_plot(session, home.number, field(2.5), OWNED, actor=anybody)
    west = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X1"].id}))
    east = replace(west, area_ids=frozenset({areas["X2"].id}))
    with pytest.raises(PlaceBeyondReach):
        draw_plot(session, home.number, field(2.5), OWNED, actor=west)
    stand(session, west)
    assert len(plots_of(session, home, actor=west)) == 1
    assert session.scalar(select(func.count()).select_from(Holding)) == 2
    stand(session, east)
    assert session.scalar(select(func.count()).select_from(Holding)) == 0


def test_the_land_of_who_is_erased_is_gone(
    session: Session, anybody: Actor, home: Registrant
) -> None:
    draw_plot(session, home.number, field(0.5), OWNED, actor=anybody)
    erase(session, home.number, "asked to be forgotten", actor=anybody)

    assert session.scalar(select(func.count()).select_from(Plot)) == 0


def test_nobody_holds_a_plot_twice_at_once(
    session: Session, anybody: Actor, home: Registrant
) -> None:
    plot = draw_plot(session, home.number, field(0.5), OWNED, actor=anybody)
    again = Holding(registrant_id=home.id, plot_id=plot.id, tenure="rented", use="cropland")
    session.add(again)
    with pytest.raises(IntegrityError, match="uq_holdings_current"):
        session.flush()
