"""Hazard clauses: from which value of a release on a place counts as in; several of them at once.

Several are put together so that nothing that was not observed is taken for dry and nothing probable
for sure. Of *all of* them whoever is out of one is out, else whoever one did not observe is not
observed. Of the *worst of* them whoever is in by one is in, and out is only who is out of each. How
hazards lie on one place together is not known, so what is expected of the probable is a bound: of
all of them at most the least share, of the worst of them at least the largest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    REAL,
    ColumnElement,
    Double,
    Label,
    Select,
    SmallInteger,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid, NotFound
from geo.models.areas import Area
from geo.models.exposure import AreaExposure, Exposure, ExposureDue, ExposureStatus
from geo.models.locations import Location
from geo.models.releases import Direction, Release, ReleaseState
from geo.models.selections import Together
from geo.queries.exposure import (
    IN,
    NOT_OBSERVED,
    OUT,
    PROBABLE,
    area_possibly,
    area_share_at,
    area_status_at,
    area_surely,
    area_why_at,
    possibly,
    share_at,
    status_at,
    surely,
    why_at,
)

ASKABLE = (ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED)
MOST_CLAUSES = 4

# The answers in the order in which one of them decides, whatever the others are.
DECIDES = {
    Together.ALL: (OUT, NOT_OBSERVED, PROBABLE, IN),
    Together.WORST: (IN, PROBABLE, NOT_OBSERVED, OUT),
}


class ReleaseNotAskable(Conflict):
    """This release is {state}, so nothing can be asked of it; choose one that is published."""


class ThresholdBeyondFloor(Invalid):
    """Values beyond {floor} {unit} were not kept of this release, so {threshold} cannot be asked;
    choose a threshold from {floor} on, or publish the release again with another floor."""


class ThresholdNotAboveZero(Invalid):
    """Only values above 0 were kept of this release, so {threshold} cannot be asked; choose a
    threshold above 0, or publish the release again with a floor."""


class TooManyClauses(Invalid):
    """{count} hazards are asked at once; ask at most {most}."""


@dataclass(frozen=True)
class HazardClause:
    """From which value of a release on (or down) a place counts; without one from its floor."""

    release_id: int
    threshold: float | None = None


@dataclass(frozen=True)
class ClauseAsked:
    """A clause with its release."""

    release: Release
    threshold: float | None


def clauses_kept(session: Session, clauses: Sequence[HazardClause]) -> list[ClauseAsked]:
    """Clauses that were asked once, with their releases, withdrawn or not."""
    return [
        ClauseAsked(session.get_one(Release, clause.release_id), clause.threshold)
        for clause in clauses
    ]


def clauses_asked(session: Session, clauses: Sequence[HazardClause]) -> list[ClauseAsked]:
    """Clauses with the releases they ask, once it is clear that those can answer.

    Raises:
        TooManyClauses, and what `clause_asked` refuses.
    """
    if len(clauses) > MOST_CLAUSES:
        raise TooManyClauses(count=len(clauses), most=MOST_CLAUSES)
    return [clause_asked(session, clause) for clause in clauses]


def clause_asked(session: Session, clause: HazardClause) -> ClauseAsked:
    """A clause with the release it asks, once it is clear that it can answer.

    Raises:
        NotFound: there is no such release.
        ReleaseNotAskable: it is not published, or was withdrawn.
        ThresholdBeyondFloor, ThresholdNotAboveZero: values on that side of its floor were not kept.
    """
    release = session.get(Release, clause.release_id)
    if release is None:
        raise NotFound(release=clause.release_id)
    if release.state not in ASKABLE:
        raise ReleaseNotAskable(state=release.state)
    if clause.threshold is not None:
        _refuse_beyond_floor(release, clause.threshold)
    return ClauseAsked(release, clause.threshold)


def places_in(release_id: int, threshold: float | None) -> Select[int]:
    """The keys of just those places that `status_at` says are in, found from what was stored of
    the release; none of a threshold beyond its floor.

    The release itself is looked at once and not for every place, so that the planner may probe the
    rows of a few places or read all of them.
    """
    met = true() if threshold is None else _is_met(Exposure.value, release_id, threshold)
    point = and_(Exposure.curve.is_(None), met)
    ends = (_is_met(end, release_id, threshold) for end in (Exposure.low, Exposure.high))
    circle = and_(Exposure.curve.is_not(None), *ends, Exposure.seen == 1)
    due = select(ExposureDue.location_id).where(
        ExposureDue.release_id == release_id, ExposureDue.location_id == Exposure.location_id
    )
    return (
        select(Exposure.location_id)
        .where(Exposure.release_id == release_id, Exposure.status == ExposureStatus.IN)
        .where(or_(point, circle), _of(release_id, _can_be_asked(threshold)), not_(due.exists()))
    )


def _is_met(value: Any, release_id: int, threshold: float | None) -> ColumnElement[bool]:
    """Whether a stored value lies on the release's side of a threshold, or of its floor, or without
    that above zero, or is not known; said so that the planner expects half of them."""
    floor = _of(release_id, Release.floor)
    bound = cast(floor if threshold is None else literal(threshold), REAL)
    at_most = _of(release_id, Release.direction) == Direction.AT_MOST
    met = case((bound.is_(None), value > 0), (at_most, value <= bound), else_=value >= bound)
    return or_(value.is_(None), met)


def _can_be_asked(threshold: float | None) -> ColumnElement[bool]:
    """Whether a release is in use, and values at a threshold were kept of it."""
    if threshold is None:
        return Release.state.in_(ASKABLE)
    above = and_(Release.direction == Direction.AT_LEAST, Release.floor > threshold)
    below = and_(Release.direction == Direction.AT_MOST, Release.floor < threshold)
    beyond_floor = func.coalesce(or_(above, below), false())
    return and_(Release.state.in_(ASKABLE), not_(beyond_floor))


def _of(release_id: int, told: ColumnElement[Any] | Any) -> Any:
    """What one release says of itself, asked once."""
    asked = select(told).select_from(Release).where(Release.id == release_id)
    return asked.correlate(None).scalar_subquery()


def places_told(clauses: Sequence[HazardClause], together: Together) -> Select[Any]:
    """What hazards say of each place with a point: `location_id, status, share, why, value, surely,
    possibly`; the last three are those of the first hazard. Without a hazard every place is in."""
    if not clauses:
        return select(Location.id.label("location_id"), *_unasked())
    return _put_together(together, [_place_told(clause) for clause in clauses], "location_id")


def areas_told(clauses: Sequence[HazardClause], together: Together) -> Select[Any]:
    """What hazards say of each area, as of places: `area_id` and the same columns."""
    if not clauses:
        return select(Area.id.label("area_id"), *_unasked())
    return _put_together(together, [_area_told(clause) for clause in clauses], "area_id")


def _unasked() -> list[Label[Any]]:
    nothing = cast(null(), REAL)
    whole = cast(literal(1.0), Double)
    return [
        literal(IN, String).label("status"),
        whole.label("share"),
        cast(null(), SmallInteger).label("why"),
        *(nothing.label(name) for name in ("value", "surely", "possibly")),
    ]


def _place_told(clause: HazardClause) -> Select[Any]:
    release_id, threshold = clause.release_id, clause.threshold
    exposed = and_(Exposure.release_id == release_id, Exposure.location_id == Location.id)
    due = and_(ExposureDue.release_id == release_id, ExposureDue.location_id == Location.id)
    return (
        select(
            Location.id.label("location_id"),
            status_at(threshold).label("status"),
            share_at(threshold).label("share"),
            why_at(threshold).label("why"),
            case((ExposureDue.location_id.is_(None), Exposure.value)).label("value"),
            surely().label("surely"),
            possibly().label("possibly"),
        )
        .select_from(Location)
        .join(Release, Release.id == release_id)
        .outerjoin(Exposure, exposed)
        .outerjoin(ExposureDue, due)
    )


def _area_told(clause: HazardClause) -> Select[Any]:
    """An area that a release did not meet has no row, and was not observed."""
    release_id, threshold = clause.release_id, clause.threshold
    exposed = and_(AreaExposure.release_id == release_id, AreaExposure.area_id == Area.id)
    return (
        select(
            Area.id.label("area_id"),
            area_status_at(threshold).label("status"),
            area_share_at(threshold).label("share"),
            area_why_at(threshold).label("why"),
            cast(null(), REAL).label("value"),
            area_surely().label("surely"),
            area_possibly().label("possibly"),
        )
        .select_from(Area)
        .join(Release, Release.id == release_id)
        .outerjoin(AreaExposure, exposed)
    )


def _put_together(together: Together, told: Sequence[Select[Any]], key: str) -> Select[Any]:
    """What several hazards say, from what each of them says of the places of the same key."""
    first, *others = told
    if not others:
        return first
    beside = [other.subquery() for other in others]
    said = first.selected_columns
    every = [said, *(other.c for other in beside)]
    status = _status([each["status"] for each in every], together)
    share = _share(status, [each["share"] for each in every], together)
    why = func.coalesce(*(case((each["status"] == status, each["why"])) for each in every))
    columns = [status.label("status"), share.label("share"), why.label("why")]
    for other in beside:
        first = first.join(other, other.c[key] == said[key])
    rest = (said[name] for name in ("value", "surely", "possibly"))
    return first.with_only_columns(said[key], *columns, *rest)


def _status(statuses: Sequence[ColumnElement[str]], together: Together) -> ColumnElement[str]:
    *deciding, last = DECIDES[together]
    return case(
        *((or_(*(status == answer for status in statuses)), answer) for answer in deciding),
        else_=last,
    )


def _share(
    status: ColumnElement[str], shares: Sequence[ColumnElement[float]], together: Together
) -> ColumnElement[float]:
    bound = func.least(*shares) if together is Together.ALL else func.greatest(*shares)
    known = case((status == IN, 1.0), (status == OUT, 0.0), (status == PROBABLE, bound))
    return cast(known, Double)


def _refuse_beyond_floor(release: Release, threshold: float) -> None:
    """Refuse a threshold on whose near side values may not have been kept."""
    if release.floor is None:
        if release.direction is Direction.AT_LEAST and threshold <= 0:
            raise ThresholdNotAboveZero(threshold=threshold)
        return
    less = release.direction is Direction.AT_MOST
    if threshold > release.floor if less else threshold < release.floor:
        raise ThresholdBeyondFloor(
            floor=release.floor, unit=release.unit or "", threshold=threshold
        )
