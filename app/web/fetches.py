"""Fetching: hazard files brought from where they are published."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.intake import fetch
from app.records import job_of
from app.request import actor, db
from core.errors import NotFound
from core.jobs import JobState, is_work
from geo.jobs.fetches import fetch_release

bp = Blueprint("fetches", __name__, url_prefix="/hazards/fetches")


@bp.post("/")
def begin() -> Response:
    """Let a worker fetch a file from an address."""
    event_id, url = request.form.get("event", 0, int), request.form.get("address", "")
    job_id = fetch(db(), event_id, url, actor=actor())
    return redirect(url_for(".show", job_id=job_id), 303)


@bp.get("/<int:job_id>")
def show(job_id: int) -> ResponseReturnValue:
    """How far the fetching has come; when it is over, the release it became."""
    job = job_of(db(), job_id, actor=actor())
    if not is_work(job, fetch_release):
        raise NotFound(job=job_id)
    if job.state is JobState.DONE and job.result:
        return redirect(url_for("hazards.show", release_id=job.result["release"]), 303)
    return render_template("hazards/fetching.html", job=job)
