"""What a new map of areas changes, for whoever prepares it or puts it in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.errors import NotFound
from geo.models.area_changes import AreaChange, AreaLink, Became, PlaceMove
from geo.models.areas import Area
from geo.permissions import May

MOST = 500  # rows of a list on one page


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
