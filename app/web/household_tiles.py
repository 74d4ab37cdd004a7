"""Tiles of the registered households, and of the land they hold."""

from flask import Blueprint, Response, request

from app.request import actor, db
from app.web.asking import others_asked, together_asked
from geo.queries.selections import Question
from geo.queries.tiles import tile_at
from registry.queries.tiles import household_tile

bp = Blueprint("household_tiles", __name__, url_prefix="/tiles/households")

MVT = "application/vnd.mapbox-vector-tile"
FRESH = 30  # seconds a browser shows a tile again without asking


@bp.get("/<int:z>/<int:x>/<int:y>.mvt")
def tile(z: int, x: int, y: int) -> Response:
    """Where households stand, sorted by a release and threshold if one is named."""
    question = Question(
        release_id=request.args.get("release", type=int),
        threshold=request.args.get("at_least", type=float),
        others=others_asked(db(), request.args),
        together=together_asked(request.args),
    )
    body = household_tile(db(), tile_at(z, x, y), question, actor=actor())
    answer = Response(body, mimetype=MVT)
    answer.cache_control.private, answer.cache_control.max_age = True, FRESH
    return answer
