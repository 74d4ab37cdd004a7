"""Composites: releases are put together, read as any other file, and given the meaning they have.

Extents alone stay extents. With a grid among them a grid is made, of which each extent tells what
it says of the middles of cells.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Invalid, Refusal
from core.jobs import Progress, defer, work
from core.storage import keep_file, path_of
from core.words import _
from geo import together
from geo.clauses import Clause
from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes
from geo.hazards import extent_hazard
from geo.jobs import release_extents, release_grids
from geo.jobs.releases import look_over
from geo.lookups import write_extent
from geo.measures import DAYS, DISTANCE, EVER
from geo.models.events import LayerKind
from geo.models.releases import (
    Direction,
    ObservedRule,
    Operation,
    Release,
    ReleasePart,
    ReleaseState,
)
from geo.permissions import May
from geo.queries.composites import parents_of
from geo.raster import composites as grids
from geo.raster.cog import value_range, write_cog
from geo.raster.composite_reasons import write_reasons
from geo.raster.ground import ground
from geo.raster.open import opened
from geo.reports import Report, unheard
from geo.services.exposure import box_of, clause_of, hazard_of, parts_said, reasons_of
from geo.services.meanings import Meaning, confirm_release
from geo.services.releases import locked
from geo.vector import composites as extents
from geo.vector.bands import bands, ends_of_bands
from geo.vector.subdivide import subdivided

AT_A_THRESHOLD: Mapping[Operation, together.Operation] = {
    Operation.EVER: together.ever,
    Operation.DAYS: together.days,
}
METRES = 1000.0  # in a kilometre
ONCE = 1.0  # the least that is kept of what was hit at all


class NowhereHit(Invalid):
    """Nowhere on these maps is ground hit as it was asked; choose a lower value, or other maps."""


@work
def compose(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, str | int]:
    """Put hazard maps together.

    What comes out is a file as any other, with its meaning confirmed, which is looked over next.
    What cannot be put together is refused with its sentence.
    """
    actor.require(May.DERIVE_RELEASES)
    release = locked(session, release_id, {ReleaseState.RECEIVED})
    parents = [parent.release for parent in parents_of(session, release_id)]

    def told(done: int, total: int) -> None:
        progress.report(done, total, _("Putting them together"))

    try:
        with session.begin_nested():
            _make(session, release, parents, actor, told)
            confirm_release(session, release_id, _meaning(release, parents), actor=actor)
    except Refusal as refusal:
        with audit.act(session, actor, "releases.refuse", release) as figures:
            release.state, release.refusal = ReleaseState.REFUSED, refusal.message
            figures.update(reason=refusal.message)
        return {"refused": refusal.message}
    only = f"release {release_id}"
    looking = defer(
        session, look_over, actor=actor, about=release, dedupe=only, release_id=release_id
    )
    return {"looked_over_by": looking}


def _make(
    session: Session, release: Release, parents: Sequence[Release], actor: Actor, report: Report
) -> None:
    """Write what a release is made of others, and read it as a file that was sent."""
    with tempfile.TemporaryDirectory() as folder:
        made = _making(release, parents)(session, release, parents, Path(folder), report)
        read = release_grids.read if made.layer is None else release_extents.read
        kept = keep_file(made.path)
        with audit.act(session, actor, "releases.read", release):
            release.original_sha256, release.original_bytes = kept.sha256, kept.size
            release.most_sha256 = made.most_sha256
            release.layer_in_file, release.value_field = made.layer, made.value_field
            read(session, release, made.path, unheard)
            if made.reasons is not None:
                release_grids.keep_reasons(release, made.reasons)
            release.state = ReleaseState.READ


@dataclass(frozen=True)
class _Made:
    """The file that was made, where in it the values stand, what is kept of the most they may be,
    if that differs, and beside a grid that of why cells have no value, if any of them tells."""

    path: Path
    most_sha256: str | None
    layer: str | None = None
    value_field: str | None = None
    reasons: Path | None = None


def _making(release: Release, parents: Sequence[Release]) -> Callable[..., _Made]:
    if release.operation is Operation.DISTANCE:
        return _distances
    of_extents = all(parent.kind is LayerKind.EXTENT for parent in parents)
    return _extents_together if of_extents else _grids_together


def _grids_together(
    session: Session, release: Release, parents: Sequence[Release], folder: Path, report: Report
) -> _Made:
    """What grids hold together, and extents beside them. Raises TooFarApart."""
    target, most, why = (folder / name for name in ("made.tif", "most.tif", "why.tif"))
    clause = _clause(release, parents[0])
    operation = _operation(session, release, parents, clause)
    dry = clause.furthest if release.operation in AT_A_THRESHOLD else 0.0
    with ExitStack() as stack:
        sources = [stack.enter_context(_source(session, parent, dry)) for parent in parents]
        bounded = grids.write_together(operation, sources, clause, target, most, report)
        hidden = [stack.enter_context(reasons_of(parent)) for parent in parents]
        if any(hidden):
            write_reasons(operation, sources, clause, hidden, why)
    grids.sign(target, _provenance(release, parents))
    reasons = why if any(hidden) else None
    return _Made(target, _normal(most) if bounded else None, reasons=reasons)


@contextmanager
def _source(session: Session, parent: Release, dry: float) -> Iterator[grids.Source]:
    """A release as it is put together with grids; observed ground around an extent is `dry`."""
    if parent.kind is LayerKind.RASTER:
        with opened(path_of(str(parent.grid_sha256))) as grid:
            yield grid
        return
    with hazard_of(session, parent) as hazard:

        def told(lon: Floats, lat: Floats) -> tuple[NDArray[Any], Flags]:
            said = hazard.at_places(lon, lat)
            return np.where(np.isnan(said.values), dry, said.values), said.observed

        yield grids.Outline(told, box_of(session, parent))


def _extents_together(
    session: Session, release: Release, parents: Sequence[Release], folder: Path, report: Report
) -> _Made:
    """What extents say together, piece by piece. Raises NowhereHit."""
    target, clause = folder / "made.gpkg", _clause(release, parents[0])
    operation = _operation(session, release, parents, clause)
    told = [extents.Told(*parts_said(session, parent)) for parent in parents]
    pieces = extents.put_together(operation, told, clause, report)
    kept = _kept(release, parents[0])
    least = pieces.least_of(kept)
    if not len(least.parts):
        raise NowhereHit
    extents.write(least, target, _provenance(release, parents))
    field = None if _is_plain(release, parents) else extents.VALUE
    most = _lookup(pieces.most_of(kept), kept, folder) if pieces.bounded else None
    return _Made(target, most, extents.EXTENT, field)


def _distances(
    session: Session, release: Release, parents: Sequence[Release], folder: Path, report: Report
) -> _Made:
    """How far it is from what a release hit, in bands; where something was not observed it may be
    nearer. Raises TooManyPatches, NowhereHit."""
    target, (parent,) = folder / "made.gpkg", parents
    ends = ends_of_bands(release.operand or 0.0)
    hit, seen = _ground(session, parent)
    if not len(hit):
        raise NowhereHit
    found = bands(hit, seen, ends[1:] * METRES, report)
    extents.write(
        extents.Told(found.parts, ends[found.band], found.seen),
        target,
        _provenance(release, parents),
    )
    begins = np.append(0.0, np.nextafter(ends[:-1].astype(np.float32), np.float32(np.inf)))
    nearest = extents.Told(found.doubtful, begins[found.nearest], found.seen)
    most = _lookup(nearest, _kept(release, parent), folder)
    return _Made(target, most, extents.EXTENT, extents.VALUE)


def _ground(session: Session, parent: Release) -> tuple[Shapes, Shapes]:
    """What a release hit, from its floor on, and what it saw."""
    clause = clause_of(parent)
    if parent.kind is LayerKind.RASTER:
        with opened(path_of(str(parent.grid_sha256))) as grid:
            return ground(grid, clause)
    parts, values, seen = parts_said(session, parent)
    return parts[clause.met(values)], np.concatenate([parts, seen])


def _is_plain(release: Release, parents: Sequence[Release]) -> bool:
    """Whether a composite says of ground no more than whether it is hit."""
    plain = all(parent.value_field is None for parent in parents)
    return release.operation is Operation.EVER or (plain and release.operation is Operation.MAXIMUM)


def _lookup(most: extents.Told, kept: Clause, folder: Path) -> str:
    """What places are looked up in for the most that an extent may say."""
    parts, of = subdivided(most.parts)
    seen, _of = subdivided(most.seen)
    west, south, east, north = shapely.total_bounds(seen).tolist()
    box = west, south, east, north
    write_extent(folder / "most", extent_hazard(parts, most.values[of], seen, box, kept))
    return keep_file(folder / "most").sha256


def _operation(
    session: Session, release: Release, parents: Sequence[Release], clause: Clause
) -> together.Operation:
    """How they are put together; where the worst is taken, with the worst there is of all."""
    if counted := AT_A_THRESHOLD.get(Operation(str(release.operation))):
        return counted
    least, most = zip(*(_ends(session, parent) for parent in parents), strict=True)
    return together.worst(float(np.nanmax(most) if clause.at_most is None else np.nanmin(least)))


def _ends(session: Session, parent: Release) -> tuple[float, float]:
    """The least and most value of a release."""
    if parent.kind is LayerKind.RASTER:
        with opened(path_of(str(parent.grid_sha256))) as grid:
            return value_range(grid)
    value = ReleasePart.value
    ends = select(func.min(value), func.max(value)).where(ReleasePart.release_id == parent.id)
    least, most = session.execute(ends).one()
    return least, most


def _clause(release: Release, parent: Release) -> Clause:
    """From which value on a place counts; where the worst is taken, which side is worse."""
    if release.operand is None:
        return clause_of(parent)
    return _from(release.operand, parent.direction)


def _kept(release: Release, parent: Release) -> Clause:
    """Which values of a composite are kept."""
    is_of = _measured(release, parent)
    return Clause() if is_of.floor is None else _from(is_of.floor, is_of.direction)


def _from(value: float, direction: Direction) -> Clause:
    return Clause(at_most=value) if direction is Direction.AT_MOST else Clause(at_least=value)


def _normal(most: Path) -> str:
    """The normal form of the grid of the most its values may be."""
    target = most.with_name("normal.tif")
    with opened(most) as grid:
        write_cog(grid, target)
    return keep_file(target).sha256


def _provenance(release: Release, parents: Sequence[Release]) -> dict[str, str]:
    return {
        "OPERATION": str(release.operation),
        "THRESHOLD": "" if release.operand is None else repr(release.operand),
        "MADE_OF": " ".join(parent.original_sha256 for parent in parents),
        "RECIPE": str(release.recipe),
    }


@dataclass(frozen=True)
class _Measured:
    """What the numbers of a composite are."""

    measure: str
    unit: str
    direction: Direction
    floor: float | None


def _measured(release: Release, parent: Release) -> _Measured:
    if release.operation is Operation.EVER:
        return _Measured(EVER, "", Direction.AT_LEAST, ONCE)
    if release.operation is Operation.DAYS:
        return _Measured(DAYS, "days", Direction.AT_LEAST, ONCE)
    if release.operation is Operation.DISTANCE:
        return _Measured(DISTANCE, "km", Direction.AT_MOST, release.operand)
    return _Measured(str(parent.measure), parent.unit or "", parent.direction, parent.floor)


def _meaning(release: Release, parents: Sequence[Release]) -> Meaning:
    """What a composite means, from what was confirmed of the releases it was made of."""
    is_of = _measured(release, parents[0])
    moments = [parent.observed_at for parent in parents if parent.observed_at]
    sources = dict.fromkeys(parent.source for parent in parents if parent.source)
    licences = dict.fromkeys(parent.licence for parent in parents if parent.licence)
    return Meaning(
        layer=release.original_name.rpartition(".")[0],
        measure=is_of.measure,
        unit=is_of.unit,
        direction=is_of.direction,
        floor=is_of.floor,
        observed_at=max(moments, default=None),
        source=", ".join(sources),
        licence=", ".join(licences),
        values=tuple(each["number"] for each in release.found.get("suspects", [])),
        value_field=release.value_field,
        observed_rule=ObservedRule.LAYER,
        observed_layer=extents.OBSERVED,
        forecast=any(parent.forecast for parent in parents),
    )
