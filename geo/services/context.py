"""Context layers: a file is received, it is said what of it is counted, and it may be removed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid
from core.storage import Kept
from core.words import _
from geo.models.context import (
    ContextFeature,
    ContextFigure,
    ContextKind,
    ContextLayer,
    ContextState,
    Counted,
)
from geo.permissions import May
from geo.queries.context import ContextUnknown

OVER = (ContextState.REFUSED, ContextState.REMOVED)
MAY_COUNT: Mapping[ContextKind, tuple[Counted, ...]] = {
    ContextKind.GRID: (Counted.NUMBER, Counted.DENSITY),
    ContextKind.POLYGONS: (Counted.NUMBER, Counted.DENSITY, Counted.FEATURES, Counted.GROUND),
    ContextKind.LINES: (Counted.LENGTH,),
    ContextKind.POINTS: (Counted.FEATURES, Counted.NUMBER),
    ContextKind.TABLE: (Counted.NUMBER, Counted.DENSITY),
}
USUAL: Mapping[ContextKind, Counted] = {kind: ways[0] for kind, ways in MAY_COUNT.items()}
BY_COLUMN = (Counted.NUMBER, Counted.DENSITY)


class LayerNotInState(Conflict):
    """This layer is {state}; that can be done only while it is {wanted}. Reload the page."""


class NameTaken(Conflict):
    """There is a context layer called {name}; remove it first, or give this one another name."""


class NameMissing(Invalid):
    """Give the layer a name, such as Health sites 2024."""


class CountingUnclear(Invalid):
    """It is not clear what is to be counted: {says}"""


class ReasonMissing(Invalid):
    """Say why, in a few words: whoever used the layer will read it."""


@dataclass(frozen=True)
class Counting:
    """What is counted of a file: of which of its parts, by which columns, and where it comes from.

    `value_field` holds the numbers where they are counted, `name_field` what features are called;
    `crs` is given where the part does not say it. `measure` names what is counted, such as People.
    """

    part: int
    counted: Counted | None
    measure: str
    source: str
    licence: str = ""
    observed_on: date | None = None
    value_field: str = ""
    name_field: str = ""
    crs: str = ""


def receive_layer(
    session: Session, file: Kept, file_name: str, name: str, *, actor: Actor
) -> ContextLayer:
    """Take a file for a new context layer; the reading is put off by who calls.

    Raises:
        NameMissing, NameTaken
    """
    actor.require(May.LOAD_LAYERS)
    called = " ".join(name.split())
    if not called:
        raise NameMissing
    same = select(ContextLayer.id).where(ContextLayer.name == called)
    if session.scalar(same.where(ContextLayer.state.not_in(OVER)).limit(1)):
        raise NameTaken(name=called)
    layer = ContextLayer(
        name=called,
        original_name=file_name,
        original_sha256=file.sha256,
        original_bytes=file.size,
        loaded_by=actor.id,
    )
    with audit.act(session, actor, "context.receive", layer) as figures:
        session.add(layer)
        figures.update(name=called, sha256=file.sha256, bytes=file.size)
    return layer


def faults_of(layer: ContextLayer, counting: Counting) -> dict[str, str]:
    """What is missing or wrong in what is said of a layer, a sentence for each field."""
    part = part_of(layer, counting.part)
    if part is None:
        return {"part": _("Choose what of the file is meant")}
    kind = ContextKind(part["kind"])
    needs_column = counting.counted in BY_COLUMN and kind is not ContextKind.GRID
    columns = ["", *part["columns"]]
    asked = {
        "counted": (counting.counted in MAY_COUNT[kind], _("Say what is counted")),
        "measure": (counting.measure.strip(), _("Name what is counted, such as People")),
        "source": (counting.source.strip(), _("Say who made it, as it should be cited")),
        "value_field": (counting.value_field or not needs_column, _("Choose the column")),
        "name_field": (counting.name_field in columns, _("Choose one of the columns")),
        "crs": (
            part["crs"] or counting.crs.strip() or kind is ContextKind.TABLE,
            _("The file does not say its coordinate system; name it, such as EPSG:32651"),
        ),
    }
    if counting.value_field not in columns:
        return {"value_field": _("Choose one of the columns")}
    return {field: sentence for field, (given, sentence) in asked.items() if not given}


def count_layer(
    session: Session, layer_id: int, counting: Counting, *, actor: Actor
) -> ContextLayer:
    """Say what of a file is counted; loading it is put off by who calls.

    Raises:
        ContextUnknown, LayerNotInState, CountingUnclear
    """
    actor.require(May.LOAD_LAYERS)
    layer = locked(session, layer_id, {ContextState.READ})
    if faults := faults_of(layer, counting):
        raise CountingUnclear(says=next(iter(faults.values())))
    part = part_of(layer, counting.part) or {}
    with audit.act(session, actor, "context.count", layer) as figures:
        layer.part, layer.kind = counting.part, ContextKind(part["kind"])
        layer.counted, layer.measure = counting.counted, counting.measure.strip()
        layer.source, layer.licence = counting.source.strip(), counting.licence.strip()
        layer.observed_on, layer.crs = counting.observed_on, counting.crs.strip() or None
        by_column = counting.counted in BY_COLUMN and layer.kind is not ContextKind.GRID
        layer.value_field = counting.value_field if by_column else None
        layer.name_field = counting.name_field or None
        figures.update(measure=layer.measure, counted=layer.counted, source=layer.source)
    return layer


def remove_layer(session: Session, layer_id: int, reason: str, *, actor: Actor) -> ContextLayer:
    """Take a layer off the maps and out of the tables; the record of it and its file stay.

    Raises:
        ContextUnknown, LayerNotInState, ReasonMissing
    """
    actor.require(May.LOAD_LAYERS)
    there = {ContextState.READ, ContextState.LOADED, ContextState.REFUSED, ContextState.RECEIVED}
    layer = locked(session, layer_id, there)
    if not reason.strip():
        raise ReasonMissing
    with audit.act(session, actor, "context.remove", layer) as figures:
        for table in (ContextFigure, ContextFeature):
            session.execute(delete(table).where(table.layer_id == layer.id))
        layer.state, layer.removed_because = ContextState.REMOVED, reason.strip()
        figures.update(reason=reason.strip())
    return layer


def locked(session: Session, layer_id: int, wanted: Collection[ContextState]) -> ContextLayer:
    """A layer held for a change, if it is in one of these states.

    Raises:
        ContextUnknown, LayerNotInState
    """
    session.flush()
    layer = session.get(ContextLayer, layer_id, with_for_update=True, populate_existing=True)
    if layer is None:
        raise ContextUnknown(layer=layer_id)
    if layer.state not in wanted:
        raise LayerNotInState(state=layer.state, wanted=_(" or ").join(sorted(wanted)))
    return layer


def part_of(layer: ContextLayer, number: int) -> dict[str, Any] | None:
    """A part of a layer's file by its number."""
    parts = layer.found.get("parts", [])
    return next((part for part in parts if part["number"] == number), None)
