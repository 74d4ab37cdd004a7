"""Imports for programs: how far one has come, and undoing its merge."""

from flask import Response
from flask_smorest import Blueprint

from app.api.answers import address, told
from app.api.writes import ACT_KEY
from app.looks import look_through
from app.request import actor, db
from core.jobs import defer
from programs.jobs.imports import undo_import
from programs.queries.imports import undone_until
from programs.services.imports import ask_undo
from registry.queries.imports import import_page

NUMBER = "<int(max=9223372036854775807):import_id>"

bp = Blueprint("api_imports", __name__, url_prefix="/api/imports", description="Files of people")


@bp.get(f"/{NUMBER}")
@bp.response(200, description="The import, its rows by verdict and by what was found")
def show(import_id: int) -> Response:
    """How far a file has come on its way into the registry"""
    file = import_page(db(), import_id, actor=actor()).file
    look_through(file)
    return told(
        {
            "id": file.id,
            "kind": file.kind,
            "state": file.state,
            "file": file.original_name,
            "sha256": file.original_sha256,
            "counts": file.counts,
            "refusal": file.refusal,
            "merged_at": file.merged_at,
            "undone_until": undone_until(file),
            "page": address("imports.show", import_id=file.id),
        }
    )


@bp.delete(f"/{NUMBER}/merge")
@bp.doc(parameters=[ACT_KEY])
@bp.response(202, description="The work that undoes it")
def undo(import_id: int) -> Response:
    """Undo a whole merge; refused where anything depends on it, with what does"""
    file = ask_undo(db(), import_id, actor=actor())
    only = f"undo {import_id}"
    job = defer(db(), undo_import, actor=actor(), about=file, dedupe=only, import_id=import_id)
    answer = told({"job": job, "follow": address("api_jobs.show", job_id=job)})
    answer.status_code = 202
    return answer
