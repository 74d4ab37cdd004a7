"""The land somebody holds: drawn on the map, walked with a phone, or sent as a file."""

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import shapely
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.days import DayUnreadable
from app.web.maps import map_settings
from app.web.place_forms import number_said
from core.errors import Invalid, Refusal
from core.words import _, hundredths_said
from geo.models.plots import PlotSource
from geo.services.plots import Land
from geo.vector.drawings import drawn, of_file
from geo.vector.walks import walked
from registry.permissions import May
from registry.queries.holdings import HeldPlot, plots_of
from registry.queries.land import HECTARES
from registry.queries.registrants import registrant_by_number
from registry.queries.vocabularies import labels
from registry.services.holdings import Held, draw_plot, end_holding

bp = Blueprint("plots", __name__, url_prefix="/registry/<number>/plots")

ROUND = 0.01  # degrees round what is drawn


class CornersUnreadable(Invalid):
    """ "{line}" is no corner; write latitude and longitude, such as 14.60, 121.03."""


@bp.get("/")
def index(number: str) -> str:
    return _page(number, MultiDict())


@bp.post("/")
def draw(number: str) -> Response | tuple[str, int]:
    actor().require(May.WRITE_PLOTS)
    try:
        with db().begin_nested():
            land, held = _land(), _held(request.form)
            plot = draw_plot(db(), number, land, held, actor=actor())
    except Refusal as fault:
        return _page(number, request.form, fault), fault.status
    said = hundredths_said(plot.km2 * HECTARES)
    flash(_("{plot} is written down: {hectares} ha.", plot=plot.number, hectares=said))
    return redirect(url_for(".index", number=number), 303)


@bp.post("/end")
def end(number: str) -> Response:
    form = request.form
    ended = end_holding(db(), number, form["plot"], _day(form.get("on", "")), actor=actor())
    flash(_("They hold it until {day}.", day=ended.until))
    return redirect(url_for(".index", number=number), 303)


def _page(number: str, said: MultiDict[str, str], fault: Refusal | None = None) -> str:
    found = registrant_by_number(db(), number, actor=actor())
    look_at([found.id])
    plots = plots_of(db(), found, actor=actor())
    return render_template(
        "plots/index.html",
        found=found,
        plots=plots,
        said=said,
        fault=fault,
        words=labels(db()),
        sources=source_words(),
        settings=_map_of(plots),
    )


def source_words() -> dict[str, str]:
    """How the border of a plot is known."""
    return {
        PlotSource.DRAWN: _("drawn on a map"),
        PlotSource.WALKED: _("walked"),
        PlotSource.IMPORTED: _("from a file"),
    }


def _map_of(plots: Any) -> dict[str, Any]:
    """A map over the plots that may be seen."""
    given: dict[str, Any] = {"households": None, "in_address": False}
    shapes = [plot.shape for plot in plots if isinstance(plot, HeldPlot) and plot.shape]
    if shapes:
        features = [
            {"type": "Feature", "properties": {}, "geometry": json.loads(shape)} for shape in shapes
        ]
        given["shapes"] = {"type": "FeatureCollection", "features": features}
        west, south, east, north = shapely.total_bounds([shapely.from_geojson(s) for s in shapes])
        given["bounds"] = [west - ROUND, south - ROUND, east + ROUND, north + ROUND]
    return map_settings(db(), actor(), **given)


def _land() -> Land | None:
    """The land a form says: a file's, else the corners that were drawn or walked."""
    file = request.files.get("file")
    if file is not None and file.filename:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(file.filename).name
            file.save(path)
            shape = of_file(path)
        return Land(shape, PlotSource.IMPORTED) if shape else None
    lines = [line for line in request.form.get("corners", "").splitlines() if line.strip()]
    corners = [_corner(line) for line in lines]
    if not corners:
        return None
    is_walked = request.form.get("source") == PlotSource.WALKED
    accuracy = number_said(request.form.get("accuracy", "")) if is_walked else None
    shape = walked(corners) if is_walked else drawn([corners])
    source = PlotSource.WALKED if is_walked else PlotSource.DRAWN
    return Land(shape, source, accuracy, datetime.now(UTC)) if shape else None


def _corner(line: str) -> tuple[float, float]:
    """A corner as it is typed, latitude first; answers longitude, latitude."""
    parts = line.replace(";", " ").replace(", ", " ").split()
    try:
        lat, lon = (number_said(part.strip(",")) for part in parts)
    except ValueError as broken:
        raise CornersUnreadable(line=line.strip()[:60]) from broken
    if lat is None or lon is None:
        raise CornersUnreadable(line=line.strip()[:60])
    return lon, lat


def _held(form: Mapping[str, str]) -> Held:
    return Held(
        tenure=form.get("tenure", ""),
        use=form.get("use", ""),
        crop=form.get("crop", "").strip() or None,
        from_day=_day(form.get("from_day", "")),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError as broken:
        raise DayUnreadable(typed=typed) from broken
