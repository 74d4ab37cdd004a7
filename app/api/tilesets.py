"""OGC API Tiles: the same collections as vector tiles in web mercator, for maps that draw much."""

import hashlib
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import JSON, MVT, RELATION, Document, address, link, told
from app.api.collections import named, note_tile, opened
from app.api.parameters import Parser, Plain
from app.request import db
from core.cql import Term
from core.errors import NotFound
from geo.queries.collections import country_box
from geo.queries.features import EDGE_OF_WORLD, MERCATOR, Collection
from geo.queries.tiles import DEEPEST, collection_tile, tile_at

Asked = dict[str, Any]

SCHEME = "WebMercatorQuad"
SCHEME_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{SCHEME}"
SIDE = 256  # pixels of a tile
PIXEL = 0.00028  # metres of a pixel by the standard
WHERE = "{tileMatrix}", "{tileRow}", "{tileCol}"
FRESH = 300  # seconds a tile may be shown again without asking
DEEPEST_SHOWN = 16  # what is drawn deeper is drawn from here

bp = Blueprint("ogc_tiles", __name__, url_prefix="/api/ogc", description="OGC API Tiles")
bp.ARGUMENTS_PARSER = Parser()


class SchemeUnknown(NotFound):
    """Tiles are made in the scheme {known} alone; ask for that one."""


@bp.get("/tileMatrixSets")
@bp.arguments(Plain, location="query")
@bp.response(200, description="The schemes tiles are made in")
def schemes(_asked: Asked) -> Response:
    """The schemes tiles are made in"""
    links = [link("self", JSON, "ogc_tiles.scheme", scheme=SCHEME)]
    return told({"tileMatrixSets": [{"id": SCHEME, "uri": SCHEME_URI, "links": links}]})


@bp.get("/tileMatrixSets/<scheme>")
@bp.arguments(Plain, location="query")
@bp.response(200, description="A scheme: its zooms, and how large their tiles are")
def scheme(_asked: Asked, scheme: str) -> Response:
    """A scheme: its zooms, and how large their tiles are"""
    _must_be_known(scheme)
    return told(
        {
            "id": SCHEME,
            "uri": SCHEME_URI,
            "crs": MERCATOR.uri,
            "orderedAxes": ["E", "N"],
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": [_zoom(z) for z in range(DEEPEST + 1)],
        }
    )


@bp.get("/collections/<collection>/tiles")
@bp.arguments(Plain, location="query")
@bp.response(200, description="The tilesets of a collection")
def tilesets(_asked: Asked, collection: str) -> Response:
    """The tilesets of a collection"""
    found = named(collection)
    return told({"tilesets": [_tileset(found)]})


@bp.get("/collections/<collection>/tiles/<scheme>")
@bp.arguments(Plain, location="query")
@bp.response(200, description="A tileset, and where its tiles are")
def tileset(_asked: Asked, collection: str, scheme: str) -> Response:
    """A tileset, and where its tiles are"""
    _must_be_known(scheme)
    return told(_tileset(named(collection)))


@bp.get("/collections/<collection>/tiles/<scheme>/tilejson")
@bp.arguments(Plain, location="query")
@bp.response(200, description="A tileset as TileJSON tells it")
def tilejson(_asked: Asked, collection: str, scheme: str) -> Response:
    """A tileset as TileJSON tells it"""
    _must_be_known(scheme)
    found = named(collection)
    fields = {name: term.label for name, term in found.terms.items() if isinstance(term, Term)}
    layer = {"id": found.id, "fields": {n: fields.get(n, "") for n in found.properties}}
    return told(
        {
            "tilejson": "3.0.0",
            "name": found.title,
            "tiles": [_template(found, ("{z}", "{y}", "{x}"))],
            "minzoom": found.first_zoom,
            "maxzoom": DEEPEST_SHOWN,
            "bounds": country_box(db()),
            "vector_layers": [layer],
        }
    )


@bp.get("/collections/<collection>/tiles/<scheme>/<int:z>/<int:row>/<int:col>")
@bp.arguments(Plain, location="query")
@bp.response(200, content_type=MVT, description="A tile; the row comes before the column")
def tile(_asked: Asked, collection: str, scheme: str, z: int, row: int, col: int) -> Response:
    """A tile; the row comes before the column"""
    _must_be_known(scheme)
    found, at = opened(collection), tile_at(z, col, row)
    body = collection_tile(db(), at, found)
    note_tile(found, at)
    answer = Response(body, mimetype=MVT, status=200 if body else 204)
    answer.cache_control.private, answer.cache_control.max_age = True, FRESH
    answer.set_etag(hashlib.sha256(body).hexdigest()[:16])
    answer.make_conditional(request)
    return answer


def _must_be_known(scheme: str) -> None:
    if scheme != SCHEME:
        raise SchemeUnknown(known=SCHEME)


def _zoom(z: int) -> Document:
    cell = 2 * EDGE_OF_WORLD / SIDE / 2**z
    return {
        "id": str(z),
        "scaleDenominator": cell / PIXEL,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-EDGE_OF_WORLD, EDGE_OF_WORLD],
        "tileWidth": SIDE,
        "tileHeight": SIDE,
        "matrixWidth": 2**z,
        "matrixHeight": 2**z,
    }


def _tileset(found: Collection) -> Document:
    name = {"collection": found.id, "scheme": SCHEME}
    tiles = {"href": _template(found, WHERE), "rel": "item", "type": MVT, "templated": True}
    return {
        "title": found.title,
        "dataType": "vector",
        "crs": MERCATOR.uri,
        "tileMatrixSetURI": SCHEME_URI,
        "links": [
            link("self", JSON, "ogc_tiles.tileset", **name),
            link(f"{RELATION}/tiling-scheme", JSON, "ogc_tiles.scheme", scheme=SCHEME),
            link("describedby", JSON, "ogc_tiles.tilejson", **name),
            tiles,
        ],
    }


def _template(found: Collection, where: tuple[str, str, str]) -> str:
    """The address of a tile, with names of what to put in for the zoom, the row and the column."""
    first = address("ogc_tiles.tile", collection=found.id, scheme=SCHEME, z=0, row=0, col=0)
    return f"{first.removesuffix('/0/0/0')}/{'/'.join(where)}"
