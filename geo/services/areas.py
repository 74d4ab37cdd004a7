"""Areas: a map of boundaries comes into force, and with it all that is made of its shapes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_into
from core.errors import Conflict, Invalid
from core.words import _
from geo.models.areas import Area, AreaLevel
from geo.permissions import May
from geo.queries.areas import in_force
from geo.vector.boundaries import Boundaries, RowError
from geo.vector.copied import copied
from geo.vector.outlines import ZOOMS, outlines


class NothingUsable(Invalid):
    """None of the areas of the file can be used ({says}); correct the file and send it again."""


class SeveralCountries(Invalid):
    """The file speaks of several countries ({codes}); send the areas of one."""


class AnotherInForce(Conflict):
    """The map {version} is in force already. Prepare {new} as a new map of areas, for somebody else
    to look at and put in force; a file of the map in force names its version, {version}."""


@dataclass(frozen=True)
class AreasImported:
    """What an import of areas did: areas by level, the rows not taken, the shapes made valid."""

    version: str
    levels: dict[int, int] = field(default_factory=dict)
    errors: tuple[RowError, ...] = ()
    repaired: int = 0


def import_areas(
    session: Session, read: Boundaries, level_names: Sequence[str] = (), *, actor: Actor
) -> AreasImported:
    """Bring the first map of boundaries into force, or more of the map that is.

    Areas of the same P-code and version are replaced, others of that version stay; another version
    is prepared and put in force by two persons (`geo.services.area_changes`). Where no file gave a
    shape, an area is the union of those below it. What is made of the shapes follows in
    `shape_areas`.

    Raises:
        NothingUsable, SeveralCountries, AnotherInForce
    """
    actor.require(May.IMPORT_AREAS)
    other = session.scalar(
        select(Area.version).where(in_force(), Area.version != read.version).limit(1)
    )
    if other is not None:
        raise AnotherInForce(version=other, new=read.version)
    root = write_tree(session, read)
    with audit.act(session, actor, "areas.import", root) as figures:
        put_in_force(session, read.version)
        name_levels(session, read, level_names)
        figures.update(version=read.version, areas=len(read.areas), errors=len(read.errors))
    levels = {level: sum(area.level == level for area in read.areas) for level in _levels(read)}
    return AreasImported(read.version, levels, tuple(read.errors), read.repaired)


def write_tree(session: Session, read: Boundaries) -> Area:
    """Write the areas of a map down beside those there are, as part of an act; answers the country.

    Raises:
        NothingUsable, SeveralCountries
    """
    _refuse_unusable(read)
    _stage(session, read)
    said = {"version": read.version, "valid_from": read.valid_from}
    session.execute(WRITE_TREE, said)
    session.execute(text("drop table staged_areas"))
    for level in reversed(_levels(read)[:-1]):
        session.execute(UNITE_BELOW, {"version": read.version, "level": level})
    session.execute(FIND_LEAVES, {"version": read.version})
    return session.scalars(select(Area).filter_by(version=read.version, level=0)).one()


def put_in_force(session: Session, version: str) -> None:
    """Let the areas of a version be those of today, as part of an act; all others have ended."""
    session.execute(PUT_IN_FORCE, {"version": version})


def shape_areas(session: Session) -> None:
    """Make anew what is made of the areas in force: parts for looking up, outlines for the map."""
    session.execute(text("delete from area_parts"))
    session.execute(CUT_PARTS)
    session.execute(text("delete from area_outlines"))
    levels = session.scalars(select(Area.level).where(in_force()).distinct())
    columns = ["area_id", "level", "zoom", "shape"]
    for level in levels.all():
        rows = list(_outlines(session, level))  # all asked before the COPY takes the connection
        copy_into(session, "area_outlines", columns, rows)


def _levels(read: Boundaries) -> list[int]:
    return sorted({area.level for area in read.areas})


def _refuse_unusable(read: Boundaries) -> None:
    if not any(area.shape for area in read.areas):
        raise NothingUsable(says=read.errors[0].says if read.errors else _("it has none"))
    roots = [area.pcode for area in read.areas if area.level == 0]
    if len(roots) > 1:
        raise SeveralCountries(codes=", ".join(roots))


def _stage(session: Session, read: Boundaries) -> None:
    """Put what was read beside the tree, with the keys and paths it will have in it."""
    session.execute(text("lock table areas in share row exclusive mode"))
    session.execute(STAGE)
    shapes = copied(np.array([area.shape for area in read.areas], dtype=object))
    columns = ["level", "pcode", "name", "name_local", "parent", "shape"]
    rows = (
        (area.level, area.pcode, area.name, area.name_local, area.parent, shape)
        for area, shape in zip(read.areas, shapes, strict=True)
    )
    copy_into(session, "staged_areas", columns, rows)
    session.execute(GIVE_KEYS, {"version": read.version})
    session.execute(GIVE_PATHS)


def name_levels(session: Session, read: Boundaries, given: Sequence[str]) -> None:
    """Call the levels what was said; a level nobody has named yet is called by its number."""
    for level in _levels(read):
        said = given[level].strip() if level < len(given) else ""
        name = said or (_("Level {level}", level=level) if level else _("Country"))
        new = upsert(AreaLevel).values(level=level, name=name)
        renamed = new.on_conflict_do_update(index_elements=["level"], set_={"name": name})
        session.execute(renamed if said else new.on_conflict_do_nothing())


def _outlines(session: Session, level: int) -> list[tuple[int, int, int, str]]:
    """The rows of `area_outlines` for one level, neighbours simplified together."""
    of_level = select(Area.id, func.ST_AsBinary(Area.shape)).where(in_force(), Area.level == level)
    ids, wkb = zip(*session.execute(of_level), strict=True)
    shapes = shapely.from_wkb(np.array([bytes(each) for each in wkb], dtype=object))
    rows = []
    for zoom in ZOOMS:
        drawn = copied(outlines(shapes, zoom), 3857)
        rows += [(key, level, zoom, shape) for key, shape in zip(ids, drawn, strict=True) if shape]
    return rows


STAGE = text("""
    create temp table staged_areas (
        level smallint, pcode text primary key, name text, name_local text, parent text,
        shape geometry(multipolygon, 4326), id bigint, path bigint[]
    ) on commit drop
