"""How well it is known where registrants stand: by area, in one statement over all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.country import country
from geo.models.areas import Area
from geo.models.locations import Location
from geo.models.place_checks import Doubt, PlaceCheck
from geo.queries.areas import in_force
from geo.queries.reach import shown_to, within_reach
from registry.counting.rounding import rounded
from registry.models.place_counts import PlaceCount, StalePlaces
from registry.models.registrants import Individual, Registrant, RegistrantKind, RegistrantState
from registry.permissions import May
from registry.queries.answers import fewest
from registry.queries.place_lists import AREA_ONLY, DIVIDED, NOWHERE, SHARED, left_over
from registry.queries.reach import people_within_reach

ACCURATE = {"to_20": 20.0, "to_100": 100.0, "to_500": 500.0}  # metres, up to
MONTH = timedelta(days=365.25 / 12)
DOUBTS = tuple(doubt.value for doubt in Doubt)
NAMES = (
    *("all", "points", AREA_ONLY, NOWHERE, SHARED, DIVIDED),
    *(*ACCURATE, "beyond_500", "accuracy_unknown"),
    *("this_year", "to_5_years", "older", "age_unknown"),
    *("doubted", *DOUBTS),
)


@dataclass(frozen=True)
class Places:
    """The places of registrants who stand for themselves in an area; `n` counts by name (NAMES).

    The name of the area is empty where it is not known.
    """

    pcode: str
    name: str
    n: Mapping[str, int]

    def share(self, of: str) -> float:
        """The share of all of them, 0 to 1; of nobody it is 0."""
        return min(self.n[of] / self.n["all"], 1.0) if self.n["all"] else 0.0


@dataclass(frozen=True)
class Health:
    """The places of an area, or of the country, and of each area directly in it.

    `base` is what figures are rounded to for who may only count; 1 where they are exact.
    """

    area: Area | None
    level: int
    whole: Places
    areas: Sequence[Places]
    base: int = 1


def place_health(session: Session, area: Area | None = None, *, actor: Actor) -> Health:
    """How well places are known, below an area; without one, in the country.

    Those whose area is not known count in the country alone. Who may count people but not read of
    them is told figures rounded as in public files, each for itself, so that none tells of a few.

    Raises:
        Forbidden
    """
    actor.require(May.COUNT_REGISTRANTS)
    base = 1 if actor.may(May.READ_REGISTRANTS) else coarseness()
    top = area or session.scalar(select(Area).where(in_force(), Area.level == 0))
    level = top.level + 1 if top else 1
    rows = _counted(session, level, actor, top if area else None)
    named = select(Area.id, Area.pcode, Area.name)
    below = named.where(in_force(), Area.level == level, shown_to(actor))
    if top is not None:
        below = below.where(Area.path.contains([top.id]))
    nothing = dict.fromkeys(NAMES, 0)
    areas = [
        Places(each.pcode, each.name, _rounded(rows.get(each.id, nothing), base))
        for each in session.execute(below.order_by(Area.name, Area.pcode))
    ]
    sums = {name: sum(row[name] for row in rows.values()) for name in NAMES}
    told = _rounded(sums, base)
    whole = Places(top.pcode if top else "", top.name if top else "", told)
    return Health(area, level, whole, areas, base)


def coarseness() -> int:
    """What figures are rounded to for who may only count: at least twice what tells of a few."""
    return max(country().rounding, 2 * fewest())


def _rounded(n: Mapping[str, int], base: int) -> dict[str, int]:
    """Counts as they may be told: each to the nearest multiple, none but zero to zero."""
    return {name: rounded(count, base) or 0 for name, count in n.items()}


def _counted(
    session: Session, level: int, actor: Actor, area: Area | None
) -> dict[int | None, dict[str, int]]:
    """The counts by area of a level, None for those in none: what was counted before, and where
    that is stale, or asked by somebody who sees single people alone, what is so now."""
    if actor.people is not None:
        return _added_up(session, [_now(level, actor, area, None)])
    stale = select(StalePlaces.area_id)
    return _added_up(session, [_before(level, actor, area, stale), _now(level, actor, area, stale)])


def _added_up(session: Session, queries: Sequence[Select[Any]]) -> dict[int | None, dict[str, int]]:
    rows: dict[int | None, dict[str, int]] = {}
    for query in queries:
        for of, *counts in session.execute(query):
            found = rows.setdefault(of, dict.fromkeys(NAMES, 0))
            for name, count in zip(NAMES, counts, strict=True):
                found[name] += count or 0
    return rows


def _before(level: int, actor: Actor, area: Area | None, stale: Select[int]) -> Select[Any]:
    """What was counted before, of areas that nothing changed in since."""
    lies_in = aliased(Area)
    sums = [func.sum(PlaceCount.n[at + 1]) for at in range(len(NAMES))]
    counted = (
        select(lies_in.path[level + 1].label("of"), *sums)
        .select_from(PlaceCount)
        .outerjoin(lies_in, lies_in.id == PlaceCount.area_id)
        .where(PlaceCount.area_id.not_in(stale), within_reach(actor, PlaceCount.area_id))
        .group_by("of")
    )
    return counted if area is None else counted.where(lies_in.path.contains([area.id]))


def _now(level: int, actor: Actor, area: Area | None, among: Select[int] | None) -> Select[Any]:
    """What is so now; with `among`, in these areas alone."""
    stands = _stands(actor, area, among)
    lies_in = aliased(Area)
    counted = select(lies_in.path[level + 1].label("of"), *_figures(stands)).group_by("of")
    return counted.outerjoin_from(stands, lies_in, lies_in.id == stands.c.area_id)


def counts_by_area(actor: Actor, among: Select[int]) -> Select[Any]:
    """The key of each of these areas somebody is in, 0 for none, and the counts as one array."""
    stands = _stands(actor, None, among)
    figures: Any = array([cast(each, Integer) for each in _figures(stands)])
    area_id = func.coalesce(stands.c.area_id, 0)
    counted: list[Any] = [area_id.label("area_id"), figures.label("n")]
    return select(*counted).group_by(area_id)


def _stands(actor: Actor, area: Area | None, among: Select[int] | None = None) -> Subquery:
    """One row each who stands for itself: area, spot, accuracy, age and doubts of its place."""
    both = (_people(actor, area, among, groups=groups) for groups in (True, False))
    who = union_all(*both).subquery("who")
    spots = (
        select(
            who.c.id,
            who.c.area_id,
            who.c.location_id,
            Location.lon,
            Location.accuracy_m,
            Location.taken_at,
            PlaceCheck.codes,
            func.count()
            .over(partition_by=(Location.cell, Location.lon, Location.lat))
            .label("at_spot"),
        )
        .outerjoin(Location, Location.id == who.c.location_id)
        .outerjoin(PlaceCheck, PlaceCheck.location_id == who.c.location_id)
    )
    return spots.subquery("stands")


def _people(
    actor: Actor, area: Area | None, among: Select[int] | None, *, groups: bool
) -> Select[Any]:
    kind = RegistrantKind.GROUP if groups else RegistrantKind.INDIVIDUAL
    columns: list[Any] = [Registrant.id, Registrant.area_id, Registrant.location_id]
    who = select(*columns).where(
        Registrant.kind == kind,
        Registrant.state == RegistrantState.ACTIVE,
        people_within_reach(actor, Registrant.id, Registrant.area_id),
    )
    if not groups:
        alone = Individual.counted_in.is_(None)
        who = who.join(Individual, (Individual.registrant_id == Registrant.id) & alone)
    if area is not None:
        below = select(Area.id).where(Area.path.contains([area.id]))
        who = who.where(Registrant.area_id.in_(below))
    if among is not None:
        who = who.where(func.coalesce(Registrant.area_id, 0).in_(among))
    return who


def _figures(stands: Subquery) -> list[ColumnElement[int]]:
    """The counts of NAMES, in their order."""
    pointed, accuracy, taken = stands.c.lon.is_not(None), stands.c.accuracy_m, stands.c.taken_at
    now, at = datetime.now(UTC), country()
    fresh, old = now - at.fresh_months * MONTH, now - at.old_months * MONTH
    edges = [0.0, *ACCURATE.values()]
    accurate = [
        and_(accuracy <= most, accuracy > least if least else literal(True))
        for least, most in pairwise(edges)
    ]
    codes = stands.c.codes
    conditions: list[ColumnElement[bool]] = [
        literal(True),
        pointed,
        and_(~pointed, stands.c.area_id.is_not(None)),
        and_(~pointed, stands.c.area_id.is_(None)),
        and_(pointed, stands.c.at_spot > 1),
        left_over(stands.c.lon, stands.c.location_id, stands.c.id, stands.c.area_id),
        *(and_(pointed, each) for each in accurate),
        and_(pointed, accuracy > edges[-1]),
        and_(pointed, accuracy.is_(None)),
        and_(pointed, taken >= fresh),
        and_(pointed, taken < fresh, taken >= old),
        and_(pointed, taken < old),
        and_(pointed, taken.is_(None)),
        func.cardinality(codes) > 0,
        *(codes.contains([code]) for code in DOUBTS),
    ]
    return [func.count(case((each, 1))) for each in conditions]
