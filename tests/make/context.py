"""Context layers on their way through the acts: received, read, counted, loaded, measured."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from geo.jobs.context import load_layer, read_layer
from geo.models.areas import Area
from geo.models.context import ContextFigure, ContextLayer, Counted
from geo.models.releases import Release
from geo.services.context import Counting, count_layer, receive_layer
from geo.services.standing import measure
from tests.make.jobs import Silent

Figures = dict[str, tuple[float, float, float]]  # by P-code: total, hit, not observed


def make_layer(
    session: Session, file: Path, counted: Counted, actor: Actor, **said: Any
) -> ContextLayer:
    """A loaded layer of the first part of a file."""
    layer = make_unloaded(session, file, actor, said.pop("name", "People"))
    counting = {"part": 1, "measure": "People", "source": "Census", **said}
    count_layer(session, layer.id, Counting(counted=counted, **counting), actor=actor)
    load_layer(session, actor=actor, progress=Silent(), layer_id=layer.id)
    return layer


def make_unloaded(
    session: Session, file: Path, actor: Actor, name: str | None = None
) -> ContextLayer:
    """A layer whose file was looked through; by its file's name unless it has another."""
    kept = keep_file(file)
    layer = receive_layer(session, kept, file.name, name or file.name, actor=actor)
    session.flush()
    read_layer(session, actor=actor, progress=Silent(), layer_id=layer.id)
    return layer


def figures(session: Session, release: Release, layer: ContextLayer) -> Figures:
    """What a layer was measured to hold under a release, as it is measured now."""
    session.flush()
    measure(session, release, layer)
    rows = session.execute(
        select(Area.pcode, ContextFigure.total, ContextFigure.hit, ContextFigure.not_observed)
        .join(Area, Area.id == ContextFigure.area_id)
        .where(ContextFigure.release_id == release.id, ContextFigure.layer_id == layer.id)
    )
    return {
        pcode: (round(total, 6), round(hit, 6), round(unseen, 6))
        for pcode, total, hit, unseen in rows
    }