""")

GIVE_KEYS = text("""
    update staged_areas s set id = coalesce(
        (select a.id from areas a where a.pcode = s.pcode and a.version = :version),
        nextval(pg_get_serial_sequence('areas', 'id'))
    )
""")

GIVE_PATHS = text("""
    with recursive tree as (
        select pcode, array[id] as path from staged_areas where level = 0
        union all
        select s.pcode, t.path || s.id from staged_areas s join tree t on t.pcode = s.parent
    )
    update staged_areas s set path = t.path from tree t where t.pcode = s.pcode
""")

WRITE_TREE = text("""
    insert into areas (
        id, pcode, version, level, name, name_local, parent_id, path, is_leaf, made, valid_from,
        km2, centre, shape
    )
    select s.id, s.pcode, :version, s.level, s.name, s.name_local, s.path[s.level], s.path, false,
        s.shape is null, :valid_from, ST_Area(shape.of::geography) / 1e6,
        ST_PointOnSurface(shape.of), shape.of
    from staged_areas s
    cross join lateral (
        select coalesce(s.shape, 'SRID=4326;MULTIPOLYGON EMPTY'::geometry)
    ) as shape(of)
    on conflict (pcode, version) do update set
        level = excluded.level, name = excluded.name, name_local = excluded.name_local,
        parent_id = excluded.parent_id, path = excluded.path, made = false,
        valid_from = excluded.valid_from, km2 = excluded.km2, centre = excluded.centre,
        shape = excluded.shape
    where not excluded.made
""")

# Materialized: areas that were only just written have no statistics, and the planner would unite
# all of them once for each.
UNITE_BELOW = text("""
    with below as materialized (
        select above.id, ST_Multi(ST_Union(area.shape)) as shape
        from areas above join areas area on area.parent_id = above.id
        where above.made and above.version = :version and above.level = :level
        group by above.id
    )
    update areas a set
        shape = below.shape,
        km2 = ST_Area(below.shape::geography) / 1e6,
        centre = ST_PointOnSurface(below.shape)
    from below
    where a.id = below.id
""")

FIND_LEAVES = text("""
    update areas a set is_leaf = not a.is_leaf
    where a.version = :version
        and a.is_leaf = exists (select from areas below where below.parent_id = a.id)
""")

PUT_IN_FORCE = text("""
    update areas set valid_to = case when version = :version then null else current_date end
    where (version = :version) = (valid_to is not null)
""")

CUT_PARTS = text("""
    insert into area_parts (area_id, level, part)
    select id, level, ST_Subdivide(shape, 256) from areas where valid_to is null
""")
