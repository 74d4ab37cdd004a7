"""What a new map of areas changes, for whoever prepares it or puts it in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.errors import NotFound
from core.words import _
from geo.files.tables import Table
from geo.models.area_changes import AreaChange, AreaLink, Became, PlaceMove
from geo.models.areas import Area
from geo.permissions import May
from geo.queries.provenance import said_of_file

MOST = 500  # rows of a list on one page
LINKED = (
    *("old_level", "old_pcode", "old_name", "new_level", "pcode", "name"),
    *("became", "share_of_old", "share_of_new", "by_list"),
)


class ChangeUnknown(NotFound):
    """There is no such change of areas; choose one of the list."""


@dataclass(frozen=True)
class Link:
    """What became of one area, with the shares of the ground they have in common."""

    old_pcode: str
    old_name: str
    new_pcode: str
    new_name: str
    became: Became
    of_old: float | None
    of_new: float | None
    given: bool


@dataclass(frozen=True)
class Moving:
    """How many places come from one area into another; None is outside every area."""

    old_pcode: str | None
    old_name: str | None
    new_pcode: str | None
    new_name: str | None
    places: int
    to_look_at: int


@dataclass(frozen=True)
class ChangePage:
    """A change of areas: how many areas became what, which ended and which are new, who moves."""

    change: AreaChange
    counts: Mapping[Became, int]
    links: Sequence[Link]
    gone: Sequence[tuple[str, str]]
    new: Sequence[tuple[str, str]]
    moves: Sequence[Moving]

    @property
    def places(self) -> int:
        """How many places come into another area."""
        return sum(move.places for move in self.moves)

    @property
    def to_look_at(self) -> int:
        """How many of them somebody is to look at."""
        return sum(move.to_look_at for move in self.moves)


def area_changes(session: Session, *, actor: Actor) -> Sequence[AreaChange]:
    """Every map that followed another or is to follow it, the last first.

    Raises:
        Forbidden
    """
    actor.require(May.IMPORT_AREAS)
    return session.scalars(select(AreaChange).order_by(AreaChange.id.desc()).limit(MOST)).all()


def change_named(session: Session, version: str, *, actor: Actor) -> AreaChange:
    """The last change to a version of the map.

    Raises:
        Forbidden, ChangeUnknown
    """
    actor.require(May.IMPORT_AREAS)
    of = select(AreaChange).where(AreaChange.version == version).order_by(AreaChange.id.desc())
    change = session.scalars(of.limit(1)).first()
    if change is None:
        raise ChangeUnknown
    return change


def links_table(session: Session, change_id: int, *, actor: Actor) -> Table:
    """What became of every area, the same ones too, with the shape of the new one: the crosswalk of
    two maps as a file.

    Raises:
        Forbidden, ChangeUnknown
    """
    actor.require(May.IMPORT_AREAS)
    change = session.get(AreaChange, change_id)
    if change is None:
        raise ChangeUnknown
    old, new = aliased(Area), aliased(Area)
    said = (old.level, old.pcode, old.name, new.level, new.pcode, new.name)
    rows = session.execute(
        select(*said, AreaLink.became, AreaLink.of_old, AreaLink.of_new, AreaLink.given)
        .add_columns(new.shape.ST_AsBinary())
        .join(old, old.id == AreaLink.from_id)
        .join(new, new.id == AreaLink.to_id)
        .where(AreaLink.change_id == change.id)
        .order_by(old.level, old.pcode, new.pcode)
    ).all()
    title = _("What became of the areas of {before} in {after}")
    told = title.format(before=change.from_version, after=change.version)
    return Table(
        "crosswalk",
        LINKED,
        [[*row[:6], row[6].value, *row[7:9], int(row[9])] for row in rows],
        [bytes(row[10]) for row in rows],
        said_of_file(session, told, actor),
    )


def change_page(session: Session, change_id: int, *, actor: Actor) -> ChangePage:
    """What a new map changes.

    Raises:
        Forbidden, ChangeUnknown
    """
    actor.require(May.IMPORT_AREAS)
    change = session.get(AreaChange, change_id)
    if change is None:
        raise ChangeUnknown
    of_change = AreaLink.change_id == change.id
    counts = select(AreaLink.became, func.count()).where(of_change).group_by(AreaLink.became)
    return ChangePage(
        change,
        dict(session.execute(counts).all()),
        _links(session, change),
        _without_link(session, change.from_version, change, AreaLink.from_id),
        _without_link(session, change.version, change, AreaLink.to_id),
        _moves(session, change),
    )


def _links(session: Session, change: AreaChange) -> list[Link]:
    """Every area that is not what it was."""
    old, new = aliased(Area), aliased(Area)
    columns = (
        *(old.pcode, old.name, new.pcode, new.name),
        *(AreaLink.became, AreaLink.of_old, AreaLink.of_new, AreaLink.given),
    )
    rows = (
        select(*columns)
        .join(old, old.id == AreaLink.from_id)
        .join(new, new.id == AreaLink.to_id)
        .where(AreaLink.change_id == change.id, AreaLink.became != Became.SAME)
        .order_by(old.level, old.pcode, new.pcode)
        .limit(MOST)
    )
    return [Link(*row) for row in session.execute(rows)]


def _without_link(
    session: Session, version: str, change: AreaChange, side: object
) -> list[tuple[str, str]]:
    """The areas of a map that no area of the other follows, or goes before."""
    linked = select(side).where(AreaLink.change_id == change.id)  # type: ignore[call-overload]
    alone = select(Area.pcode, Area.name).where(Area.version == version, Area.id.not_in(linked))
    rows = session.execute(alone.order_by(Area.level, Area.pcode).limit(MOST))
    return [(pcode, name) for pcode, name in rows]


def _moves(session: Session, change: AreaChange) -> list[Moving]:
    old, new = aliased(Area), aliased(Area)
    look = func.count().filter(PlaceMove.to_look_at)
    rows = (
        select(old.pcode, old.name, new.pcode, new.name, func.count(), look)
        .select_from(PlaceMove)
        .outerjoin(old, old.id == PlaceMove.area_id)
        .outerjoin(new, new.id == PlaceMove.to_area_id)
        .where(PlaceMove.change_id == change.id)
        .group_by(old.pcode, old.name, new.pcode, new.name)
        .order_by(func.count().desc(), old.pcode, new.pcode)
        .limit(MOST)
    )
    return [Moving(*row) for row in session.execute(rows)]
