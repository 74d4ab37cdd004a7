"""All the land that is held: on one map, how much it is, and which plots overlap."""

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from app.request import actor, db
from app.web.maps import map_settings
from core.errors import NotFound
from geo.queries.tiles import tile_at
from registry.queries.household_collections import sees_households
from registry.queries.land import holder_of, land_held, overlaps
from registry.queries.land_maps import plot_tile

bp = Blueprint("land", __name__)

MVT = "application/vnd.mapbox-vector-tile"
FRESH = 30  # seconds a browser shows a tile again without asking


@bp.get("/plots/")
def index() -> str:
    """How much land is held, on a map, and the plots that share ground."""
    held = land_held(db(), actor=actor())
    settings = map_settings(
        db(), actor(), households=None, in_address=False, plots={"exact": sees_households(actor())}
    )
    shared = overlaps(db(), actor=actor()) if sees_households(actor()) else []
    return render_template("land/index.html", held=held, overlaps=shared, settings=settings)


@bp.get("/plots/<number>")
def plot(number: str) -> Answer:
    """The page of who holds a plot."""
    holder = holder_of(db(), number, actor=actor())
    if holder is None:
        raise NotFound(plot=number)
    return redirect(url_for("plots.index", number=holder), 303)


@bp.get("/tiles/plots/<int:z>/<int:x>/<int:y>.mvt")
def tile(z: int, x: int, y: int) -> Response:
    """The land that is held: as it lies, or added up for who may only count."""
    answer = Response(plot_tile(db(), tile_at(z, x, y), actor=actor()), mimetype=MVT)
    answer.cache_control.private, answer.cache_control.max_age = True, FRESH
    return answer
