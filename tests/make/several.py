"""A flood and a storm over the made country: each answer of one meets each answer of the other."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from geo.models.areas import Area
from geo.models.events import Event
from geo.models.locations import Location
from geo.models.releases import Release
from tests.make.exposure import make_exposure, make_graded
from tests.make.geo import make_country, make_event, make_release
from tests.make.registry import make_location

DEEP, WINDY = 0.5, 25.0
A_QUARTER = [1.0] * 4 + [0.2] * 12  # of a circle's ground is 0.5 m deep
THREE_QUARTERS = [30.0] * 12 + [15.0] * 4  # of it has a wind of 25 m/s
ANSWERS = ("in", "probable", "out", "not_observed")


@dataclass
class Several:
    """Sixteen places; `places[flood, storm]` has that answer of the flood at 0.5 m, and this one of
    the storm at 25 m/s. Of circles a quarter is deep, and three quarters are windy."""

    areas: dict[str, Area]
    event: Event
    flood: Release
    storm: Release
    places: dict[tuple[str, str], Location]


def make_several(session: Session) -> Several:
    """The sixteen places stand in a row in district X11, 50 km apart from all else."""
    areas = make_country(session)
    event = make_event(session)
    edges = [n / 10 for n in range(31)]
    flood = make_release(session, event, floor=0.1, unit="m", histogram_edges=edges)
    storm = make_release(session, event, floor=10.0, unit="m/s", measure="Wind speed")
    pairs = [(of_flood, of_storm) for of_flood in ANSWERS for of_storm in ANSWERS]
    west = areas["X11"].id
    places = {
        pair: make_location(session, 0.01 + 0.05 * n, 1.0, area_id=west, accuracy_m=100.0)
        for n, pair in enumerate(pairs)
    }
    for release, side, curve, deep in (
        (flood, 0, A_QUARTER, 1.2),
        (storm, 1, THREE_QUARTERS, 33.0),
    ):
        said = {"in": deep, "not_observed": None}
        make_exposure(
            session,
            release,
            {place: said[pair[side]] for pair, place in places.items() if pair[side] in said},
        )
        for pair, place in places.items():
            if pair[side] == "probable":
                make_graded(session, release, place, curve)
    return Several(areas, event, flood, storm, places)
