"""Filters for programs: how many households a condition means."""

import json
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import told
from app.request import actor, asks, db
from core.clock import today
from core.errors import Invalid
from geo.queries.areas import area_by_pcode
from programs.queries.queryables import widest_terms
from registry.models.filters import Filter, Subject
from registry.permissions import May
from registry.queries.filter_places import Meaning, where_they_live
from registry.queries.filters import count_matching, filter_by_code, filters_listed

WRITTEN = {
    "type": "object",
    "properties": {
        "subject": {"type": "string", "enum": [*Subject], "default": Subject.HOUSEHOLDS},
        "filter": {
            "oneOf": [{"type": "string"}, {"type": "object"}],
            "description": "CQL2 as text or JSON, such as count_of(age < 5) >= 2",
        },
        "code": {"type": "string", "description": "A kept filter, in the place of `filter`"},
    },
}
SENT = {"required": True, "content": {"application/json": {"schema": WRITTEN}}}
AREA = {
    "name": "area",
    "in": "query",
    "schema": {"type": "string"},
    "description": "The P-code of an area, whose areas are told; without it, the country's",
}

bp = Blueprint("api_filters", __name__, url_prefix="/api/filters", description="Filters")


class FilterMissing(Invalid):
    """Send JSON with `filter`, a condition in CQL2 as text or as an object, and if you like
    `subject`, households or people; or with the `code` of a kept filter."""


@bp.get("/")
@bp.response(200, description="The kept filters there are for you, under `filters`")
def kept() -> Response:
    """The filters that were kept by you, or shared with you"""
    listed = filters_listed(db(), actor=actor())
    return told({"filters": [_kept(each) for each in listed]})


def _kept(each: Filter) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "subject": each.subject.value,
        "filter": each.written,
        "version": each.version,
    }


@bp.post("/count")
@bp.doc(requestBody=SENT)
@bp.response(
    200,
    description="How many registered meet it today, under `households` or `people`, of how many",
)
@asks
def count() -> Response:
    """How many households, or people, a filter means"""
    actor().require(May.COUNT_REGISTRANTS)
    written, subject = _sent()
    words = widest_terms(db(), today(), actor=actor(), subject=subject)
    found = count_matching(db(), written, today(), actor=actor(), terms=words, subject=subject)
    return told({subject.value: found.meant, "of": found.of, "about": found.about})


@bp.post("/where")
@bp.doc(requestBody=SENT, parameters=[AREA])
@bp.response(200, description="Households and people together, in all and under `areas` by area")
@asks
def where() -> Response:
    """Where those live whom a filter means, and how many households and people they are together"""
    written, subject = _sent()
    area = area_by_pcode(db(), request.args["area"]) if request.args.get("area") else None
    words = widest_terms(db(), today(), actor=actor(), subject=subject)
    meaning = Meaning(written, today(), subject)
    found = where_they_live(db(), meaning, area, actor=actor(), terms=words)
    areas = [vars(each) for each in found.areas]
    return told({**vars(found.whole), "about": found.about, "level": found.level, "areas": areas})


def _sent() -> tuple[str, Subject]:
    said: Any = request.get_json(silent=True)
    sent = said if isinstance(said, dict) else {}
    if isinstance(sent.get("code"), str) and "filter" not in sent:
        kept = filter_by_code(db(), sent["code"], actor=actor())
        return kept.written, kept.subject
    written, subject = sent.get("filter"), sent.get("subject", Subject.HOUSEHOLDS)
    if isinstance(written, dict):
        written = json.dumps(written)
    if not isinstance(written, str) or subject not in list(Subject):
        raise FilterMissing
    return written, Subject(subject)
