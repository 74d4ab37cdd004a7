"""Land for programs: the plots somebody holds as GeoJSON, a new one, and the end of a holding."""

from datetime import date, datetime
from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import GEOJSON, Document, address, told
from app.api.writes import ACT_KEY
from app.looks import look_at
from app.request import actor, db
from core.errors import Invalid
from geo.models.plots import Plot, PlotSource
from geo.services.plots import Land
from geo.vector.drawings import of_geojson
from registry.queries.holdings import HeldPlot, plots_of
from registry.queries.land import HECTARES, overlaps
from registry.queries.registrants import registrant_by_number
from registry.services.holdings import Held, draw_plot, end_holding

PLOT = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "geometry": {
            "type": "object",
            "description": "A Polygon or MultiPolygon in longitude and latitude (EPSG:4326).",
        },
        "properties": {
            "type": "object",
            "required": ["tenure", "use"],
            "properties": {
                "tenure": {"type": "string", "description": "A word of the list `tenure`."},
                "use": {"type": "string", "description": "A word of the list `land_use`."},
                "crop": {"type": "string"},
                "from_day": {"type": "string", "format": "date"},
                "source": {"type": "string", "enum": [source.value for source in PlotSource]},
                "accuracy_m": {"type": "number", "minimum": 0},
                "taken_at": {"type": "string", "format": "date-time"},
            },
        },
    },
}
SENT = {"required": True, "content": {GEOJSON: {"schema": PLOT}}}
END = {"type": "object", "properties": {"on": {"type": "string", "format": "date"}}}
ENDED = {"content": {"application/json": {"schema": END}}}

bp = Blueprint(
    "api_plots", __name__, url_prefix="/api/registrants/<number>/plots", description="Land"
)


class PlotUnreadable(Invalid):
    """Send a plot as a GeoJSON Feature with a polygon, and `tenure` and `use` among its
    properties; {found}."""


@bp.get("/")
@bp.response(200, description="The plots somebody holds or held, as GeoJSON")
def index(number: str) -> Response:
    """The land a household or a person holds"""
    found = registrant_by_number(db(), number, actor=actor())
    look_at([found.id])
    features = [_feature(each) for each in plots_of(db(), found, actor=actor())]
    return told({"type": "FeatureCollection", "features": features}, GEOJSON)


@bp.post("/")
@bp.doc(parameters=[ACT_KEY], requestBody=SENT)
@bp.response(201, description="The plot with its number and size, and the plots it overlaps")
def draw(number: str) -> Response:
    """Write down a plot that a household or a person holds"""
    land, held = _read(request.get_json(silent=True, force=True))
    plot = draw_plot(db(), number, land, held, actor=actor())
    answer = told(_made(plot, number))
    answer.status_code = 201
    return answer


@bp.post("/<plot_number>/end")
@bp.doc(parameters=[ACT_KEY], requestBody=ENDED)
@bp.response(200, description="The last day it was held")
def end(number: str, plot_number: str) -> Response:
    """Write down that a plot is held no more"""
    said: Any = request.get_json(silent=True) or {}
    try:
        day = date.fromisoformat(said["on"]) if said.get("on") else None
    except (AttributeError, TypeError, ValueError) as broken:
        raise PlotUnreadable(found=f"{type(broken).__name__}: {broken}") from broken
    ended = end_holding(db(), number, plot_number, day, actor=actor())
    return told({"number": plot_number, "until": ended.until})


def _read(said: Any) -> tuple[Land | None, Held]:
    try:
        named = dict(said["properties"])
        taken, day = named.get("taken_at"), named.get("from_day")
        accuracy = named.get("accuracy_m")
        land = Land(
            of_geojson(orjson.dumps(said["geometry"]).decode()) or b"",
            PlotSource(named.get("source", PlotSource.DRAWN)),
            None if accuracy is None else float(accuracy),
            datetime.fromisoformat(taken) if taken else None,
        )
        held = Held(
            tenure=str(named["tenure"]),
            use=str(named["use"]),
            crop=str(named.get("crop") or "") or None,
            from_day=date.fromisoformat(day) if day else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as broken:
        raise PlotUnreadable(found=f"{type(broken).__name__}: {broken}") from broken
    return (land if land.shape else None), held


def _made(plot: Plot, number: str) -> Document:
    shared = overlaps(db(), of={plot.id}, actor=actor())
    return {
        "number": plot.number,
        "hectares": round(plot.km2 * HECTARES, 4),
        "overlaps": [{"number": each.other, "hectares": each.hectares} for each in shared],
        "page": address("plots.index", number=number),
    }


def _feature(plot: HeldPlot) -> Document:
    """A plot as GeoJSON; without its shape for who may not see exact places."""
    return {
        "type": "Feature",
        "id": plot.number,
        "geometry": orjson.loads(plot.shape) if plot.shape else None,
        "properties": {
            "number": plot.number,
            "hectares": round(plot.hectares, 4),
            "source": plot.source,
            "tenure": plot.tenure,
            "use": plot.use,
            "crop": plot.crop,
            "from_day": plot.from_day,
            "until": plot.until,
            "hazards": [
                {
                    "event": each.event,
                    "measure": each.measure,
                    "hit_share": each.hit_share,
                    "observed_share": each.observed_share,
                    "waits": each.waits,
                }
                for each in plot.said
            ],
            "overlaps": [each.other for each in plot.overlaps],
        },
    }
