"""Two releases of one layer, and a household for each thing that can become of one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from geo.models.areas import Area
from geo.models.events import Event, Layer, LayerKind
from geo.models.releases import Release
from geo.queries.differences import Change, Pair
from tests.make.exposure import make_exposure
from tests.make.geo import make_country, make_event, make_release
from tests.make.registry import make_household, make_location, make_person

OUT = object()  # observed, and no row is kept
BECOMES: dict[Change, tuple[Any, Any]] = {  # metres before and after; None is not observed
    Change.ENTER: (0.3, 0.7),
    Change.LEAVE: (0.7, OUT),
    Change.CHANGE_CLASS: (0.7, 1.0),
    Change.STAY_IN: (0.5, 0.9),
    Change.STAY_OUT: (OUT, 0.3),
    Change.NOW_IN: (None, 0.7),
    Change.NOW_OUT: (None, OUT),
    Change.WAS_IN: (0.7, None),
    Change.WAS_OUT: (0.3, None),
    Change.UNSEEN: (None, None),
}


@dataclass
class TwoReleases:
    """Two releases of one layer, floor 0.2 m, classes from 0.5 and 1 m; a household of two people
    for each thing that can become of one, two that enter, and one without a place."""

    areas: dict[str, Area]
    event: Event
    layer: Layer
    pair: Pair


def make_two_releases(session: Session) -> TwoReleases:
    """The made country, and what `TwoReleases` says."""
    areas, event = make_country(session), make_event(session)
    layer = Layer(
        event_id=event.id, name="Depth", kind=LayerKind.RASTER, measure="Water depth", unit="m"
    )
    session.add(layer)
    session.flush()
    before, after = (make_release_of(session, event, layer, number) for number in (1, 2))
    values: dict[int, dict[Any, float | None]] = {before.id: {}, after.id: {}}
    for at, metres in enumerate([*BECOMES.values(), BECOMES[Change.ENTER]]):
        place = make_location(session, 0.05 * (at + 1), 0.5, area_id=areas["X11"].id)
        home = make_household(session, place)
        for _person in range(2):
            make_person(session, home)
        for release, depth in zip((before, after), metres, strict=True):
            if depth is not OUT:
                values[release.id][place] = depth
    for release in (before, after):
        make_exposure(session, release, values[release.id])
    make_household(session)
    return TwoReleases(areas, event, layer, Pair(before, after))


def make_release_of(
    session: Session, event: Event, layer: Layer, number: int, **given: Any
) -> Release:
    """A published release of a layer, without its file."""
    said = {"kind": LayerKind.RASTER, "measure": "Water depth", "unit": "m", "floor": 0.2}
    return make_release(session, event, layer_id=layer.id, number=number, **{**said, **given})
