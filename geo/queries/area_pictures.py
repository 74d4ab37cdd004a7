"""Areas as small pictures: outlines for an SVG, all in one frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.models.areas import Area
from geo.queries.areas import in_force

ACROSS = 240  # the width of a frame that its outlines are fine enough for


@dataclass(frozen=True)
class AreaPictures:
    """The outlines of areas as SVG path data by P-code, in degrees with north up, and the frame
    around all of them: left, top, width, height."""

    paths: dict[str, str]
    frame: tuple[float, float, float, float]


def area_pictures(session: Session, pcodes: Sequence[str]) -> AreaPictures | None:
    """Areas in force, simplified to what can be seen of them; none where there are none."""
    wanted = (in_force(), Area.pcode.in_(pcodes))
    box = select(func.ST_Extent(Area.shape).label("box")).where(*wanted).subquery()
    edges = [
        getattr(func, name)(box.c.box) for name in ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")
    ]
    west, south, east, north = session.execute(select(*edges)).one()
    if west is None:
        return None
    width, height = max(east - west, 1e-6), max(north - south, 1e-6)
    fine = max(width, height) / ACROSS / 2
    outline = func.ST_AsSVG(func.ST_SimplifyPreserveTopology(Area.shape, fine), 0, 4)
    rows = session.execute(select(Area.pcode, outline).where(*wanted))
    return AreaPictures(dict(rows.all()), (west, -north, width, height))
