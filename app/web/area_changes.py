"""A new map of areas: prepared by one person, looked at and put in force by another."""

import tempfile
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.area_changes import staged
from app.looks import take_all
from app.records import job_of
from app.request import actor, db
from app.web.exports import sent
from core.errors import NotFound
from core.jobs import defer, is_work
from core.words import _
from geo.jobs.area_changes import enforce_boundaries, stage_boundaries
from geo.models.area_changes import Became
from geo.permissions import May
from geo.queries.area_changes import area_changes, change_page, links_table
from geo.services.area_changes import drop_areas
from registry.queries.area_moves import unplaced_moves
from registry.services.exports import write_moved

bp = Blueprint("area_changes", __name__, url_prefix="/areas/changes")


@bp.get("/")
def index() -> str:
    changes = area_changes(db(), actor=actor())
    return render_template("area_changes/index.html", changes=changes)


@bp.post("/")
def stage() -> Response:
    """Keep the files and let a worker prepare them."""
    job_id = staged(db(), request.files, request.form, actor=actor())
    return redirect(url_for(".working", job_id=job_id), 303)


@bp.get("/work/<int:job_id>")
def working(job_id: int) -> str | Response:
    """How far the preparing or the putting in force has come."""
    job = job_of(db(), job_id, actor=actor())
    if not (is_work(job, stage_boundaries) or is_work(job, enforce_boundaries)):
        raise NotFound(job=job_id)
    if job.result and not job.result.get("faults"):
        return redirect(url_for(".show", change_id=job.result["change"]), 303)
    return render_template("area_changes/working.html", job=job)


@bp.get("/<int:change_id>")
def show(change_id: int) -> str:
    page = change_page(db(), change_id, actor=actor())
    return render_template(
        "area_changes/show.html",
        page=page,
        became=became_words(),
        unplaced=unplaced_moves(db(), page.change, actor=actor()),
    )


@bp.get("/<int:change_id>/areas.<kind>")
def areas(change_id: int, kind: str) -> Response:
    """The crosswalk of the two maps, as a file."""
    return sent(links_table(db(), change_id, actor=actor()), kind, str(change_id))


@bp.get("/<int:change_id>/moved.csv")
def moved(change_id: int) -> Response:
    """Who comes into another area, one by one."""
    change = change_page(db(), change_id, actor=actor()).change
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "moved.csv"
        with path.open("wb") as file:
            take_all(write_moved(db(), change, file, actor=actor()))
        stream = path.open("rb")  # reads on when the folder is gone
    name = f"moved-{change_id}.csv"
    return send_file(stream, "text/csv", as_attachment=True, download_name=name)


@bp.post("/<int:change_id>/enforce")
def enforce(change_id: int) -> Response:
    actor().require(May.ENFORCE_AREAS)
    once = str(change_id)
    job_id = defer(db(), enforce_boundaries, actor=actor(), dedupe=once, change_id=change_id)
    return redirect(url_for(".working", job_id=job_id), 303)


@bp.post("/<int:change_id>/drop")
def drop(change_id: int) -> Response:
    dropped = drop_areas(db(), change_id, actor=actor())
    flash(_("The map {version} is given up.", version=dropped.version))
    return redirect(url_for(".index"), 303)


def became_words() -> dict[Became, str]:
    """What became of an area."""
    return {
        Became.SAME: _("the same"),
        Became.RENAMED: _("has another name"),
        Became.RECODED: _("has another P-code"),
        Became.SPLIT: _("divided"),
        Became.MERGED: _("one with others"),
        Became.MOVED: _("gave ground"),
    }
