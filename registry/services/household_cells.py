"""Counting households by cell beforehand, so that a drawing is answered at once.

Parts of the counting jobs, so they take no actor and leave no entry.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import CTE, BigInteger, Select, case, delete, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import copy_into, fetch_columns
from geo.area_tree import AreaTree
from geo.crs import Flags
from geo.grades import STEPS
from geo.models.exposure import AreaExposure, Exposure
from geo.models.locations import Location
from geo.models.releases import Release
from geo.queries.area_trees import area_tree
from geo.queries.exposure import IN, PROBABLE
from geo.queries.selections import Question, answered
from geo.raster.reasons import Reason
from geo.vector.block_tiles import ZOOM
from geo.vector.cover import GRAINS, TILE, corner, place_in_tile
from registry.counting.bins import Bins
from registry.counting.packed import (
    CODES,
    COUNT,
    GRADED,
    HOUSEHOLD,
    SHARE,
    UNLOCATED,
    Records,
    Standing,
    Whole,
    packed_counts,
    packed_shares,
    packed_singles,
)
from registry.counting.people import FIGURES
from registry.counting.tiles import in_tiles
from registry.models.household_cells import (
    SHARES,
    CountedRelease,
    Grain,
    HouseholdCell,
    StaleCell,
)
from registry.queries.answers import bins_of, reference_date
from registry.queries.people import composition
from registry.queries.stale_cells import EVERYTHING, IN_AREA, lives_in
from registry.queries.tallies import located_answers, pointless_answers
from registry.services import household_tiles

EVERYBODY = Actor(id=0, name="", permissions=frozenset(), national=True)
AT_ONCE = 400_000  # households read, packed and written at a time
LOCK = 0x68676365  # of the counting of cells, among advisory locks
BLOCK = 12  # bits of a cell's number within its block of 64 x 64 cells
# After a large import the planner would take the tables for small ones.
FRESH_STATISTICS = text(
    "select look_at('locations', 'registrants', 'groups', 'memberships', 'individuals')"
)
COLUMNS = ["release_id", "grain", "cell", "packed"]
ANSWERED = dict.fromkeys(("wet", "probable"), "b1") | {"why": "i2"}
VALUES = dict.fromkeys(("surely", "possibly"), "f4")
KEYS = dict.fromkeys(("area", "known_by"), "i8")
FETCHED = KEYS | ANSWERED | VALUES | dict.fromkeys(FIGURES, "i4")
CURVE = {"known_by": "i8", "seen": "f4", "why": "i2"} | {f"at{n}": "f4" for n in range(STEPS)}

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class _Counter:
    """What households are counted by for one release."""

    release_id: int
    bins: Bins
    on: date
    tree: AreaTree

    @property
    def question(self) -> Question:
        return Question(release_id=self.release_id)


def count_release(session: Session, release: Release, report: Report) -> None:
    """Count all households by cell for a release, into a partition of its own.

    What changes meanwhile is noted by triggers and stays stale, so nothing is missed. A release
    that was counted before is counted anew.
    """
    _one_at_a_time(session)
    session.execute(FRESH_STATISTICS)
    counter = _counter(session, release)
    spans, tiles = list(_spans(session)), []
    with _partition(session, release.id) as table:
        for done, (low, high) in enumerate(spans):
            standing = _write_cells(session, counter, table, low, high)
            tiles.append(in_tiles(ZOOM, standing.household))
            report(done + 1, len(spans))
        pointless = _pointless(session, counter, pointless_answers(counter.question, EVERYBODY))
        _write_pointless(session, counter, table, *pointless)
        _write(session, counter, table, Grain.TREE, [(0, counter.tree.record.tobytes())])
    household_tiles.write_all(session, release.id, tiles)
    _note(session, counter)


def recount(session: Session, report: Report) -> int:
    """Count again what changed since, for every counted release; answers how many notes that were.

    Notes that were not to be seen when this began stay, for the next time.
    """
    _one_at_a_time(session)
    notes = session.execute(select(StaleCell.id, StaleCell.cell)).all()
    stale = np.unique([note.cell for note in notes]).astype(np.int64)
    releases = session.scalars(select(Release).join(CountedRelease)).all()
    for done, release in enumerate(releases):
        counter = _counter(session, release)
        if EVERYTHING in stale or not _stands(session, counter):
            count_release(session, release, lambda _done, _total: None)
        else:
            _count_again(session, counter, stale)
        report(done + 1, len(releases))
    session.execute(delete(StaleCell).where(StaleCell.id.in_([note.id for note in notes])))
    return len(notes)


def _one_at_a_time(session: Session) -> None:
    """No note is taken away while another count, which may have missed its change, is under way."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _count_again(session: Session, counter: _Counter, stale: Whole) -> None:
    """The blocks that hold stale cells, and those without a point in areas with a change."""
    own = HouseholdCell.release_id == counter.release_id
    blocks = np.unique(stale[stale >= 0] >> BLOCK)
    for block in blocks.tolist():
        low, high = block << BLOCK, (block + 1 << BLOCK) - 1
        here = HouseholdCell.cell.between(low, high), HouseholdCell.grain >= 0
        session.execute(delete(HouseholdCell).where(own, *here))
        _write_cells(session, counter, HouseholdCell.__tablename__, low, high)
    if len(blocks):
        household_tiles.write_again(session, counter.release_id, blocks)
    areas = np.isin(counter.tree.ids, IN_AREA - stale[stale <= IN_AREA])
    if areas.any():
        _count_pointless_again(session, counter, areas)


