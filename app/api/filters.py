"""Filters for programs: how many households a condition means."""

from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import told
from app.request import actor, asks, db
from core.clock import today
from core.errors import Invalid
from programs.queries.queryables import widest_terms
from registry.permissions import May
from registry.queries.filters import count_matching

WRITTEN = {
    "type": "object",
    "required": ["filter"],
    "properties": {
        "filter": {
            "oneOf": [{"type": "string"}, {"type": "object"}],
            "description": "CQL2 as text or JSON, such as count_of(age < 5) >= 2",
        },
    },
}
SENT = {"required": True, "content": {"application/json": {"schema": WRITTEN}}}

bp = Blueprint("api_filters", __name__, url_prefix="/api/filters", description="Filters")


class FilterMissing(Invalid):
    """Send JSON with `filter`, a condition in CQL2 as text or as an object."""


@bp.post("/count")
@bp.doc(requestBody=SENT)
@bp.response(200, description="How many registered households meet it today, and of how many")
@asks
def count() -> Response:
    """How many households a filter means"""
    actor().require(May.COUNT_REGISTRANTS)
    found = count_matching(
        db(), _written(), today(), actor=actor(), terms=widest_terms(db(), today(), actor=actor())
    )
    return told({"households": found.meant, "of": found.of, "about": found.about})


def _written() -> str:
    said: Any = request.get_json(silent=True)
    written = said.get("filter") if isinstance(said, dict) else None
    if isinstance(written, dict):
        return orjson.dumps(written).decode()
    if not isinstance(written, str):
        raise FilterMissing
    return written
