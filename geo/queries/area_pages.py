"""What the pages about areas show: the tree level by level, and the last import of boundaries."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.jobs import Job
from geo.models.areas import Area, AreaLevel
from geo.permissions import May
from geo.queries.areas import in_force, level_called
from geo.queries.reach import shown_to

IMPORT = "geo.jobs.areas.import_boundaries"


@dataclass(frozen=True)
class LevelCount:
    """How many areas in force a level has."""

    level: int
    name: str
    areas: int


@dataclass(frozen=True)
class AreaRow:
    """An area in a list, with how many areas lie directly in it."""

    pcode: str
    name: str
    name_local: str | None
    km2: float
    below: int


@dataclass(frozen=True)
class AreaPage:
    """An area (none: nothing is loaded yet), those it lies in, and those that lie in it."""

    area: Area | None
    trail: tuple[Area, ...]
    below: tuple[AreaRow, ...]
    level_below: str
    levels: tuple[LevelCount, ...]


def area_page(session: Session, area: Area | None, *, actor: Actor) -> AreaPage:
    """An area with what is above and below it; without one, the country.

    Raises:
        Forbidden
    """
    actor.require(May.READ_AREAS)
    area = area or session.scalar(select(Area).where(in_force(), Area.level == 0))
    levels = tuple(LevelCount(*row) for row in session.execute(_levels()))
    if area is None:
        return AreaPage(None, (), (), "", levels)
    above = select(Area).where(Area.id.in_(area.path[:-1]))
    below = _rows().where(Area.parent_id == area.id, in_force(), shown_to(actor))
    rows = tuple(AreaRow(*row) for row in session.execute(below))
    names = {each.level: each.name for each in levels}
    trail = tuple(session.scalars(above.order_by(Area.level)))
    return AreaPage(area, trail, rows, names.get(area.level + 1, ""), levels)


def last_import(session: Session, *, actor: Actor) -> Job | None:
    """The last import of boundaries, whoever asked for it."""
    actor.require(May.READ_AREAS)
    imports = select(Job).where(Job.work == IMPORT).order_by(Job.id.desc())
    return session.scalars(imports.limit(1)).first()


def _levels() -> Select[int, str, int]:
    name = level_called().label("name")
    counted = select(AreaLevel.level, name, func.count(Area.id))
    joined = counted.join(Area, (Area.level == AreaLevel.level) & in_force())
    return joined.group_by(AreaLevel.level).order_by(AreaLevel.level)


def _rows() -> Select[str, str, str | None, float, int]:
    child = aliased(Area)
    below = select(func.count()).where(child.parent_id == Area.id).scalar_subquery()
    columns = (Area.pcode, Area.name, Area.name_local, Area.km2, below)
    return select(*columns).order_by(Area.pcode)
