"""Work put off, followed and stopped by the programs that asked for it."""

from flask import Response
from flask_smorest import Blueprint

from app.api.answers import told
from app.api.writes import ACT_KEY
from app.records import cancel_job, job_of
from app.request import actor, db
from core.jobs import Job

NUMBER = "<int(max=9223372036854775807):job_id>"

bp = Blueprint("api_jobs", __name__, url_prefix="/api/jobs", description="Work put off")


@bp.get(f"/{NUMBER}")
@bp.response(200, description="How far the work has come")
def show(job_id: int) -> Response:
    """How far work has come, and what came of it"""
    return _told(job_of(db(), job_id, actor=actor()))


@bp.delete(f"/{NUMBER}")
@bp.doc(parameters=[ACT_KEY])
@bp.response(202, description="The work ends where it is; nothing of it is kept")
def cancel(job_id: int) -> Response:
    """Stop work; nothing it had begun is kept"""
    job = cancel_job(db(), job_id, actor=actor())
    db().refresh(job)
    answer = _told(job)
    answer.status_code = 202
    return answer


def _told(job: Job) -> Response:
    return told(
        {
            "id": job.id,
            "work": job.work.rpartition(".")[2],
            "state": job.state,
            "cancelling": job.cancel,
            "done": job.done,
            "total": job.total,
            "note": job.note,
            "refusal": job.refusal,
            "release": (job.result or {}).get("release"),
            "created_at": job.created_at,
            "ended_at": job.ended_at,
        }
    )
