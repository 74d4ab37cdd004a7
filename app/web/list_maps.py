"""The map of a kept list: the drawn area on the hazard it was asked of."""

from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.web.asking import beside
from app.web.maps import map_settings
from core.actor import Actor
from geo.models.areas import Area
from geo.models.releases import Release
from geo.models.selections import Selection
from geo.queries.selections import question_of
from geo.vector.drawings import to_geojson
from registry.models.rosters import Roster

Box = tuple[float, float, float, float]


def map_of_list(session: Session, roster: Roster, *, actor: Actor) -> dict[str, Any]:
    """What static/js/map shows of a list: its release at its threshold, its areas, its drawing."""
    selection = session.get_one(Selection, roster.selection_id)
    question = question_of(session, selection)
    release = session.get(Release, selection.release_id) if selection.release_id else None
    pcodes = select(Area.pcode).where(Area.id.in_(question.area_ids)).order_by(Area.pcode)
    box = _box(session, question.shape, question.area_ids)
    return map_settings(
        session,
        actor,
        release,
        selection.threshold,
        beside(question),
        picked=list(session.scalars(pcodes)),
        shapes=_collection(to_geojson(question.shape)),
        in_address=False,
        **({"bounds": list(box)} if box else {}),
    )


def _collection(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    if geometry is None:
        return None
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def _box(session: Session, shape: bytes | None, area_ids: tuple[int, ...]) -> Box | None:
    """West, south, east and north of what was asked about, in degrees; none for the country."""
    boxes: list[Box] = [shapely.from_wkb(shape).bounds] if shape else []
    if area_ids:
        extent = func.ST_Extent(Area.shape)
        corners = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
        asked = select(*(corner(extent) for corner in corners)).where(Area.id.in_(area_ids))
        west, south, east, north = session.execute(asked).one()
        boxes.append((west, south, east, north))
    if not boxes:
        return None
    sides = list(zip(*boxes, strict=True))
    return min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])
