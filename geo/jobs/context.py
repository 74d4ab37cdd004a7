"""Context layers: a file is looked through, loaded, and measured against what is published."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Refusal
from core.jobs import Progress, defer, work
from core.storage import named_copy
from core.words import _, joined, kept
from geo.archives import unpacked
from geo.jobs import context_files
from geo.models.context import ContextKind, ContextLayer, ContextState
from geo.models.releases import Release
from geo.permissions import May
from geo.products.inventory import Part, inventory
from geo.queries.releases import published_releases
from geo.services.context import locked
from geo.services.standing import measure

KINDS = {kind.value for kind in ContextKind}


@work
def read_layer(
    session: Session, *, actor: Actor, progress: Progress, layer_id: int
) -> dict[str, str]:
    """Look through a file of context.

    A file that cannot be used is refused with its sentence; the work itself is done then.
    """
    actor.require(May.LOAD_LAYERS)
    layer = locked(session, layer_id, {ContextState.RECEIVED})
    progress.report(0, 1, layer.original_name)
    try:
        with _original(layer) as path:
            found = inventory(path)
    except Refusal as refusal:
        return _refused(session, layer, refusal.message, actor)
    parts = [part for part in found.parts if part.kind.value in KINDS]
    unused = [part.says for part in found.parts if part.kind.value not in KINDS and part.says]
    if not parts:
        return _refused(session, layer, joined(unused) if unused else found.name, actor)
    layer.found = {
        "format": found.format,
        "parts": [_told(part) for part in parts],
        "notes": list(map(kept, [*found.notes, *unused])),
    }
    layer.state = ContextState.READ
    return {}


@work
def load_layer(
    session: Session, *, actor: Actor, progress: Progress, layer_id: int
) -> dict[str, int]:
    """Load a layer of context.

    It is kept as said, and measured against every release in force.
    """
    actor.require(May.LOAD_LAYERS)
    layer = locked(session, layer_id, {ContextState.READ})

    def heard(done: int, total: int) -> None:
        progress.report(60 * done // max(total, 1), 100, _("Reading the file"))

    heard(0, 1)
    with _original(layer) as path:
        context_files.load(session, layer, path, heard)
    with audit.act(session, actor, "context.load", layer) as figures:
        layer.state = ContextState.LOADED
        figures.update(measure=layer.measure, total=layer.total)
    session.flush()
    releases = published_releases(session)
    for number, release in enumerate(releases):
        progress.report(60 + 40 * number // len(releases), 100, release.original_name)
        measure(session, release, layer)
    return {"releases": len(releases)}


@work
def measure_context(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, int]:
    """Measure what stands in a hazard.

    Sites, roads, ground and grids of people, by area, for one release.
    """
    actor.require(May.READ_RELEASES)
    release = session.get_one(Release, release_id)
    layers = _loaded(session)
    for number, layer in enumerate(layers):
        name = layer.name

        def heard(done: int, total: int, at: int = number, said: str = name) -> None:
            share = done / max(total, 1)
            progress.report(int(100 * (at + share) / len(layers)), 100, said)

        heard(0, 1)
        measure(session, release, layer, heard)
    return {"layers": len(layers)}


def put_off_measuring(session: Session, release: Release, actor: Actor) -> None:
    """Have a release measured by a worker, if there is anything to measure it by."""
    if _loaded(session):
        only = f"context of release {release.id}"
        defer(session, measure_context, actor=actor, dedupe=only, release_id=release.id)


def _loaded(session: Session) -> list[ContextLayer]:
    loaded = select(ContextLayer).where(ContextLayer.state == ContextState.LOADED)
    return list(session.scalars(loaded.order_by(ContextLayer.id)))


@contextmanager
def _original(layer: ContextLayer) -> Iterator[Path]:
    """The file as it was sent, under the name it had, for as long as the block lasts; an archive is
    unpacked once for all who read in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = named_copy(layer.original_sha256, layer.original_name, Path(folder))
        with unpacked(path):
            yield path


def _refused(session: Session, layer: ContextLayer, why: str, actor: Actor) -> dict[str, str]:
    with audit.act(session, actor, "context.refuse", layer) as figures:
        layer.state, layer.refusal = ContextState.REFUSED, why
        figures.update(reason=why)
    return {"refused": why}


def _told(part: Part) -> dict[str, object]:
    """What the page shows of a part, in plain values."""
    return {
        "number": part.number,
        "kind": part.kind.value,
        "title": kept(part.title),
        "size": kept(part.size),
        "crs": part.crs,
        "unit": part.unit,
        "columns": list(part.columns),
    }
