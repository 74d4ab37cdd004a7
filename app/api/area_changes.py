"""New maps of areas for programs: prepared, looked at, and put in force by somebody else."""

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import told
from app.api.writes import ACT_KEY
from app.area_changes import change_told, page_told, staged
from app.request import actor, db
from core.jobs import defer
from geo.jobs.area_changes import enforce_boundaries
from geo.permissions import May
from geo.queries.area_changes import area_changes, change_page

FILES = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "The new boundaries."},
        "codes": {
            "type": "string",
            "format": "binary",
            "description": "A list of old and new P-codes: old_pcode, new_pcode.",
        },
        "version": {"type": "string"},
    },
}
SENT = {"required": True, "content": {"multipart/form-data": {"schema": FILES}}}
NUMBER = "<int(max=9223372036854775807):change_id>"

bp = Blueprint(
    "api_area_changes", __name__, url_prefix="/api/areas/changes", description="New maps of areas"
)


@bp.get("/")
@bp.response(200, description="Every map that followed another, or waits to, the last first")
def index() -> Response:
    """Which maps of areas followed which"""
    return told({"changes": [change_told(each) for each in area_changes(db(), actor=actor())]})


@bp.get(f"/{NUMBER}")
@bp.response(200, description="A new map, with what it changes")
def show(change_id: int) -> Response:
    """What becomes of each area, and how many places move"""
    return told(page_told(change_page(db(), change_id, actor=actor())))


@bp.post("/")
@bp.doc(parameters=[ACT_KEY], requestBody=SENT)
@bp.response(202, description="The work to follow; the map waits once it is done")
def stage() -> Response:
    """Prepare a new map beside the one in force"""
    answer = told({"job": staged(db(), request.files, request.form, actor=actor())})
    answer.status_code = 202
    return answer


@bp.post(f"/{NUMBER}/enforce")
@bp.doc(parameters=[ACT_KEY])
@bp.response(202, description="The work to follow")
def enforce(change_id: int) -> Response:
    """Put a map in force that somebody else prepared"""
    actor().require(May.ENFORCE_AREAS)
    once = str(change_id)
    job = defer(db(), enforce_boundaries, actor=actor(), dedupe=once, change_id=change_id)
    answer = told({"job": job})
    answer.status_code = 202
    return answer
