"""Households that are counted by cell: a thousand in the made country, and both ways of counting.

Many stand on a lattice so that cells hold several and borders are met, some are known by a circle
or by their area alone, and the release has values, gaps and places not yet asked.
"""

import uuid
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.exposure import Exposure, ExposureStatus
from geo.models.locations import Location, LocationSource
from geo.models.releases import Direction, Release
from geo.queries.selections import Question
from geo.raster.reasons import Reason
from geo.vector.cover import CELL
from registry.counting.sums import Tally
from registry.models.registrants import (
    Group,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
)
from registry.queries.answers import bins_of, plainly
from registry.queries.household_cells import quickly
from registry.queries.tallies import Asking
from tests.make.exposure import (
    make_area_graded,
    make_due,
    make_exposure,
    make_graded,
    make_water,
)

ON = date(2026, 11, 19)
EDGES = [i / 10 for i in range(31)]
HOUSEHOLDS = 240


def settle_people(session: Session, areas: dict[str, Area], release: Release) -> None:
    chance = np.random.default_rng(20261119)
    places = [_place(areas, lon, lat) for lon, lat in _spots(chance)]
    session.add_all(places)
    session.flush()
    make_exposure(session, release, dict(_said(chance, places)))
    _set_apart(session, release, places)
    for place in places[:3]:
        make_due(session, release, place)
    without_point = [areas[code].id for code in ("X11", "X12", "X22")]
    stand: list[tuple[int | None, int | None]] = [(p.id, p.area_id) for p in places]
    stand += [(None, area_id) for area_id in (*without_point, None)]
    households = [_registrant(i, RegistrantKind.GROUP, *at) for i, at in enumerate(stand)]
    families = [h for h in households if chance.random() < 0.3]
    people = [_registrant(i, RegistrantKind.INDIVIDUAL) for i in range(len(families))]
    session.add_all(households + people)
    session.flush()
    session.add_all(Group(registrant_id=h.id) for h in households)
    session.add_all(_individual(chance, person.id) for person in people)
    session.add_all(
        Membership(group_id=h.id, member_id=p.id, kind="head")
        for h, p in zip(families, people, strict=True)
    )
    session.flush()
    _grade(session, chance, release, places, areas)


def _set_apart(session: Session, release: Release, places: list[Location]) -> None:
    """Why the places were not observed, and of some that are out that they stand in water."""
    chance = np.random.default_rng(22)
    said = select(Exposure).where(Exposure.release_id == release.id)
    told = {row.location_id: row for row in session.scalars(said)}
    for place in places:
        if place.id not in told and chance.random() < 0.2:
            make_water(session, release, place)
    for row in told.values():
        if row.status is ExposureStatus.NOT_OBSERVED:
            row.why = int(chance.choice([Reason.NODATA, Reason.EXCLUDED, Reason.CLOUD]))
    session.flush()


def _grade(
    session: Session,
    chance: np.random.Generator,
    release: Release,
    places: list[Location],
    areas: dict[str, Area],
) -> None:
    """Of places nothing was said of yet half are circles; three districts are not of one value."""
    told = set(session.scalars(select(Exposure.location_id)))
    shallow = np.random.default_rng(23)
    for place in places:
        if place.id not in told and chance.random() < 0.5:
            seen, curve = float(chance.choice([1.0, 0.5])), _sixteen(chance, release)
            if release.direction is Direction.AT_LEAST and shallow.random() < 0.4:
                curve = [min(value, 0.4) for value in curve]
            make_graded(session, release, place, curve, seen)
    for code, seen in (("X11", 1.0), ("X12", 0.75), ("X22", 1.0)):
        make_area_graded(session, release, areas[code], _sixteen(chance, release), seen)


def _sixteen(chance: np.random.Generator, release: Release) -> list[float]:
    """Values of a circle, one at least on the keep side of the floor, some of them often not."""
    beyond = 0.0 if release.direction is Direction.AT_LEAST else 9.0
    dry = int(chance.integers(0, 15)) * int(chance.integers(0, 2))
    return [beyond] * dry + [_depth(chance) for _ in range(16 - dry)]


def _place(areas: dict[str, Area], lon: float, lat: float) -> Location:
    district = areas[f"X{1 + (lon >= 2)}{1 + (int(lon) % 2)}"]
    return Location(lon=lon, lat=lat, source=LocationSource.GPS, area_id=district.id)


def _registrant(
    number: int, kind: RegistrantKind, location_id: int | None = None, area_id: int | None = None
) -> Registrant:
    given = {"location_id": location_id, "area_id": area_id}
    return Registrant(kind=kind, name="Doro", code=f"{kind}-{number}-{uuid.uuid4()}", **given)


def _individual(chance: np.random.Generator, registrant_id: int) -> Individual:
    born = date(int(chance.integers(1940, 2026)), 5, 17)
    sex = str(chance.choice(["female", "male"]))
    return Individual(registrant_id=registrant_id, sex=sex, birth_date=born)


def _spots(chance: np.random.Generator) -> Iterator[tuple[float, float]]:
    """Half anywhere in the country, half on the corners of cells in a village."""
    yield from chance.uniform((0, 0), (4, 2), (HOUSEHOLDS // 2, 2)).tolist()
    for step in chance.integers(0, 12, (HOUSEHOLDS // 2, 2)).tolist():
        yield 1.3 + step[0] * CELL / 2, 0.7 + step[1] * CELL / 2


def _said(
    chance: np.random.Generator, places: list[Location]
) -> Iterator[tuple[Location, float | None]]:
    for place in places:
        if chance.random() < 0.6:
            yield place, None if chance.random() < 0.2 else _depth(chance)


def _depth(chance: np.random.Generator) -> float:
    """Often on an edge of a bin, as values of classes are."""
    return float(chance.choice([0.1, 0.5, 0.7, 3.0, 3.4, chance.uniform(0.1, 3)]))


def both_ways(
    session: Session, question: Question, release: Release, actor: Actor
) -> tuple[tuple[Tally, int] | None, tuple[Tally, int]]:
    asking = Asking(question, actor, bins_of(release), 2, ON)
    return quickly(session, asking), plainly(session, asking)


def same(session: Session, question: Question, release: Release, actor: Actor) -> tuple[Tally, int]:
    quick, plain = both_ways(session, question, release, actor)
    assert quick is not None
    assert quick[0].counts == plain[0].counts
    assert quick[0].bins.tolist() == plain[0].bins.tolist()
    assert quick[0].expected == pytest.approx(plain[0].expected)
    assert dict(quick[0].apart) == dict(plain[0].apart)
    assert quick[1] == plain[1]
    return quick


def star(seed: int) -> bytes:
    chance = np.random.default_rng(seed)
    turn = np.sort(chance.uniform(0, 2 * np.pi, int(chance.integers(3, 40))))
    reach = chance.uniform(0.1, 1.5, len(turn))
    middle = chance.uniform((0.5, 0.3), (3.5, 1.7))
    at = np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None] + middle
    shape = shapely.make_valid(shapely.Polygon(at))
    pieces = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return bytes(shapely.to_wkb(shapely.MultiPolygon(pieces)))