def _count_pointless_again(session: Session, counter: _Counter, areas: Flags) -> None:
    """Those without a point in some areas; the counts of others stay."""
    living = pointless_answers(counter.question, EVERYBODY).where(lives_in(counter.tree, areas))
    now = _pointless(session, counter, living)
    kept = []
    for grain, dtype in ((Grain.POINTLESS, COUNT), (Grain.POINTLESS_SHARES, SHARE)):
        row = HouseholdCell.release_id == counter.release_id, HouseholdCell.grain == grain
        packed = session.scalar(delete(HouseholdCell).where(*row).returning(HouseholdCell.packed))
        was = np.frombuffer(packed or b"", dtype=dtype)
        kept.append(was[~areas[was["area"]]].tobytes())
    both = (before + after for before, after in zip(kept, now, strict=True))
    _write_pointless(session, counter, HouseholdCell.__tablename__, *both)


def _counter(session: Session, release: Release) -> _Counter:
    on = reference_date(session, Question(release_id=release.id))
    return _Counter(release.id, bins_of(release), on, area_tree(session))


def _stands(session: Session, counter: _Counter) -> bool:
    """Whether a release was counted on the day and with the bins it would be counted with now."""
    was = session.get_one(CountedRelease, counter.release_id)
    edges = np.asarray(counter.bins.edges, dtype=np.float32)
    same_edges = np.array_equal(np.asarray(was.edges or (), dtype=np.float32), edges)
    return was.ages_on == counter.on and same_edges


def _note(session: Session, counter: _Counter) -> None:
    row = {
        "release_id": counter.release_id,
        "ages_on": counter.on,
        "edges": list(counter.bins.edges),
        "counted_at": func.now(),
    }
    counted = upsert(CountedRelease).values(row)
    session.execute(
        counted.on_conflict_do_update(
            index_elements=["release_id"], set_={name: counted.excluded[name] for name in row}
        )
    )


def _spans(session: Session) -> Iterator[tuple[int, int]]:
    """First and last cell of spans of whole blocks with about `AT_ONCE` places each."""
    block: Any = Location.cell // literal_column(str(1 << BLOCK), BigInteger)
    counts = select(block, func.count()).where(Location.cell.is_not(None)).group_by(block)
    span: list[int] = []
    held = 0
    for number, places in session.execute(counts.order_by(block)):
        span, held = [*span[:1], int(number)], held + places
        if held >= AT_ONCE:
            yield _cells_of(span)
            span, held = [], 0
    if span:
        yield _cells_of(span)


def _cells_of(span: list[int]) -> tuple[int, int]:
    """The first and the last cell of the blocks from the first to the last of a span."""
    return span[0] << BLOCK, (span[-1] + 1 << BLOCK) - 1


def _write_cells(session: Session, counter: _Counter, table: str, low: int, high: int) -> Standing:
    standing = _standing(session, counter, low, high)
    for grain in GRAINS:
        counts = packed_counts(corner(standing.cell, grain), standing.household)
        _write(session, counter, table, grain, counts)
        shares = packed_shares(corner(standing.graded_cell, grain), standing.graded)
        _write(session, counter, table, grain + SHARES, shares)
    households = packed_singles(corner(standing.cell, TILE), standing.household)
    _write(session, counter, table, Grain.HOUSEHOLDS, households)
    graded = packed_singles(corner(standing.graded_cell, TILE), standing.graded)
    _write(session, counter, table, Grain.GRADED, graded)
    return standing


def _write_pointless(
    session: Session, counter: _Counter, table: str, counts: bytes, shares: bytes
) -> None:
    """The one row of counts and the one of sixteenths of those without a point."""
    _write(session, counter, table, Grain.POINTLESS, [(0, counts)])
    _write(session, counter, table, Grain.POINTLESS_SHARES, [(0, shares)])


def _write(
    session: Session,
    counter: _Counter,
    table: str,
    grain: int,
    packed: Iterable[tuple[int, bytes]],
) -> None:
    rows = ((counter.release_id, grain, *row) for row in packed)
    copy_into(session, table, COLUMNS, rows)


