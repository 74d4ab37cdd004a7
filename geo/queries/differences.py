"""The difference of two releases: what changes for a place, and for an area, from one to the next.

Nothing that was kept, approved or issued follows it: a difference is only told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import REAL, ColumnElement, and_, case, cast, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.errors import Conflict
from geo.classes import classes_of
from geo.models.areas import Area
from geo.models.events import Layer
from geo.models.exposure import AreaExposure
from geo.models.releases import Release
from geo.permissions import May
from geo.queries.areas import in_force
from geo.queries.clauses import ASKABLE
from geo.queries.exposure import NOT_OBSERVED, OUT
from geo.queries.reach import within_reach
from geo.queries.releases import release_seen
from geo.release_words import observed

SHARES_OF_AREAS = (0.25, 0.5)  # of what was observed; an area changes class where it crosses one


class NotAlike(Conflict):
    """Release {before} tells of {before_measure}, release {after} of {after_measure}; compare two
    releases of one measure, unit and direction."""


class NothingToCompare(Conflict):
    """There is no release of this layer before this one; choose which one to compare it with."""


class Change(StrEnum):
    """What becomes of a place or an area from one release to another.

    *In* is whatever is in or probably in. *Class* is the class of the legend, or how surely it is
    in. What only one of the two saw is told apart, by what that one said.
    """

    ENTER = "enter"
    LEAVE = "leave"
    CHANGE_CLASS = "change_class"
    STAY_IN = "stay_in"
    STAY_OUT = "stay_out"
    NOW_IN = "now_observed_in"
    NOW_OUT = "now_observed_out"
    WAS_IN = "no_longer_observed_in"
    WAS_OUT = "no_longer_observed_out"
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Pair:
    """Two releases that can be compared, the earlier one first."""

    before: Release
    after: Release

    @property
    def bounds(self) -> list[float]:
        """The least value of each class of the legend, as the later release is drawn."""
        return [bound for bound, _colour in classes_of(self.after)]


@dataclass(frozen=True)
class AreaChange:
    """What becomes of one area: square kilometres hit before and after, of those observed."""

    pcode: str
    name: str
    change: Change
    hit_before: float
    hit_after: float
    observed_before: float
    observed_after: float


def pair_of(session: Session, after_id: int, before_id: int | None, *, actor: Actor) -> Pair:
    """Two releases to compare; without an earlier one, that of the same layer before it.

    Raises:
        Forbidden, NotFound, NotAlike, NothingToCompare
    """
    actor.require(May.READ_RELEASES)
    after = release_seen(session, after_id, actor=actor)
    before_id = before_id or earlier(session, after)
    if before_id is None:
        raise NothingToCompare
    before = release_seen(session, before_id, actor=actor)
    if _told(before) != _told(after):
        raise NotAlike(
            before=before.number,
            after=after.number,
            before_measure=f"{before.measure} ({before.unit})",
            after_measure=f"{after.measure} ({after.unit})",
        )
    return Pair(before, after)


def comparable(session: Session, release: Release) -> list[tuple[int, str]]:
    """The other releases of an event that tell of the same and can be asked: keys and names.

    Those of its own layer come first, of each layer the newest first.
    """
    same = (Release.measure, Release.unit, Release.direction)
    others = (
        select(Release, Layer.name)
        .join(Layer, Layer.id == Release.layer_id)
        .where(Release.event_id == release.event_id, Release.id != release.id)
        .where(Release.state.in_(ASKABLE), tuple_(*same) == tuple_(*_told(release)))
    )
    own_first = (Release.layer_id != release.layer_id, Layer.name, Release.number.desc())
    return [
        (
            other.id,
            f"{name}: {observed(other)}" if other.layer_id != release.layer_id else observed(other),
        )
        for other, name in session.execute(others.order_by(*own_first))
    ]


def earlier(session: Session, release: Release) -> int | None:
    """The key of the release of the same layer before this one."""
    of_layer: int | None = session.scalar(_earlier(release))
    return of_layer


def change_of(
    before: tuple[Any, Any], after: tuple[Any, Any], bounds: Sequence[float]
) -> ColumnElement[str]:
    """What becomes of a place, by its status and value before and after.

    `bounds` are the least values of the classes, ascending.
    """
    (was, was_value), (status, value) = before, after
    unseen, was_unseen = status == NOT_OBSERVED, was == NOT_OBSERVED
    same = and_(
        was == status,
        _class_of(was_value, bounds).is_not_distinct_from(_class_of(value, bounds)),
    )
    return case(
        (and_(was_unseen, unseen), Change.UNSEEN.value),
        (was_unseen, case((status == OUT, Change.NOW_OUT.value), else_=Change.NOW_IN.value)),
        (unseen, case((was == OUT, Change.WAS_OUT.value), else_=Change.WAS_IN.value)),
        (and_(was == OUT, status == OUT), Change.STAY_OUT.value),
        (was == OUT, Change.ENTER.value),
        (status == OUT, Change.LEAVE.value),
        (same, Change.STAY_IN.value),
        else_=Change.CHANGE_CLASS.value,
    )


def areas_changed(session: Session, pair: Pair, level: int, *, actor: Actor) -> list[AreaChange]:
    """What becomes of the areas of a level within reach, those that change most first.

    An area is in where any of it is hit; its classes are a quarter and a half of what was observed.
    """
    actor.require(May.READ_RELEASES)
    was, now = aliased(AreaExposure), aliased(AreaExposure)
    figures = [
        func.coalesce(figure, 0.0)
        for figure in (was.hit_km2, now.hit_km2, was.observed_km2, now.observed_km2)
    ]
    rows = (
        select(Area.pcode, Area.name, *figures)
        .outerjoin(was, and_(was.area_id == Area.id, was.release_id == pair.before.id))
        .outerjoin(now, and_(now.area_id == Area.id, now.release_id == pair.after.id))
        .where(Area.level == level, in_force(), within_reach(actor, Area.id))
        .where(or_(was.area_id.is_not(None), now.area_id.is_not(None)))
    )
    found = [
        AreaChange(pcode, name, _change_of_area(*shares), *shares)
        for pcode, name, *shares in session.execute(rows)
    ]
    return sorted(found, key=lambda area: (-abs(area.hit_after - area.hit_before), area.pcode))


def _earlier(release: Release) -> Any:
    of_layer = select(Release.id).where(
        Release.layer_id == release.layer_id,
        Release.number < release.number,
        Release.state.in_(ASKABLE),
    )
    return of_layer.order_by(Release.number.desc()).limit(1)


def _told(release: Release) -> tuple[object, ...]:
    return release.measure, release.unit, release.direction


def _class_of(value: Any, bounds: Sequence[float]) -> ColumnElement[int]:
    """The class of a value; NULL where there is none."""
    edges = array([cast(literal(bound), REAL) for bound in bounds])
    return func.width_bucket(value, edges)


def _change_of_area(hit_before: float, hit: float, seen_before: float, seen: float) -> Change:
    if not seen_before and not seen:
        return Change.UNSEEN
    if not seen_before:
        return Change.NOW_IN if hit else Change.NOW_OUT
    if not seen:
        return Change.WAS_IN if hit_before else Change.WAS_OUT
    if not hit_before or not hit:
        return _by_hits(hit_before, hit)
    same = _share_class(hit_before / seen_before) == _share_class(hit / seen)
    return Change.STAY_IN if same else Change.CHANGE_CLASS


def _by_hits(hit_before: float, hit: float) -> Change:
    if hit_before == hit:
        return Change.STAY_OUT
    return Change.ENTER if hit else Change.LEAVE


def _share_class(share: float) -> int:
    return sum(share >= bound for bound in SHARES_OF_AREAS)
