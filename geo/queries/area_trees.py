"""The tree of areas at once, and which of its areas a question asks about."""

from typing import Any

import numpy as np
import shapely
from sqlalchemy import Select, any_, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import array_of, fetch_columns
from geo.area_tree import BOX, AreaTree, tree_of
from geo.crs import Flags
from geo.ellipsoid import Shapes
from geo.models.areas import Area
from geo.models.selections import Combine
from geo.queries.areas import in_force
from geo.queries.reach import every_version_of
from geo.queries.selections import Question
from geo.vector.drawn_areas import TakenIn, by_box, by_shape
from geo.vector.lattice import Indices

SIDES = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
FETCHED = {"id": "i8", "parent": "i8", "level": "i2", "in_force": "b1"} | dict.fromkeys(BOX, "f8")


def area_tree(session: Session) -> AreaTree:
    """All areas of all versions."""
    sides = [side(Area.shape).label(name) for name, side in zip(BOX, SIDES, strict=True)]
    parent = func.coalesce(Area.parent_id, 0).label("parent")
    columns = (Area.id, parent, Area.level, in_force().label("in_force"), *sides)
    query: Select[Any] = select(*columns).order_by(Area.id)
    found = fetch_columns(session, query, FETCHED)
    boxes = np.column_stack([found[side] for side in BOX])
    return tree_of(found["id"], found["parent"], found["level"], found["in_force"], boxes)


def reached(session: Session, tree: AreaTree, actor: Actor) -> Flags:
    """Which areas an actor may see; what has no area, only who may see the whole country."""
    if actor.national:
        return np.ones(len(tree.record), dtype=bool)
    return tree.below(session.scalars(every_version_of(actor.area_ids)).all())


def areas_asked(
    session: Session, tree: AreaTree, question: Question, places: Indices
) -> tuple[Flags, Flags]:
    """Which areas at some places a question asks everything of, and of which only a part.

    It is what `geo.queries.selections` says in SQL (`asked_by_area`, `partly_asked_by_area`), for
    questions that take out no drawn shape. False wherever a place was not given.
    """
    wholly, partly = _included(session, tree, question, places)
    taken_out = tree.below(question.without_area_ids)
    given = np.zeros(len(tree.record), dtype=bool)
    given[places] = True
    asked = given & wholly & ~taken_out
    return asked, given & partly & ~taken_out & ~asked


def _included(
    session: Session, tree: AreaTree, question: Question, places: Indices
) -> tuple[Flags, Flags]:
    """Which areas lie wholly, and at least partly, in what a question takes in."""
    if question.everywhere:
        return np.ones(len(tree.record), dtype=bool), np.zeros(len(tree.record), dtype=bool)
    picked = tree.below(question.area_ids)
    if question.shape is None:
        return picked, np.zeros_like(picked)
    drawn = _drawn(session, tree, question.shape, places)
    if question.area_ids and question.combine is Combine.INTERSECTION:
        return drawn.wholly & picked, drawn.partly & picked
    return drawn.wholly | picked, drawn.partly


def _drawn(session: Session, tree: AreaTree, shape: bytes, places: Indices) -> TakenIn:
    """Which areas at some places a drawn shape takes in."""
    drawn = shapely.from_wkb(shape)
    inside, near = by_box(drawn, tree.boxes[places])
    at_line = places[near]
    exact = by_shape(drawn, _shapes(session, tree.ids[at_line]))
    wholly = np.zeros(len(tree.record), dtype=bool)
    wholly[places[inside]] = True
    partly = wholly.copy()
    wholly[at_line], partly[at_line] = exact.wholly, exact.partly
    return TakenIn(wholly, partly)


def _shapes(session: Session, ids: Indices) -> Shapes:
    """The shapes of areas, given in the order of their keys."""
    these = Area.id == any_(array_of(ids))
    query = select(func.ST_AsBinary(Area.shape)).where(these).order_by(Area.id)
    wkb = session.scalars(query, execution_options={"binary_results": True}).all()
    return np.asarray(shapely.from_wkb(np.array([bytes(each) for each in wkb], dtype=object)))
