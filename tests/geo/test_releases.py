"""A hazard file becomes a release: received, read, confirmed, published, withdrawn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from core.storage import keep_file
from geo.jobs.releases import publish, read_release
from geo.models.events import Event, EventKind, EventState, LayerKind
from geo.models.exposure import AreaExposure, Exposure
from geo.models.locations import Location
from geo.models.releases import (
    ObservedRule,
    Release,
    ReleaseObserved,
    ReleasePart,
    ReleaseState,
)
from geo.queries.selections import Question, ReleaseNotAskable, answered, release_asked
from geo.services.events import (
    EventCannotTurn,
    EventClosed,
    EventKnown,
    EventUnnamed,
    Shock,
    create_event,
    turn_event,
)
from geo.services.releases import (
    Choice,
    LayerOfOtherKind,
    Meaning,
    MeaningIncomplete,
    ReasonMissing,
    ReleaseNotInState,
    choose_in_file,
    confirm_release,
    faults_of,
    receive_release,
    refuse_release,
    withdraw_release,
)
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.jobs import Silent
from tests.make.registry import make_location
from tests.places import DATA

VAMCO = DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson"
DEPTHS = [[0.0, 0.4, 0.5, 1.5], [2.0, -9999.0, 0.5, 0.2]]
DEPTH = Meaning(
    layer="Water depth",
    measure="Water depth",
    unit="m",
    observed_at=datetime(2026, 11, 19, 6, tzinfo=UTC),
    source="National Flood Centre",
    licence="CC BY 4.0",
    floor=0.2,
)
FLOOD = replace(
    DEPTH,
    layer="Flood extent",
    measure="Flooded",
    unit="",
    floor=None,
    observed_rule=ObservedRule.BOX,
)


@pytest.fixture
def received(session: Session, anybody: Actor) -> Callable[..., Release]:
    """Send a file to an event and let it be read."""

    def send(path: Path, event: Event | None = None) -> Release:
        event = event or session.scalars(select(Event)).first() or make_event(session)
        got = receive_release(session, event.id, keep_file(path), path.name, actor=anybody)
        read(session, got.release, anybody)
        return got.release

    return send


def read(session: Session, release: Release, actor: Actor) -> None:
    read_release(session, actor=actor, progress=Silent(), release_id=release.id)


def published(session: Session, release: Release, actor: Actor, meaning: Meaning) -> Release:
    confirm_release(session, release.id, meaning, actor=actor)
    publish(session, actor=actor, progress=Silent(), release_id=release.id)
    session.refresh(release)
    return release


def answers(session: Session, release: Release, **clause: Any) -> dict[float, str]:
    """What the release says, by the longitude of the place."""
    asked = answered(Question(release_id=release.id, **clause)).subquery()
    rows = select(Location.lon, asked.c.status).join(asked, asked.c.location_id == Location.id)
    return {row.lon: row.status for row in session.execute(rows)}


def test_a_raster_is_read_and_what_was_found_is_said(
    received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    assert release.state is ReleaseState.READ
    assert release.kind is LayerKind.RASTER
    found = release.found
    assert (found["crs"], found["width"], found["height"]) == ("EPSG:4326", 4, 2)
    assert (found["cells"], found["observed"], found["zeros"]) == (8, 7, 1)
    assert (found["least"], found["most"]) == (0.0, 2.0)
    assert found["nodata"] == ["-9999.0"]
    assert sum(release.histogram or []) == 6  # cells with another value than 0
    assert not found["asks_zeros"]


def test_from_upload_to_answer(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    areas = make_country(session)
    for lon in (0.5, 1.5, 2.5, 3.5, 7.0):
        make_location(session, lon, 0.5)
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    published(session, release, anybody, DEPTH)

    assert (release.state, release.number) == (ReleaseState.PUBLISHED, 1)
    assert answers(session, release, threshold=0.5) == {
        0.5: "in",
        1.5: "not_observed",
        2.5: "in",
        3.5: "out",
        7.0: "not_observed",
    }
    hit = session.get(AreaExposure, (release.id, areas["X12"].id))
    assert hit is not None
    assert hit.observed_km2 == pytest.approx(hit.hit_km2)  # only the 0.4 above was observed
    assert hit.most == pytest.approx(0.4)


def test_the_histogram_has_round_edges_from_the_floor_and_counts_each_cell_once(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))

    published(session, release, anybody, DEPTH)

    edges, counts = release.histogram_edges or [], release.histogram or []
    assert len(edges) == 257
    assert edges[:3] == [0.2, 0.21, 0.22]  # 256 bins of 0.01 reach from 0.2 to 2.0
    kept = {edges[i]: n for i, n in enumerate(counts) if n}
    assert kept == {0.2: 1, 0.4: 1, 0.5: 2, 1.5: 1, 2.0: 1}


def test_the_normal_form_keeps_the_numbers_and_the_nodata_of_the_original(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS))
    make_location(session, 0.5, 1.5)

    published(session, release, anybody, replace(DEPTH, nodata=(2.0,)))

    corners = select(func.ST_XMin(Release.bounds), func.ST_YMax(Release.bounds))
    assert session.execute(corners).one() == (0, 2)
    assert sum(release.histogram or []) == 5  # the cell of 2.0 is not observed any more


def test_zeros_that_may_be_unseen_are_asked_for(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "mask.tif", [[0, 1], [0, 1]], nodata=None, dtype="uint8")
    make_location(session, 0.5, 0.5)
    release = received(file)

    assert release.found["asks_zeros"]
    assert set(faults_of(release, FLOOD)) == {"zeros"}
    with pytest.raises(MeaningIncomplete, match="Say what 0 means"):
        confirm_release(session, release.id, FLOOD, actor=anybody)

    published(session, release, anybody, replace(FLOOD, zeros="unseen"))
    assert answers(session, release) == {0.5: "not_observed"}


def test_zeros_that_are_dry_make_places_out(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "mask.tif", [[0, 1], [0, 1]], nodata=None, dtype="uint8")
    make_location(session, 0.5, 0.5)
    make_location(session, 1.5, 0.5)
    release = received(file)

    published(session, release, anybody, replace(FLOOD, zeros="value"))

    assert answers(session, release) == {0.5: "out", 1.5: "in"}


def test_an_extent_is_cut_into_parts_and_outside_its_box_nothing_is_known(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    flood = shapely.union(shapely.box(0, 0, 1, 2), shapely.box(2, 0, 3, 1))
    for lon in (0.5, 1.5, 3.5):
        make_location(session, lon, 1.5)
    release = received(shapes_file(tmp_path / "flood.geojson", (flood, {"date": "2026-11-13"})))

    published(session, release, anybody, FLOOD)

    assert release.kind is LayerKind.EXTENT
    assert answers(session, release) == {0.5: "in", 1.5: "out", 3.5: "not_observed"}
    area = session.scalar(
        select(func.sum(func.ST_Area(ReleasePart.part))).filter_by(release_id=release.id)
    )
    assert area == pytest.approx(3.0)


def test_a_second_file_says_what_the_image_saw(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    seen = keep_file(shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 0, 2, 2), {})))
    for lon in (0.5, 1.5, 2.5):
        make_location(session, lon, 0.5)
    release = received(shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {})))

    meaning = replace(
        FLOOD, observed_rule=ObservedRule.LAYER, observed_file=("seen.geojson", seen.sha256)
    )
    published(session, release, anybody, meaning)

    assert answers(session, release) == {0.5: "in", 1.5: "out", 2.5: "not_observed"}


def test_the_whole_country_was_seen(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    make_country(session)
    make_location(session, 3.5, 0.5)
    make_location(session, 5.0, 0.5)
    release = received(shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {})))

    published(session, release, anybody, replace(FLOOD, observed_rule=ObservedRule.COUNTRY))

    assert answers(session, release) == {3.5: "out", 5.0: "not_observed"}


def test_an_extent_without_a_word_on_what_was_seen_is_not_confirmed(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {})))

    assert set(faults_of(release, replace(FLOOD, observed_rule=None))) == {"observed_rule"}
    by_file = replace(FLOOD, observed_rule=ObservedRule.LAYER)
    assert set(faults_of(release, by_file)) == {"observed_file"}


def test_polygons_carry_values_from_a_column(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    deep, shallow = (shapely.box(0, 0, 1, 1), {"d": 2.0}), (shapely.box(0, 0, 2, 1), {"d": 0.5})
    make_location(session, 0.5, 0.5)
    make_location(session, 1.5, 0.5)
    release = received(shapes_file(tmp_path / "classes.geojson", shallow, deep))

    assert release.found["numeric"] == ["d"]
    published(session, release, anybody, replace(FLOOD, value_field="d"))

    assert answers(session, release, threshold=1.0) == {0.5: "in", 1.5: "out"}


def test_the_unosat_extent_of_vamco_measures_what_was_published(
    received: Callable[..., Release], session: Session
) -> None:
    release = received(VAMCO)

    assert release.state is ReleaseState.READ
    assert release.found["km2"] == pytest.approx(970.53, rel=0.003)  # DATA/MANIFEST.md, geodesic
    points = select(func.max(func.ST_NPoints(ReleasePart.part))).filter_by(release_id=release.id)
    assert (session.scalar(points) or 0) <= 257


def test_a_file_that_cannot_be_used_is_refused_with_its_sentence(
    received: Callable[..., Release],
) -> None:
    release = received(DATA / "nasty" / "rasterio_RGBA.uint16.tif")

    assert release.state is ReleaseState.REFUSED
    assert "picture" in (release.refusal or "")
    assert release.grid_sha256 is None


def test_an_analyst_chooses_what_the_file_does_not_say(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "depth.tif", DEPTHS, crs=None))
    assert "coordinate system" in str(release.refusal)

    choose_in_file(session, release.id, Choice(crs="EPSG:4326"), actor=anybody)
    read(session, release, anybody)

    assert release.state is ReleaseState.READ
    assert release.found["crs"] == "EPSG:4326"


def test_the_same_bytes_are_the_release_they_already_are(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "depth.tif", DEPTHS)
    release = received(file)
    other = make_event(session, "Another flood")

    again = receive_release(session, other.id, keep_file(file), "copy.tif", actor=anybody)

    assert again.known
    assert again.release.id == release.id


def test_a_file_refused_before_may_be_sent_again(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "depth.tif", DEPTHS)
    first = received(file)
    refuse_release(session, first.id, "An older model run", actor=anybody)

    assert received(file).id != first.id


def test_a_newer_release_of_the_layer_supersedes_the_one_before(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    first = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, first, anybody, DEPTH)
    second = received(depth_file(tmp_path / "2.tif", [[1.0, 1.0], [1.0, 1.0]]))

    published(session, second, anybody, DEPTH)

    session.refresh(first)
    assert (first.state, first.number) == (ReleaseState.SUPERSEDED, 1)
    assert (second.state, second.number) == (ReleaseState.PUBLISHED, 2)


def test_a_release_of_another_layer_supersedes_nothing(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    first = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, first, anybody, DEPTH)
    second = received(depth_file(tmp_path / "2.tif", [[1.0, 1.0], [1.0, 1.0]]))

    published(session, second, anybody, replace(DEPTH, layer="Forecast"))

    session.refresh(first)
    assert first.state is ReleaseState.PUBLISHED


def test_a_layer_keeps_its_measure(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    first = received(depth_file(tmp_path / "1.tif", DEPTHS))
    confirm_release(session, first.id, DEPTH, actor=anybody)
    second = received(depth_file(tmp_path / "2.tif", [[1.0, 1.0], [1.0, 1.0]]))

    with pytest.raises(LayerOfOtherKind, match="Water depth in m"):
        confirm_release(session, second.id, replace(DEPTH, unit="cm"), actor=anybody)


def test_a_withdrawn_release_is_not_asked(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, release, anybody, DEPTH)
    with pytest.raises(ReasonMissing):
        withdraw_release(session, release.id, " ", actor=anybody)

    withdraw_release(session, release.id, "The river gauge was wrong", actor=anybody)

    assert release.state is ReleaseState.WITHDRAWN
    with pytest.raises(ReleaseNotAskable, match="withdrawn"):
        release_asked(session, Question(release_id=release.id))


def test_a_release_goes_only_the_way_of_its_states(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))

    with pytest.raises(ReleaseNotInState, match="read; that can be done only while it is confirm"):
        publish(session, actor=anybody, progress=Silent(), release_id=release.id)
    with pytest.raises(ReleaseNotInState):
        withdraw_release(session, release.id, "No", actor=anybody)
    published(session, release, anybody, DEPTH)
    with pytest.raises(ReleaseNotInState):
        confirm_release(session, release.id, DEPTH, actor=anybody)


def test_a_closed_event_takes_no_files(session: Session, anybody: Actor, tmp_path: Path) -> None:
    event = make_event(session)
    turn_event(session, event.id, EventState.CLOSED, actor=anybody)
    kept = keep_file(depth_file(tmp_path / "1.tif", DEPTHS))

    with pytest.raises(EventClosed):
        receive_release(session, event.id, kept, "1.tif", actor=anybody)
    with pytest.raises(EventCannotTurn):
        turn_event(session, event.id, EventState.ACTIVE, actor=anybody)


def test_every_act_asks_for_its_own_permission(
    session: Session, anybody: Actor, visitor: Actor, received: Callable[..., Release],
    tmp_path: Path,
) -> None:  # fmt: skip
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))
    kept = keep_file(tmp_path / "1.tif")
    acts: list[Callable[[], object]] = [
        lambda: receive_release(session, release.event_id, kept, "1.tif", actor=visitor),
        lambda: confirm_release(session, release.id, DEPTH, actor=visitor),
        lambda: publish(session, actor=visitor, progress=Silent(), release_id=release.id),
        lambda: withdraw_release(session, release.id, "No", actor=visitor),
        lambda: refuse_release(session, release.id, "No", actor=visitor),
        lambda: choose_in_file(session, release.id, Choice(), actor=visitor),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_each_act_leaves_an_entry(
    session: Session, anybody: Actor, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))
    published(session, release, anybody, DEPTH)
    withdraw_release(session, release.id, "Wrong gauge", actor=anybody)

    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [f"releases.{act}" for act in ("receive", "confirm", "publish", "withdraw")]


def test_what_was_observed_of_a_raster_is_its_outline(
    session: Session, received: Callable[..., Release], tmp_path: Path
) -> None:
    release = received(depth_file(tmp_path / "1.tif", DEPTHS))

    seen = session.scalar(
        select(func.ST_Area(ReleaseObserved.part)).filter_by(release_id=release.id)
    )
    assert seen == pytest.approx(8.0)
    assert session.scalar(select(func.count()).select_from(Exposure)) == 0


def test_an_event_is_written_down_once(session: Session, anybody: Actor) -> None:
    shock = Shock(" Typhoon  Vamco ", EventKind.STORM, datetime(2020, 11, 11, tzinfo=UTC))

    event = create_event(session, shock, actor=anybody)

    assert (event.name, event.state) == ("Typhoon Vamco", EventState.ACTIVE)
    with pytest.raises(EventUnnamed):
        create_event(session, replace(shock, name=" "), actor=anybody)
    with pytest.raises(EventKnown, match="Typhoon Vamco"):
        create_event(session, shock, actor=anybody)
