"""Fetching: hazard files brought from where they are published."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.intake import fetch_each
from app.records import job_of
from app.request import actor, db
from core.errors import NotFound
from core.jobs import JobState, is_work
from core.words import _
from geo.jobs.fetches import fetch_release

bp = Blueprint("fetches", __name__, url_prefix="/hazards/fetches")


@bp.post("/")
def begin() -> Response:
    """Let a worker fetch a file from an address, or from several on a line each."""
    event_id, text = request.form.get("event", 0, int), request.form.get("address", "")
    jobs = fetch_each(db(), event_id, text, actor=actor())
    if len(jobs) == 1:
        return redirect(url_for(".show", job_id=jobs[0]), 303)
    flash(_("{count} files are being fetched; each is read by itself.", count=len(jobs)))
    return redirect(url_for("hazards.index"), 303)


@bp.get("/<int:job_id>")
def show(job_id: int) -> ResponseReturnValue:
    """How far the fetching has come; when it is over, the release it became."""
    job = job_of(db(), job_id, actor=actor())
    if not is_work(job, fetch_release):
        raise NotFound(job=job_id)
    if job.state is JobState.DONE and job.result:
        return redirect(url_for("hazards.show", release_id=job.result["release"]), 303)
    return render_template("hazards/fetching.html", job=job)
