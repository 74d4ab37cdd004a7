"""Hazard files sent by programs, and what became of them."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import Document, address, told
from app.api.writes import ACT_KEY
from app.intake import Taken, fetch, files_sent, take_in
from app.request import actor, db
from core.errors import Invalid
from geo.queries.releases import release_page

FILES = {
    "type": "object",
    "required": ["event", "file"],
    "properties": {
        "event": {"type": "integer", "description": "The number of the event they belong to."},
        "file": {
            "type": "array",
            "description": "The files; those a shapefile is made of become one.",
            "items": {"type": "string", "format": "binary"},
        },
    },
}
ADDRESS = {
    "type": "object",
    "required": ["event", "url"],
    "properties": {
        "event": {"type": "integer", "description": "The number of the event it belongs to."},
        "url": {
            "type": "string",
            "format": "uri",
            "description": "Where the file is: https, at a host this installation names.",
        },
    },
}
SENT = {
    "required": True,
    "content": {"multipart/form-data": {"schema": FILES}, "application/json": {"schema": ADDRESS}},
}

bp = Blueprint("api_hazards", __name__, url_prefix="/api/hazards", description="Hazard files")


class AddressMissing(Invalid):
    """Send files as multipart/form-data (`file`, `event`), or JSON with `url`, a text, and `event`,
    a number."""


@bp.post("/files")
@bp.doc(parameters=[ACT_KEY], requestBody=SENT)
@bp.response(202, description="The releases they became or already were, and the work to follow")
def receive() -> Response:
    """Send hazard files to an event, or an address one is to be fetched from"""
    taken, job = _fetched() if request.is_json else _taken()
    answer = told({"releases": [_received(one) for one in taken], "job": job})
    answer.status_code = 202
    return answer


@bp.get("/releases/<int(max=9223372036854775807):release_id>")
@bp.response(200, description="A release")
def show(release_id: int) -> Response:
    """What became of a hazard file"""
    page = release_page(db(), release_id, actor=actor())
    release = page.release
    return told(
        {
            "id": release.id,
            "state": release.state,
            "refusal": release.refusal,
            "event": {"id": page.event.id, "name": page.event.name},
            "layer": page.layer.name if page.layer else None,
            "number": release.number,
            "file": {
                "name": release.original_name,
                "url": release.original_url,
                "sha256": release.original_sha256,
                "bytes": release.original_bytes,
            },
            "measure": release.measure,
            "unit": release.unit,
            "observed_at": release.observed_at,
            "published_at": release.published_at,
            "source": release.source,
            "licence": release.licence,
            "job": page.job_id,
            "page": address("hazards.show", release_id=release.id),
        }
    )


def _taken() -> tuple[list[Taken], int | None]:
    event_id = request.form.get("event", 0, int)
    taken = take_in(db(), event_id, files_sent(request.files.getlist("file")), actor=actor())
    return taken, max((one.job_id for one in taken if one.job_id), default=None)


def _fetched() -> tuple[list[Taken], int]:
    """Nothing is there yet: the work that fetches says which release came of it."""
    said: Any = request.get_json(silent=True)
    url, event_id = (said.get("url"), said.get("event")) if isinstance(said, dict) else (None, None)
    if not isinstance(url, str) or not isinstance(event_id, int):
        raise AddressMissing
    return [], fetch(db(), event_id, url, actor=actor())


def _received(one: Taken) -> Document:
    release = one.release
    return {
        "id": release.id,
        "name": release.original_name,
        "state": release.state,
        "known": one.known,
        "job": one.job_id,
    }