def _standing(session: Session, counter: _Counter, low: int, high: int) -> Standing:
    """The households that stand in a span of cells."""
    here = Location.cell.between(low, high)
    places = answered(counter.question).where(here)
    asked = located_answers(places, EVERYBODY).cte("asked").prefix_with("materialized")
    query = _with_people(asked, asked.c.location_id, counter.on).add_columns(
        Location.cell.label("cell"), Location.lon, Location.lat
    )
    query = query.join(Location, Location.id == asked.c.location_id)
    found = fetch_columns(session, query, FETCHED | {"cell": "i8", "lon": "f8", "lat": "f8"})
    exposed = select(*_graded_columns(Exposure, Exposure.location_id)).where(
        Exposure.release_id == counter.release_id,
        Exposure.curve.is_not(None),
        Exposure.location_id.in_(select(Location.id).where(here)),
    )
    household, of, graded = _packable(found, counter, fetch_columns(session, exposed, CURVE))
    household["place"] = place_in_tile(found["cell"])
    graded["place"] = household["place"][of]
    return Standing(found["cell"], household, graded, found["cell"][of])


def _pointless(session: Session, counter: _Counter, living: Select[Any]) -> tuple[bytes, bytes]:
    """Packed counts and sixteenths, by area, of households without a point."""
    asked = living.cte("asked").prefix_with("materialized")
    query = _with_people(asked, asked.c.area_id, counter.on)
    found = fetch_columns(session, query, FETCHED) | {"lon": 0.0, "lat": 0.0}
    exposed = select(*_graded_columns(AreaExposure, AreaExposure.area_id)).where(
        AreaExposure.release_id == counter.release_id, AreaExposure.curve.is_not(None)
    )
    household, _of, graded = _packable(found, counter, fetch_columns(session, exposed, CURVE))
    household["code"][found["area"] == 0] = UNLOCATED
    household["may"][found["area"] == 0] = UNLOCATED
    counts = packed_counts(np.zeros(len(household), dtype=np.int64), household)
    shares = packed_shares(np.zeros(len(graded), dtype=np.int64), graded)
    joined = (b"".join(packed for _cell, packed in some) for some in (counts, shares))
    return next(joined), next(joined)


def _graded_columns(of: type[Exposure] | type[AreaExposure], known_by: Any) -> list[Any]:
    """What is known of ground of several values: by what, how much was seen, what is known where
    none of it is in, and its sixteenths."""
    steps = (of.curve[n + 1].label(f"at{n}") for n in range(STEPS))
    partly = case((of.seen < 1, Reason.PARTLY.value), else_=Reason.VALUE.value)
    why = func.coalesce(Exposure.why, partly) if of is Exposure else partly
    return [known_by.label("known_by"), of.seen, why.label("why"), *steps]


def _with_people(asked: CTE, known_by: Any, on: date) -> Select[*tuple[Any, ...]]:
    people = composition(on, select(asked.c.registrant_id))
    return (
        select(
            func.coalesce(asked.c.area_id, 0).label("area"),
            func.coalesce(known_by, 0).label("known_by"),
            func.coalesce(asked.c.why, Reason.VALUE.value).label("why"),
            (asked.c.status == IN).label("wet"),
            (asked.c.status == PROBABLE).label("probable"),
            asked.c.surely,
            asked.c.possibly,
            *(func.coalesce(people.c[name], 0).label(name) for name in FIGURES),
        )
        .select_from(asked)
        .outerjoin(people, people.c.registrant_id == asked.c.registrant_id)
    )


def _packable(
    found: dict[str, Any], counter: _Counter, curves: dict[str, Any]
) -> tuple[Records, Whole, Records]:
    """Households, which of them are graded, and how; `curves` tells of the ground of these."""
    households = np.zeros(len(found["area"]), dtype=HOUSEHOLD)
    for name in ("lon", "lat", *FIGURES):
        households[name] = found[name]
    households["area"] = counter.tree.places(found["area"])
    code = np.where(found["wet"], counter.bins.codes(found["surely"]), CODES[found["why"]])
    some = found["wet"] | found["probable"]
    may = np.where(some, counter.bins.codes(found["possibly"]), code)
    of = np.flatnonzero(found["probable"] | (may != code))
    order = np.argsort(curves["known_by"])
    ground = order[np.searchsorted(curves["known_by"], found["known_by"][of], sorter=order)]
    seen = curves["seen"][ground]
    probable = found["probable"][of]
    code[of[probable]] = CODES[curves["why"][ground[probable]]]
    households["code"], households["may"] = code, may
    graded = np.zeros(len(of), dtype=GRADED)
    for name in ("lon", "lat", "area", "code", "may"):
        graded[name] = households[name][of]
    graded["seen"] = seen
    values = np.column_stack([curves[f"at{n}"][ground] for n in range(STEPS)])
    graded["bins"] = counter.bins.codes_of_kept(values)
    return households, of, graded


@contextmanager
def _partition(session: Session, release_id: int) -> Iterator[str]:
    """A table beside `household_cells` to fill, which takes the old one's place at the end."""
    session.execute(select(func.begin_household_cells(release_id)))
    yield f"household_cells_r{release_id}_new"
    session.execute(select(func.end_household_cells(release_id)))
