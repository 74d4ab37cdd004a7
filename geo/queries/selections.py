"""Selections: which places a question asks about, and what a release answers for each.

A question is answered for places with a point. Whoever has none is asked with the area they are
known to live in (`asked_by_area`): those of picked areas, of areas that lie wholly inside a drawn
shape, and, where neither shape nor area narrows the question, everybody. Areas that a drawn shape
covers only in part are named apart (`partly_asked_by_area`), since nobody can say on which side of
the line such a household lives.
"""

from dataclasses import dataclass
from typing import Any

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import (
    ColumnElement,
    Select,
    SmallInteger,
    Subquery,
    and_,
    any_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from core.errors import NotFound
from geo.models.areas import Area, AreaLevel
from geo.models.locations import Location
from geo.models.releases import Release
from geo.models.selections import (
    Combine,
    Draft,
    Evidence,
    Selection,
    SelectionArea,
    SelectionClause,
    Together,
)
from geo.queries.areas import areas_below, in_force
from geo.queries.clauses import HazardClause, clauses_asked, places_told
from geo.queries.exposure import grade

FIRST = 1  # the place of the hazard that is shown
ROUND_ABOUT = 0.01  # degrees beyond an area's box


class SelectionUnknown(NotFound):
    """There is no selection with the code {code}; look at the address, or draw it again."""


class DraftUnknown(NotFound):
    """The drawing {code} is not kept here any more; draw it again."""


@dataclass(frozen=True)
class Question:
    """Where to look, and what a place must have to be in.

    Shapes are MULTIPOLYGONs as WKB (EPSG:4326, longitude first). With neither shape nor areas the
    whole country is asked. Without a release every place asked is in. The hazard of `release_id` is
    the one that is shown and slid; where there are `others`, `together` says how they go together.
    `evidence` changes no answer: it is the least that is taken by who goes on with it.
    """

    shape: bytes | None = None
    area_ids: tuple[int, ...] = ()
    without_shape: bytes | None = None
    without_area_ids: tuple[int, ...] = ()
    combine: Combine = Combine.UNION
    release_id: int | None = None
    threshold: float | None = None
    evidence: Evidence = Evidence.CONFIRMED
    others: tuple[HazardClause, ...] = ()
    together: Together = Together.ALL

    @property
    def clauses(self) -> tuple[HazardClause, ...]:
        """All hazards that are asked, the one shown first."""
        if self.release_id is None:
            return ()
        return HazardClause(self.release_id, self.threshold), *self.others

    @property
    def everywhere(self) -> bool:
        """Whether neither shape nor areas narrow it."""
        return self.shape is None and not self.area_ids


def places_asked(question: Question, held: ColumnElement[bool] | None = None) -> Select[int]:
    """The keys of the places with a point that a question asks about.

    `held` says whether the drawn shape holds a place, for those who found out before.
    A point on the border of a drawn shape is inside it, of one taken out too. A place belongs to a
    picked area by the area it was given.
    """
    places = select(Location.id).where(Location.lon.is_not(None), _included(question, held))
    if question.without_area_ids:
        taken_out = _in_areas(question.without_area_ids)
        places = places.where(func.coalesce(taken_out, False).is_(False))
    if question.without_shape:
        places = places.where(~_covers(question.without_shape, Location.point))
    return places


def answered(question: Question, held: ColumnElement[bool] | None = None) -> Select[Any]:
    """The places with a point that a question asks about, each with its answer:
    `location_id, status, value, share, grade, why, surely, possibly`.

    `status` is *in*, *probable*, *out* or *not_observed* (`geo.queries.exposure`). A row of the
    release's exposure says in or not observed; where a row is due, or the place lies outside the
    release's box, nothing is known; no row at all inside the box is *out*. `value` is what the
    release says of the point, where it says something; `share` how much of the place is in,
    `grade` what it is known by, `why` why nobody knows, or that it is out in permanent water
    (`geo.raster.reasons`), `surely` the value up to which it is in, and `possibly` that up to
    which some of it is. Of several hazards `status` and `share` are those of all together, the
    others those of the first one. `held` is that of `places_asked`.
    """
    told = places_told(question.clauses, question.together)
    asked = Location.id.in_(places_asked(question, held))
    return told.add_columns(grade().label("grade")).where(asked)


def asked_by_area(question: Question, area_id: Any) -> ColumnElement[bool]:
    """Whether a question asks everything of an area, for those of whom only the area is known.

    `area_id` is their column; where it is NULL they are asked only if the whole country is.
    """
    taken_out = _taken_out(question)
    if not question.everywhere:
        wholly = select(Area.id).where(_wholly_included(question), ~taken_out)
        within: ColumnElement[bool] = area_id.in_(wholly)
        return within
    return or_(area_id.is_(None), area_id.not_in(select(Area.id).where(taken_out)))


def partly_asked_by_area(question: Question, area_id: Any) -> ColumnElement[bool]:
    """Whether a drawn shape takes in, or takes out, only a part of an area."""
    touched = select(Area.id).where(_touched(question))
    return and_(area_id.in_(touched), ~asked_by_area(question, area_id))


def release_asked(session: Session, question: Question) -> Release | None:
    """The release a question asks, of several the one shown, once all of them can answer.

    Raises:
        What `clauses_asked` refuses.
    """
    asked = clauses_asked(session, question.clauses)
    return asked[0].release if asked else None


def table_level(session: Session, question: Question) -> int:
    """The level a table of a question's answers is made at, so that it has rows to compare.

    One below the areas picked; of a drawing the last but one; of the country the first that has
    several areas.
    """
    levels = select(Area.level).where(in_force()).order_by(Area.level.desc()).limit(1)
    deepest = session.scalar(levels) or 0
    if question.area_ids:
        picked = session.scalar(levels.where(Area.id.in_(question.area_ids))) or 0
        return min(picked + 1, deepest)
    if question.shape:
        return max(deepest - 1, 1)
    second = select(Area.id).where(Area.level == AreaLevel.level, in_force()).offset(1)
    several = select(AreaLevel.level).where(second.exists()).order_by(AreaLevel.level)
    return session.scalar(several.limit(1)) or 1


def selection_by_code(session: Session, code: str) -> Selection:
    """A kept selection.

    Raises:
        SelectionUnknown
    """
    found = session.scalar(select(Selection).where(Selection.code == code))
    if found is None:
        raise SelectionUnknown(code=code)
    return found


def question_of(session: Session, selection: Selection) -> Question:
    """The question a selection keeps; an area of an earlier map is asked as it is in force now."""
    kept, now = aliased(Area), aliased(Area)
    area_id = func.coalesce(now.id, kept.id).label("area_id")
    picked = session.execute(
        select(area_id, SelectionArea.excluded)
        .join(kept, kept.id == SelectionArea.area_id)
        .outerjoin(now, and_(now.pcode == kept.pcode, now.valid_to.is_(None)))
        .where(SelectionArea.selection_id == selection.id)
        .order_by(area_id)
    ).all()
    return Question(
        shape=_wkb(selection.shape),
        area_ids=tuple(row.area_id for row in picked if not row.excluded),
        without_shape=_wkb(selection.without),
        without_area_ids=tuple(row.area_id for row in picked if row.excluded),
        combine=selection.combine,
        release_id=selection.release_id,
        threshold=selection.threshold,
        evidence=selection.evidence,
        others=_others(session, selection),
        together=selection.together,
    )


def releases_asked(selection_id: int) -> Select[int]:
    """The keys of all releases a kept selection asks."""
    asked = hazards_kept()
    of_it = select(asked.c.release_id).where(asked.c.selection_id == selection_id)
    return select(Release.id).where(Release.id.in_(of_it))


def hazards_kept() -> Subquery:
    """All hazards that kept selections ask: `selection_id, place, release_id, direction,
    threshold`, in the order of their places; the first is the one that is shown."""
    first = select(
        Selection.id.label("selection_id"),
        literal(FIRST, SmallInteger).label("place"),
        Selection.release_id,
        Selection.direction,
        Selection.threshold,
    )
    others = select(
        SelectionClause.selection_id,
        SelectionClause.place,
        SelectionClause.release_id,
        SelectionClause.direction,
        SelectionClause.threshold,
    )
    return union_all(first.where(Selection.release_id.is_not(None)), others).subquery("hazards")


def draft_shape(session: Session, code: str) -> bytes:
    """The drawing kept under a code.

    Raises:
        DraftUnknown
    """
    draft = session.get(Draft, code)
    if draft is None:
        raise DraftUnknown(code=code)
    return to_shape(draft.shape).wkb


def _others(session: Session, selection: Selection) -> tuple[HazardClause, ...]:
    kept = (
        select(SelectionClause)
        .where(SelectionClause.selection_id == selection.id)
        .order_by(SelectionClause.place)
    )
    return tuple(HazardClause(each.release_id, each.threshold) for each in session.scalars(kept))


def _wkb(shape: WKBElement | None) -> bytes | None:
    return None if shape is None else to_shape(shape).wkb


def _included(question: Question, held: ColumnElement[bool] | None) -> ColumnElement[bool]:
    if question.everywhere:
        return true()
    clauses = []
    if question.shape:
        clauses.append(_covers(question.shape, Location.point) if held is None else held)
    if question.area_ids:
        clauses.append(_in_areas(question.area_ids))
    return _combined(question, clauses)


def _combined(question: Question, clauses: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(*clauses) if question.combine is Combine.INTERSECTION else or_(*clauses)


def _wholly_included(question: Question) -> ColumnElement[bool]:
    clauses = []
    if question.shape:
        clauses.append(_covers(question.shape, Area.shape))
    if question.area_ids:
        clauses.append(_below(question.area_ids))
    return _combined(question, clauses)


def _taken_out(question: Question) -> ColumnElement[bool]:
    """Whether any of an area is taken out of the question."""
    clauses = []
    if question.without_shape:
        clauses.append(_overlaps(question.without_shape, Area.shape))
    if question.without_area_ids:
        clauses.append(_below(question.without_area_ids))
    return or_(false(), *clauses)


def _touched(question: Question) -> ColumnElement[bool]:
    """Whether any of an area can be in the question, and a drawn shape has to do with it."""
    shapes = [shape for shape in (question.shape, question.without_shape) if shape]
    touched = or_(false(), *(_overlaps(shape, Area.shape) for shape in shapes))
    if question.area_ids and question.combine is Combine.INTERSECTION:
        touched = and_(touched, _below(question.area_ids))
    if question.without_area_ids:
        touched = and_(touched, ~_below(question.without_area_ids))
    return touched


def _below(area_ids: tuple[int, ...]) -> ColumnElement[bool]:
    below: ColumnElement[bool] = Area.path.overlap(sorted(area_ids))
    return below


def _in_areas(area_ids: tuple[int, ...]) -> ColumnElement[bool]:
    """An array, not a subquery, so that it can stand in an OR beside a shape and use its index."""
    below = func.array(areas_below(area_ids).scalar_subquery())
    return Location.area_id == any_(below)


def _covers(shape: bytes, geometry: Any) -> ColumnElement[bool]:
    return func.ST_Covers(func.ST_GeomFromWKB(shape, 4326), geometry)


def _overlaps(shape: bytes, geometry: Any) -> ColumnElement[bool]:
    """Whether they share more than a border.

    Touching is the one test PostGIS prepares nothing for, so it is asked only where the drawing's
    line runs, and only of the drawing round about: of ten thousand vertices, in a hundredth of the
    time.
    """
    drawn = _drawn(shape)
    round_about = func.ST_ClipByBox2D(drawn, func.ST_Expand(func.Box2D(geometry), ROUND_ABOUT))
    within = func.ST_Covers(drawn, geometry)
    more = or_(within, ~func.ST_Touches(round_about, geometry))
    return and_(func.ST_Intersects(drawn, geometry), more)


def _drawn(shape: bytes) -> Any:
    """A drawing as a subquery, so that it is read once and not for every row."""
    return select(func.ST_GeomFromWKB(shape, 4326)).scalar_subquery()
