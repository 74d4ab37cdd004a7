"""Context layers: what is there whether or not there is a shock; loaded, shown, measured."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from geoalchemy2.shape import to_shape
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.request import actor, db
from app.web.maps import context_legend, map_settings
from core.jobs import defer
from core.storage import keep
from core.words import _
from geo.jobs.context import load_layer, read_layer
from geo.models.context import ContextKind, ContextLayer, ContextState, Counted
from geo.permissions import May
from geo.queries.context import UNITS, LayerPage, layer_page, layers_listed
from geo.services import context


class _Said(dict[str, str]):
    """What was said, by field; nothing where nothing was."""

    def __missing__(self, field: str) -> str:
        return ""


bp = Blueprint("layers", __name__, url_prefix="/layers")


@bp.get("/")
def index() -> str:
    layers = layers_listed(db(), actor=actor())
    return render_template("layers/index.html", layers=layers, **_words())


@bp.post("/")
def receive() -> Response:
    """Keep the file and let a worker look through it."""
    actor().require(May.LOAD_LAYERS)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileNotChosen
    name = request.form.get("name", "")
    layer = context.receive_layer(db(), keep(file.stream), file.filename, name, actor=actor())
    defer(db(), read_layer, actor=actor(), about=layer, layer_id=layer.id)
    return redirect(url_for(".show", layer_id=layer.id), 303)


@bp.get("/<int:layer_id>")
def show(layer_id: int) -> str:
    return _page(layer_page(db(), layer_id, actor=actor()), said={})


@bp.post("/<int:layer_id>/counting")
def count(layer_id: int) -> ResponseReturnValue:
    """Say what is counted, and let a worker load it."""
    actor().require(May.LOAD_LAYERS)
    page, counting = layer_page(db(), layer_id, actor=actor()), _counting(request.form)
    if page.layer.state is ContextState.READ and (
        faults := context.faults_of(page.layer, counting)
    ):
        return _page(page, said=request.form, faults=faults), 422
    layer = context.count_layer(db(), layer_id, counting, actor=actor())
    only = f"layer {layer_id}"
    defer(db(), load_layer, actor=actor(), about=layer, dedupe=only, layer_id=layer_id)
    return redirect(url_for(".show", layer_id=layer_id), 303)


@bp.post("/<int:layer_id>/removal")
def remove(layer_id: int) -> Response:
    layer = context.remove_layer(db(), layer_id, request.form.get("reason", ""), actor=actor())
    flash(_("{name} was removed from the maps and the tables.", name=layer.name))
    return redirect(url_for(".index"), 303)


def _counting(form: Mapping[str, str]) -> context.Counting:
    """What a form says is counted."""
    said, on = form.get("counted", ""), form.get("observed_on", "")
    part = form.get("part", "")
    return context.Counting(
        part=int(part) if part.isdecimal() and len(part) < 6 else 0,
        counted=Counted(said) if said in set(Counted) else None,
        observed_on=_day(on),
        **{
            field: form.get(field, "").strip()
            for field in ("measure", "source", "licence", "value_field", "name_field", "crs")
        },
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _page(
    page: LayerPage, *, said: Mapping[str, str], faults: Mapping[str, str] | None = None
) -> str:
    layer = page.layer
    if layer.state is not ContextState.LOADED:
        parts = layer.found.get("parts", ())
        columns = dict.fromkeys(name for part in parts for name in part["columns"])
        possible = {way for part in parts for way in context.MAY_COUNT[ContextKind(part["kind"])]}
        words = _words()
        return render_template(
            "layers/ask.html",
            page=page,
            said=_Said(said),
            faults=_Said(faults or {}),
            usual={kind.value: way.value for kind, way in context.USUAL.items()},
            columns=[("", _("none")), *((name, name) for name in columns)],
            **words
            | {"ways": {way: words["ways"][way] for way in words["ways"] if way in possible}},
        )
    box = None if layer.bounds is None else list(to_shape(layer.bounds).bounds)
    settings = map_settings(db(), actor(), households=None, shown_layer=layer.id, bounds=box)
    return render_template(
        "layers/show.html",
        page=page,
        map_settings=settings,
        legend=context_legend(layer),
        measure=_coloured_by(layer),
        **_words(),
    )


def _coloured_by(layer: ContextLayer) -> str:
    """What the colours of a layer tell of."""
    if layer.kind is ContextKind.GRID and layer.counted is Counted.NUMBER:
        return _("{measure} in each cell", measure=layer.measure)
    if layer.counted in (Counted.NUMBER, Counted.DENSITY) and layer.breaks:
        return _("{measure} to a km²", measure=layer.measure)
    return layer.measure or layer.name


def _words() -> dict[str, Any]:
    """What kinds, states and ways of counting are called."""
    return {
        "kinds": {
            ContextKind.GRID: _("Grid of numbers"),
            ContextKind.POLYGONS: _("Shapes"),
            ContextKind.LINES: _("Lines"),
            ContextKind.POINTS: _("Points"),
            ContextKind.TABLE: _("Table by area"),
        },
        "ways": {
            Counted.NUMBER: _("The number in each cell, shape, point or row"),
            Counted.DENSITY: _("So many to a square kilometre"),
            Counted.FEATURES: _("Each point or shape is one"),
            Counted.LENGTH: _("Kilometres of line"),
            Counted.GROUND: _("Square kilometres of ground"),
        },
        "units": UNITS,
        "state_words": {
            ContextState.RECEIVED: (_("being read"), ""),
            ContextState.READ: (_("to be loaded"), "accent"),
            ContextState.LOADED: (_("loaded"), "ok"),
            ContextState.REFUSED: (_("refused"), "bad"),
            ContextState.REMOVED: (_("removed"), "bad"),
        },
    }
