"""Running work: what was asked for, how far it has come, and how to stop it."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.records import cancel_job, job_of, jobs_page
from app.request import actor, db

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("/")
def index() -> str:
    before = request.args.get("before", type=int)
    return render_template("jobs/index.html", page=jobs_page(db(), actor=actor(), before=before))


@bp.get("/<int:job_id>")
def show(job_id: int) -> str:
    """The fragment that follows one job; while it lives it asks for itself again."""
    job = job_of(db(), job_id, actor=actor())
    title, after = request.args.get("title", ""), request.args.get("next", "")
    return render_template("jobs/_progress.html", job=job, title=title, next=after)


@bp.post("/<int:job_id>/cancel")
def cancel(job_id: int) -> Response:
    cancel_job(db(), job_id, actor=actor())
    return redirect(url_for(".index"), 303)
