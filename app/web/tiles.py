"""Tiles of areas and of releases: shapes as vector tiles, cells of a raster as pictures."""

import hashlib
import threading
from contextlib import ExitStack
from functools import lru_cache

from flask import Blueprint, Response, request

from app.request import actor, db
from app.web.previews import as_if
from core.storage import path_of
from geo.models.releases import Release
from geo.queries.context import layer_drawn
from geo.queries.context_collections import features_of
from geo.queries.releases import PUBLIC, release_seen
from geo.queries.tiles import area_tile, collection_tile, release_tile, tile_at
from geo.raster.open import dataset, opened
from geo.raster.picture import Canvas
from geo.release_pictures import style_of, style_of_context, style_of_water
from registry.documents.contained import colours

bp = Blueprint("tiles", __name__, url_prefix="/tiles")

MVT, PNG = "application/vnd.mapbox-vector-tile", "image/png"
FRESH = 300  # seconds a browser shows a tile again without asking


@bp.get("/areas/<int:level>/<int:z>/<int:x>/<int:y>.mvt")
def areas(level: int, z: int, x: int, y: int) -> Response:
    return _answer(area_tile(db(), tile_at(z, x, y), level, actor=actor()), MVT)


@bp.get("/layers/<int:layer_id>/<int:z>/<int:x>/<int:y>.mvt")
def layer_shapes(layer_id: int, z: int, x: int, y: int) -> Response:
    tile, layer = tile_at(z, x, y), layer_drawn(db(), layer_id, actor=actor())
    return _answer(collection_tile(db(), tile, features_of(layer)), MVT)


@bp.get("/layers/<int:layer_id>/<int:z>/<int:x>/<int:y>.png")
def layer_cells(layer_id: int, z: int, x: int, y: int) -> Response:
    tile, layer = tile_at(z, x, y), layer_drawn(db(), layer_id, actor=actor())
    if layer.grid_sha256 is None:
        return _answer(b"", PNG)
    canvas, _stack = kept.open(layer.grid_sha256)
    return _answer(canvas.tile(tile, style_of_context(layer, colours())) or b"", PNG)


@bp.get("/releases/<int:release_id>/<int:z>/<int:x>/<int:y>.mvt")
def release_shapes(release_id: int, z: int, x: int, y: int) -> Response:
    release = release_seen(db(), release_id, actor=actor())
    return _answer(release_tile(db(), tile_at(z, x, y), release), MVT, _fresh(release))


@bp.get("/releases/<int:release_id>/<int:z>/<int:x>/<int:y>.png")
def release_cells(release_id: int, z: int, x: int, y: int) -> Response:
    tile, release = tile_at(z, x, y), release_seen(db(), release_id, actor=actor())
    if release.grid_sha256 is None:
        return _answer(b"", PNG, _fresh(release))
    canvas, _stack = kept.open(release.grid_sha256)
    drawn = release if release.state in PUBLIC else as_if(release, request.args)
    picture = canvas.tile(tile, style_of(drawn, colours()))
    return _answer(picture or b"", PNG, _fresh(release))


@bp.get("/releases/<int:release_id>/water/<int:z>/<int:x>/<int:y>.png")
def release_water(release_id: int, z: int, x: int, y: int) -> Response:
    tile, release = tile_at(z, x, y), release_seen(db(), release_id, actor=actor())
    if release.reasons_sha256 is None:
        return _answer(b"", PNG, _fresh(release))
    canvas, _stack = kept.open(release.reasons_sha256)
    return _answer(canvas.tile(tile, style_of_water(colours())) or b"", PNG, _fresh(release))


def _fresh(release: Release) -> int:
    """How long a tile of it stays as it is: before it is published its meaning may change."""
    return FRESH if release.state in PUBLIC else 0


def _answer(body: bytes, kind: str, fresh: int = FRESH) -> Response:
    """A tile that only this browser keeps; one without anything in it has no content."""
    answer = Response(body, mimetype=kind, status=200 if body else 204)
    answer.cache_control.private, answer.cache_control.max_age = True, fresh
    answer.set_etag(hashlib.sha256(body).hexdigest()[:16])
    answer.make_conditional(request)
    return answer


def _open(sha256: str) -> tuple[Canvas, ExitStack]:
    """A kept raster ready to be drawn, open until the stack is let go."""
    stack = ExitStack()
    grid = stack.enter_context(opened(path_of(sha256)))
    return Canvas(grid, stack.enter_context(dataset(grid.name))), stack


class _Kept(threading.local):
    """The rasters this thread keeps open: opening one costs more than drawing a tile of it."""

    def __init__(self) -> None:
        self.open = lru_cache(maxsize=8)(_open)


kept = _Kept()
