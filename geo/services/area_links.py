"""What became of each area of a map in the one that follows it: by the ground they share, and by
the codes a file gives. A part of the act that stages the new map."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.words import _
from geo.models.area_changes import AreaChange, AreaLink, Became
from geo.models.areas import Area
from geo.tables import opened
from geo.vector.crosswalk import LEAST, Shared, overlaid

WHOLE = 0.95  # of its ground: an area that lies in another, borders drawn otherwise apart
SAME = 0.99
TOLD = 5  # wrong rows told in one sentence
NEW_CODES = ("pcode", "new_pcode", "pcode_new", "new", "to")
OLD_CODES = ("old_pcode", "pcode_old", "old_code", "old", "from")


class CrosswalkUnreadable(Invalid):
    """The list of codes needs a column of old P-codes (old_pcode) and one of new ones (new_pcode);
    it has {columns}."""


@dataclass(frozen=True)
class Pair:
    """An old and a new P-code, as a row of a list says them."""

    old: str
    new: str
    row: int = 0


@dataclass(frozen=True)
class PairFault:
    """Why a row of a list of codes cannot be believed."""

    row: int
    old: str
    new: str
    says: str


class CrosswalkWrong(Invalid):
    """The list of codes does not fit the two maps, so nothing was prepared; correct {count} of its
    rows. {says}

    `faults` has all of them.
    """

    def __init__(self, faults: Sequence[PairFault]) -> None:
        self.faults = faults
        told = (_("Row {row}: {says}", row=each.row, says=each.says) for each in faults[:TOLD])
        super().__init__(count=len(faults), says=" ".join(told))


Pairs = Sequence[Pair]


@dataclass(frozen=True)
class _Known:
    """An area as links know it."""

    id: int
    pcode: str
    name: str
    level: int
    shape: Any


def pairs_of(path: Path, name: str) -> Pairs:
    """The pairs of old and new P-codes of a list; those without an old one are left out.

    Raises:
        CrosswalkUnreadable; the refusals of `geo.tables.opened`.
    """
    with opened(path, name) as table:
        plain = [column.strip().casefold().replace(" ", "_") for column in table.columns]
        old = next((plain.index(each) for each in OLD_CODES if each in plain), None)
        new = next((plain.index(each) for each in NEW_CODES if each in plain), None)
        if old is None or new is None:
            raise CrosswalkUnreadable(columns=", ".join(table.columns))
        rows = [(number, cells[old], cells[new]) for number, cells, _over in table.rows]
    return [
        Pair(before.strip(), after.strip(), number)
        for number, before, after in rows
        if before and before.strip() and after and after.strip()
    ]


def link_areas(session: Session, change: AreaChange, given: Pairs = ()) -> int:
    """Write down what became of each area; answers how many links that are.

    Raises:
        CrosswalkWrong
    """
    old, new = (_areas(session, version) for version in (change.from_version, change.version))
    links = {(each["from_id"], each["to_id"]): each for each in _by_ground(old, new)}
    links |= _by_codes(old, new, given, links)
    rows = [{**link, "change_id": change.id} for link in links.values()]
    if rows:
        session.execute(upsert(AreaLink), rows)
    return len(rows)


def _areas(session: Session, version: str) -> list[_Known]:
    columns = (Area.id, Area.pcode, Area.name, Area.level, Area.shape.ST_AsBinary())
    rows = session.execute(select(*columns).where(Area.version == version)).all()
    shapes = shapely.from_wkb([bytes(row[4]) for row in rows])
    return [
        _Known(row[0], row[1], row[2], row[3], shape)
        for row, shape in zip(rows, shapes, strict=True)
    ]


def _by_ground(old: Sequence[_Known], new: Sequence[_Known]) -> list[dict[str, Any]]:
    """The links of areas that share ground, level by level; a new map may have more levels, or
    fewer, so that areas of a level stand in another one now."""
    links: list[dict[str, Any]] = []
    for level, now in _levels_meet(old, new).items():
        before = [area for area in old if area.level == level]
        after = [area for area in new if area.level == now]
        shapes = (np.array([area.shape for area in some], dtype=object) for some in (before, after))
        links += [
            _link(before[shared.old], after[shared.new], shared)
            for shared in (overlaid(*shapes) if after else ())
        ]
    return links


def _levels_meet(old: Sequence[_Known], new: Sequence[_Known]) -> dict[int, int]:
    """By level of the old map, the one of the new that most of its P-codes stand in; where none
    does, as far from the level above as before."""
    stands_in = {area.pcode: area.level for area in new}
    met: dict[int, int] = {}
    for level in sorted({area.level for area in old}):
        codes = [area.pcode for area in old if area.level == level]
        found = Counter(stands_in[code] for code in codes if code in stands_in)
        usual = met[level - 1] + 1 if level - 1 in met else level
        met[level] = found.most_common(1)[0][0] if found else usual
    return met


def _link(old: _Known, new: _Known, shared: Shared) -> dict[str, Any]:
    became = _became(old, new, shared)
    shares = {"of_old": shared.of_old, "of_new": shared.of_new, "given": False}
    return {"from_id": old.id, "to_id": new.id, "became": became, **shares}


def _became(old: _Known, new: _Known, shared: Shared) -> Became:
    """What an area became, by the ground it shares with one of the new map."""
    least, is_coded_same = min(shared.of_old, shared.of_new), old.pcode == new.pcode
    if is_coded_same and least >= SAME:
        return Became.SAME if old.name == new.name else Became.RENAMED
    if not is_coded_same and least >= WHOLE:
        return Became.RECODED
    if shared.of_new >= WHOLE and shared.of_old < WHOLE:
        return Became.SPLIT
    if shared.of_old >= WHOLE and shared.of_new < WHOLE:
        return Became.MERGED
    return Became.MOVED


def _by_codes(
    old: Sequence[_Known],
    new: Sequence[_Known],
    given: Pairs,
    drawn: dict[tuple[int, int], dict[str, Any]],
) -> dict[tuple[int, int], dict[str, Any]]:
    """The links a file gives: an old code that comes twice was split, a new one twice was merged.

    What the ground says of a pair stays beside it.

    Raises:
        CrosswalkWrong
    """
    before, after = ({area.pcode: area for area in some} for some in (old, new))
    if faults := [*_faults(before, after, given)]:
        raise CrosswalkWrong(faults)
    pairs = {(each.old, each.new) for each in given}
    from_, to = Counter(a for a, _b in pairs), Counter(b for _a, b in pairs)
    links = {}
    for a, b in pairs:
        key = (before[a].id, after[b].id)
        became = Became.SPLIT if from_[a] > 1 else Became.MERGED if to[b] > 1 else Became.RECODED
        if a == b and became is Became.RECODED:
            became = Became.SAME if before[a].name == after[b].name else Became.RENAMED
        nothing = {"of_old": None, "of_new": None}
        ground = {name: drawn.get(key, nothing)[name] for name in nothing}
        links[key] = {"from_id": key[0], "to_id": key[1], "became": became, "given": True, **ground}
    return links


def _faults(
    before: Mapping[str, _Known], after: Mapping[str, _Known], given: Pairs
) -> Iterator[PairFault]:
    """The rows of a list that the two maps do not bear out."""
    for each in given:
        old, new = before.get(each.old), after.get(each.new)
        if says := _why_not(each, old, new):
            yield PairFault(each.row, each.old, each.new, says)


def _why_not(pair: Pair, old: _Known | None, new: _Known | None) -> str:
    if old is None:
        return _("{pcode} is no area of the map in force.", pcode=pair.old)
    if new is None:
        return _("{pcode} is no area of the new map.", pcode=pair.new)
    ground = shapely.area(shapely.intersection(old.shape, new.shape))
    if ground < LEAST * min(shapely.area(old.shape), shapely.area(new.shape)):
        return _("{old} and {new} have no ground in common.", old=pair.old, new=pair.new)
    return ""
