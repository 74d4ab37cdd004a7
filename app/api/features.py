"""OGC API Features: areas, releases and selections for maps made elsewhere; and where households
stand, for who may see that.

How many live in an area is told as everywhere to those who may not see a few.
"""

from typing import Any

import orjson
from flask import Response, current_app, request
from flask_smorest import Blueprint

from app.api.answers import (
    GEOJSON,
    JSON,
    OPENAPI,
    RELATION,
    SCHEMA,
    Document,
    address,
    described,
    link,
    told,
)
from app.api.collections import listed, named, note_shown, opened
from app.api.parameters import MOST_AT_ONCE, Items, One, Parser, Plain
from app.request import actor, db
from core.country import country
from core.cql import Kind, Lookup, Term
from core.settings import settings
from core.words import _
from geo.permissions import May
from geo.queries.collections import (
    Listed,
    country_box,
    provenance_of,
    release_meant,
    selection_meant,
)
from geo.queries.features import (
    SYSTEMS,
    Feature,
    Wanted,
    box_asked,
    feature_of,
    page_of,
    system_named,
)
from registry.queries.published import households_by_area, households_selected

Asked = dict[str, Any]

CLASSES = [
    "ogcapi-common-1/1.0/conf/core",
    "ogcapi-common-2/1.0/conf/collections",
    *(f"ogcapi-features-1/1.0/conf/{part}" for part in ("core", "geojson", "oas30")),
    "ogcapi-features-2/1.0/conf/crs",
    *(f"ogcapi-features-3/1.0/conf/{p}" for p in ("queryables", "filter", "features-filter")),
    *(f"ogcapi-tiles-1/1.0/conf/{p}" for p in ("core", "tileset", "geodata-tilesets", "mvt")),
    *(
        f"cql2/1.0/conf/{part}"
        for part in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "array-functions",
            "arithmetic",
        )
    ),
]
TYPES: dict[Kind, dict[str, str]] = {
    Kind.NUMBER: {"type": "number"},
    Kind.TEXT: {"type": "string"},
    Kind.FLAG: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.GEOMETRY: {"format": "geometry-any"},
    Kind.LIST: {"type": "array"},
}

bp = Blueprint("ogc", __name__, url_prefix="/api/ogc", description="OGC API")
bp.ARGUMENTS_PARSER = Parser()


@bp.get("/")
@bp.arguments(Plain, location="query")
@bp.response(200, description="Where everything is")
def landing(_asked: Asked) -> Response:
    """Where everything is"""
    here = _("Areas, hazards and selections")
    return told(
        {
            "title": country().platform or "Highground",
            "description": here,
            "links": [
                link("self", JSON, "ogc.landing"),
                link("service-desc", OPENAPI, "ogc.description"),
                link("conformance", JSON, "ogc.conformance"),
                link("data", JSON, "ogc.collections"),
                link(f"{RELATION}/tiling-schemes", JSON, "ogc_tiles.schemes"),
            ],
        }
    )


@bp.get("/conformance")
@bp.arguments(Plain, location="query")
@bp.response(200, description="The parts of the standards that are kept")
def conformance(_asked: Asked) -> Response:
    """The parts of the standards that are kept"""
    return told({"conformsTo": [f"http://www.opengis.net/spec/{part}" for part in CLASSES]})


@bp.get("/openapi")
@bp.arguments(Plain, location="query")
@bp.response(200, content_type=OPENAPI, description="This description")
def description(_asked: Asked) -> Response:
    """What may be asked, and how"""
    spec = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return told(spec | {"servers": [{"url": settings().base_url}]}, OPENAPI)


@bp.get("/collections")
@bp.arguments(Plain, location="query")
@bp.response(200, description="The collections you may ask for")
def collections(_asked: Asked) -> Response:
    """The collections you may ask for"""
    box = country_box(db())
    each = [described(one, box) for one in listed()]
    links = [link("self", JSON, "ogc.collections")]
    return told({"links": links, "crs": list(SYSTEMS), "collections": each})


