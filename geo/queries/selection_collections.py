"""Kept selections as collections: all of them with their outlines, and the areas of each."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.cql import Condition, Kind, Term, Terms
from core.words import _
from geo.models.areas import Area
from geo.models.selections import Combine, Selection, SelectionArea
from geo.queries.areas import in_force
from geo.queries.features import Collection
from geo.queries.queryables import terms_of_areas
from geo.queries.reach import within_reach
from geo.queries.selections import hazards_kept, question_of, table_level
from geo.queries.tiles import outlined

SELECTIONS = "selections"
OF_EARTH = 4326
INTERIORS_MEET = "T********"  # in the nine letters of DE-9IM


def selection_named(code: str) -> str:
    """The name of the collection of a selection's areas."""
    return f"selection-{code}"


def areas_of(session: Session, selection: Selection, actor: Actor) -> Collection:
    """The areas within reach that a selection meets, at the level its answer is told at."""
    level = table_level(session, question_of(session, selection))
    outline = select(func.ST_AsBinary(_outline())).where(Selection.id == selection.id)
    taken = session.scalar(outline)
    there = [Area.level == level, in_force(), within_reach(actor, Area.id)]
    if taken is not None:
        ground = func.ST_GeomFromWKB(bytes(taken), OF_EARTH)
        there.append(Area.shape.bool_op("&&")(ground))
        there.append(func.ST_Relate(Area.shape, ground, INTERIORS_MEET))  # not only borders
    return Collection(
        selection_named(selection.code),
        selection.name,
        select(Area.id).where(*there),
        Area.pcode,
        Area.shape,
        said_of_areas(),
        terms_of_areas(),
        drawn=outlined,
    )


def said_of_areas() -> dict[str, Any]:
    above = aliased(Area)
    parent = select(above.pcode).where(above.id == Area.parent_id).correlate(Area)
    return {
        "pcode": Area.pcode,
        "name": Area.name,
        "level": Area.level,
        "parent": parent.scalar_subquery(),
        "km2": Area.km2,
    }


def every_selection() -> Collection:
    """The kept selections, each with its outline and all the hazards it asks."""
    shape = _outline()
    return Collection(
        SELECTIONS,
        _("Kept selections"),
        select(Selection.id),
        Selection.code,
        shape,
        {
            "code": Selection.code,
            "name": Selection.name,
            "release": Selection.release_id,
            "direction": Selection.direction,
            "threshold": Selection.threshold,
            "hazards": _all_hazards(),
            "together": case((_several(), Selection.together)),
            "evidence": Selection.evidence,
            "kept_at": Selection.created_at,
        },
        {
            "geometry": Term(shape, Kind.GEOMETRY, _("Its outline")),
            "code": Term(Selection.code, Kind.TEXT, _("Code")),
            "name": Term(Selection.name, Kind.TEXT, _("Name")),
            **_terms_of_hazards(),
            "kept_at": Term(Selection.created_at, Kind.MOMENT, _("When it was kept")),
        },
        Selection.created_at,
    )


def _terms_of_hazards() -> Terms:
    """Terms that are met by any of the hazards a selection asks."""
    asked = hazards_kept()

    def among(met: Condition) -> Condition:
        found: Condition = Selection.id.in_(select(asked.c.selection_id).where(met))
        return found

    release, threshold = asked.c.release_id, asked.c.threshold
    said = _("A release it asks"), _("A threshold it asks from")
    return {
        "release": Term(release, Kind.NUMBER, said[0], among=among),
        "threshold": Term(threshold, Kind.NUMBER, said[1], among=among),
    }


def _all_hazards() -> ColumnElement[Any]:
    """What a selection asks of each release, in order; NULL where it asks of none."""
    asked = hazards_kept()
    each = func.json_build_object(
        *("release", asked.c.release_id),
        *("direction", asked.c.direction),
        *("threshold", asked.c.threshold),
    )
    told = select(func.json_agg(aggregate_order_by(each, asked.c.place)))
    return _of_it(told, asked)


def _several() -> ColumnElement[bool]:
    asked = hazards_kept()
    return _of_it(select(func.count()).select_from(asked), asked) > 1


def _of_it(told: Select[Any], asked: Subquery) -> ColumnElement[Any]:
    """What is told of the hazards of the selection at hand."""
    mine = told.where(asked.c.selection_id == Selection.id)
    return mine.correlate(Selection).scalar_subquery()


def _outline() -> ColumnElement[Any]:
    """What a selection asks about: its drawing and its areas, without what it leaves out.

    NULL where it asks about the whole country.
    """
    picked, left_out = _picked(excluded=False), _picked(excluded=True)
    both = case(
        (Selection.combine == Combine.INTERSECTION, func.ST_Intersection(Selection.shape, picked)),
        else_=func.ST_Union(Selection.shape, picked),
    )
    taken = func.coalesce(both, Selection.shape, picked)
    missing = func.coalesce(func.ST_Union(Selection.without, left_out), Selection.without, left_out)
    return func.coalesce(func.ST_Difference(taken, missing), taken)


def _picked(*, excluded: bool) -> ColumnElement[Any]:
    return (
        select(func.ST_Union(Area.shape))
        .join(SelectionArea, SelectionArea.area_id == Area.id)
        .where(SelectionArea.selection_id == Selection.id, SelectionArea.excluded.is_(excluded))
        .correlate(Selection)
        .scalar_subquery()
    )
