"""What the answers of the service are made of: documents, links, and a collection's description."""

from typing import Any

import orjson
from flask import Response, url_for

from core.settings import settings
from geo.queries.collections import Listed
from geo.queries.features import CRS84, SYSTEMS, System

JSON, GEOJSON = "application/json", "application/geo+json"
SCHEMA, OPENAPI = "application/schema+json", "application/vnd.oai.openapi+json;version=3.0"
MVT = "application/vnd.mapbox-vector-tile"
RELATION = "http://www.opengis.net/def/rel/ogc/1.0"

Document = dict[str, Any]


def address(endpoint: str, **values: Any) -> str:
    """An address as programs elsewhere reach it."""
    return settings().base_url.rstrip("/") + url_for(endpoint, **values)


def link(relation: str, kind: str, endpoint: str, **values: Any) -> dict[str, str]:
    """A link of the service."""
    return {"href": address(endpoint, **values), "rel": relation, "type": kind}


def told(document: Any, kind: str = JSON, system: System | None = None) -> Response:
    """A document of the service; one with shapes names their reference system."""
    body = orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS)
    answer = Response(body, content_type=kind)
    answer.cache_control.private = True
    if system is not None:
        answer.headers["Content-Crs"] = f"<{system.uri}>"
    return answer


def described(one: Listed, box: list[float]) -> Document:
    """A collection as the list of all describes it."""
    name = {"collection": one.id}
    return {
        "id": one.id,
        "title": one.title,
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [box], "crs": CRS84.uri}},
        "crs": list(SYSTEMS),
        "storageCrs": CRS84.uri,
        "links": [
            link("self", JSON, "ogc.collection", **name),
            link("items", GEOJSON, "ogc.items", **name),
            link(f"{RELATION}/queryables", SCHEMA, "ogc.queryables", **name),
            link(f"{RELATION}/tilesets-vector", JSON, "ogc_tiles.tilesets", **name),
        ],
    }