@bp.get("/collections/<collection>")
@bp.arguments(Plain, location="query")
@bp.response(200, description="One collection")
def collection(_asked: Asked, collection: str) -> Response:
    """One collection"""
    found = named(collection)
    about = {"provenance": dict(provenance_of(db(), collection, actor=actor()))}
    return told(described(Listed(found.id, found.title), country_box(db())) | about)


@bp.get("/collections/<collection>/queryables")
@bp.arguments(Plain, location="query")
@bp.response(200, content_type=SCHEMA, description="What a condition may use")
def queryables(_asked: Asked, collection: str) -> Response:
    """What a condition on features of a collection may use"""
    found = named(collection)
    return told(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": address("ogc.queryables", collection=collection),
            "type": "object",
            "title": found.title,
            "properties": {
                name: {"title": term.label, **TYPES[term.kind]}
                for name, term in found.terms.items()
                if isinstance(term, Term)
            },
            "x-functions": {
                name: term.label for name, term in found.terms.items() if isinstance(term, Lookup)
            },
            "additionalProperties": False,
        },
        SCHEMA,
    )


@bp.get("/collections/<collection>/items")
@bp.arguments(Items, location="query")
@bp.response(200, content_type=GEOJSON, description="Some features of a collection")
def items(asked: Asked, collection: str) -> Response:
    """Some features of a collection"""
    found, wanted = opened(collection), _wanted(asked)
    page = page_of(db(), found, wanted, actor=actor())
    note_shown(found, (each.key for each in page.features))
    counts = _households(collection)
    features = {
        "type": "FeatureCollection",
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "links": _pages(collection, wanted, page.matched),
        "features": [_geojson(each, counts) for each in page.features],
    }
    return told(features, GEOJSON, wanted.system)


@bp.get("/collections/<collection>/items/<feature>")
@bp.arguments(One, location="query")
@bp.response(200, content_type=GEOJSON, description="One feature")
def item(asked: Asked, collection: str, feature: str) -> Response:
    """One feature"""
    found, system = opened(collection), system_named(asked["crs"])
    one = _geojson(feature_of(db(), found, feature, system), _households(collection))
    note_shown(found, [feature])
    one["links"] = [
        link("self", GEOJSON, "ogc.item", collection=collection, feature=feature),
        link("collection", JSON, "ogc.collection", collection=collection),
    ]
    return told(one, GEOJSON, system)


def _wanted(asked: Asked) -> Wanted:
    return Wanted(
        limit=min(asked["limit"], MOST_AT_ONCE),
        offset=asked["offset"],
        box=box_asked(asked["bbox"], system_named(asked["bbox_crs"])),
        during=asked["datetime"],
        filter=asked["filter"],
        filter_system=system_named(asked["filter_crs"]),
        system=system_named(asked["crs"]),
    )


def _pages(collection: str, wanted: Wanted, matched: int) -> list[dict[str, str]]:
    """This page, the next and the one before, asked as this one was."""
    asked = {**request.args.to_dict(), "collection": collection, "limit": wanted.limit}
    links = [link("self", GEOJSON, "ogc.items", **asked)]
    after, before = wanted.offset + wanted.limit, max(0, wanted.offset - wanted.limit)
    if after < matched:
        links.append(link("next", GEOJSON, "ogc.items", **asked | {"offset": after}))
    if wanted.offset:
        links.append(link("prev", GEOJSON, "ogc.items", **asked | {"offset": before}))
    return [*links, link("collection", JSON, "ogc.collection", collection=collection)]


def _geojson(feature: Feature, counts: dict[str, Document] | None) -> Document:
    households = counts.get(feature.key, {}) if counts is not None else {}
    return {
        "type": "Feature",
        "id": feature.key,
        "geometry": orjson.Fragment(feature.shape) if feature.shape else None,
        "properties": feature.properties | households,
    }


def _households(collection: str) -> dict[str, Document] | None:
    """Who lives in the areas of a collection, by P-code, where it tells of areas under a hazard
    or of those a selection meets."""
    meant = release_meant(db(), collection) if actor().may(May.READ_RELEASES) else None
    if meant:
        return households_by_area(db(), *meant, actor=actor())
    selection = selection_meant(db(), collection) if actor().may(May.SELECT) else None
    return households_selected(db(), selection, actor=actor()) if selection else None
