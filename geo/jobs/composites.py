"""Composites: grids are put together, read as any other file, and given the meaning they have."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Refusal
from core.jobs import Progress, work
from core.storage import keep_file, path_of
from core.words import _
from geo.clauses import Clause
from geo.jobs import release_grids
from geo.measures import DAYS, EVER
from geo.models.releases import Direction, Operation, Release, ReleaseState
from geo.permissions import May
from geo.queries.composites import parents_of
from geo.raster import composites
from geo.raster.cog import value_range, write_cog
from geo.raster.grid import Grid
from geo.raster.open import opened
from geo.reports import Report, unheard
from geo.services.exposure import clause_of
from geo.services.meanings import Meaning, confirm_release
from geo.services.releases import locked

AT_A_THRESHOLD: Mapping[Operation, composites.Operation] = {
    Operation.EVER: composites.ever,
    Operation.DAYS: composites.days,
}
ONCE = 1.0  # the least that is kept of what was hit at all


@work
def compose(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, str]:
    """Put hazard maps together.

    What comes out is a file as any other, with its meaning confirmed, still to be published. What
    cannot be put together is refused with its sentence.
    """
    actor.require(May.DERIVE_RELEASES)
    release = locked(session, release_id, {ReleaseState.RECEIVED})
    parents = [parent.release for parent in parents_of(session, release_id)]

    def told(done: int, total: int) -> None:
        progress.report(done, total, _("Putting them together"))

    try:
        with session.begin_nested():
            _make(session, release, parents, actor, told)
    except Refusal as refusal:
        with audit.act(session, actor, "releases.refuse", release) as figures:
            release.state, release.refusal = ReleaseState.REFUSED, refusal.message
            figures.update(reason=refusal.message)
        return {"refused": refusal.message}
    confirm_release(session, release_id, _meaning(release, parents), actor=actor)
    return {}


def _make(
    session: Session, release: Release, parents: Sequence[Release], actor: Actor, report: Report
) -> None:
    """Write the grids of a release, and read them as those of a file that was sent."""
    with tempfile.TemporaryDirectory() as folder:
        target, most = Path(folder) / "made.tif", Path(folder) / "most.tif"
        bounded = _put_together(release, parents, target, most, report)
        kept = keep_file(target)
        with audit.act(session, actor, "releases.read", release):
            release.original_sha256, release.original_bytes = kept.sha256, kept.size
            release.most_sha256 = _normal(most) if bounded else None
            release_grids.read(session, release, target, unheard)
            release.state = ReleaseState.READ


def _put_together(
    release: Release, parents: Sequence[Release], target: Path, most: Path, report: Report
) -> bool:
    """Write what the grids of releases hold together; answers whether only bounds are known."""
    with ExitStack() as stack:
        grids = [
            stack.enter_context(opened(path_of(str(parent.grid_sha256)))) for parent in parents
        ]
        clause = _clause(release, parents[0])
        operation = AT_A_THRESHOLD.get(Operation(str(release.operation))) or _worst(grids, clause)
        bounded = composites.write_together(operation, grids, clause, target, most, report)
    composites.sign(target, _provenance(release, parents))
    return bounded


def _worst(grids: Sequence[Grid], clause: Clause) -> composites.Operation:
    """To take the worst value, and the worst of all cells where one was not always observed."""
    least, most = zip(*(value_range(grid) for grid in grids), strict=True)
    return composites.worst(float(np.nanmax(most) if clause.at_most is None else np.nanmin(least)))


def _clause(release: Release, parent: Release) -> Clause:
    """From which value on a place counts; where the worst is taken, which side is worse."""
    if release.operand is None:
        return clause_of(parent)
    if parent.direction is Direction.AT_MOST:
        return Clause(at_most=release.operand)
    return Clause(at_least=release.operand)


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
    return _Measured(str(parent.measure), parent.unit or "", parent.direction, parent.floor)


def _meaning(release: Release, parents: Sequence[Release]) -> Meaning:
    """What a composite means, from what was confirmed of the releases it was made of."""
    is_of = _measured(release, parents[0])
    moments = [parent.observed_at for parent in parents if parent.observed_at]
    sources = dict.fromkeys(parent.source for parent in parents if parent.source)
    licences = dict.fromkeys(parent.licence for parent in parents if parent.licence)
    return Meaning(
        layer=release.original_name.removesuffix(".tif"),
        measure=is_of.measure,
        unit=is_of.unit,
        direction=is_of.direction,
        floor=is_of.floor,
        observed_at=max(moments, default=None),
        source=", ".join(sources),
        licence=", ".join(licences),
        values=tuple(each["number"] for each in release.found.get("suspects", [])),
        forecast=any(parent.forecast for parent in parents),
    )
