"""Service points: where help is handed over."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.records import job_of
from app.request import actor, db
from core import jobs
from core.storage import keep
from programs.jobs.service_points import import_service_points
from programs.permissions import May
from programs.queries.service_points import points_listed

bp = Blueprint("service_points", __name__, url_prefix="/service-points")


@bp.get("/")
def index() -> str:
    listed = points_listed(db(), actor=actor())
    job_id = request.args.get("job", type=int)
    job = job_of(db(), job_id, actor=actor()) if job_id else None
    return render_template("service_points/index.html", points=listed, job=job)


@bp.post("/")
def take() -> Response:
    actor().require(May.WRITE_SERVICE_POINTS)
    kept = keep(request.files["file"].stream)
    job = jobs.defer(db(), import_service_points, actor=actor(), sha256=kept.sha256)
    return redirect(url_for(".index", job=job), 303)
