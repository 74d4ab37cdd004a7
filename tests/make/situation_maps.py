"""A kept list worth a situation map: eleven households in the country X, seven of them together."""

from datetime import date
from math import inf

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.events import LayerKind
from geo.models.locations import Location
from geo.models.releases import ReleaseObserved, ReleasePart
from geo.queries.selections import Question
from geo.services.areas import shape_areas
from geo.vector.drawings import drawn
from registry.models.rosters import Roster
from registry.services.rosters import keep_list
from tests.make.exposure import make_area_graded, make_exposure
from tests.make.geo import make_country, make_event, make_release
from tests.make.registry import make_household, make_location, make_person

TOGETHER = [(0.3 + i / 1e4, 1.0, "X11") for i in range(7)]  # all but the last one flooded
APART = [(2.2, 1.0, "X21"), (2.9, 1.5, "X21"), (3.5, 0.5, "X22")]  # the first one not observed


def make_mapped_list(
    session: Session, actor: Actor, areas: dict[str, Area] | None = None
) -> Roster:
    """The list "Lower <Oru>" of an extent in the west of the country, drawn round all of it.

    In are 6 households in X1 with 4 people: a girl of three, a boy of ten, a woman and a man. Out
    are 1 in X1 and 2 in X2; in X2 1 is not observed and 1, known by its district alone, probable: a
    quarter of X22 is flooded.
    """
    areas = areas or make_country(session)
    shape_areas(session)
    event = make_event(session, glide="FL-2026-000811-XXX")
    release = make_release(
        session,
        event,
        kind=LayerKind.EXTENT,
        measure="Flooded",
        floor=0.0,
        number=2,
        source="National <Flood> Centre",
        licence="CC BY 4.0",
    )
    water = from_shape(shapely.box(0.1, 0.4, 0.6, 1.4), 4326)
    seen = from_shape(shapely.box(0, 0, 2, 2), 4326)
    session.add(ReleasePart(release_id=release.id, value=1.0, part=water))
    session.add(ReleaseObserved(release_id=release.id, part=seen))
    places = _households(session, areas)
    make_exposure(session, release, dict.fromkeys(places[:6], 1.0) | {places[7]: None})
    make_area_graded(session, release, areas["X22"], [-inf] * 12 + [1.0] * 4)
    question = Question(shape=drawn([[(0, 0), (4, 0), (4, 2), (0, 2)]]), release_id=release.id)
    return session.get_one(
        Roster, keep_list(session, question, "Lower <Oru>", actor=actor).roster_id
    )


def _households(session: Session, areas: dict[str, Area]) -> list[Location]:
    places = [make_location(session, x, y, area_id=areas[at].id) for x, y, at in TOGETHER + APART]
    households = [make_household(session, place, name="Doro, Amina") for place in places]
    for birth, sex in ((2023, "female"), (2016, "male"), (1990, "female"), (1985, "male")):
        make_person(session, households[0], sex=sex, birth_date=date(birth, 1, 1))
    make_household(session, area_id=areas["X22"].id)
    return places
