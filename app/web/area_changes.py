"""A new map of areas: prepared by one person, looked at and put in force by another."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.records import job_of
from app.request import actor, db
from core.errors import NotFound
from core.jobs import defer, is_work
from core.storage import keep
from core.words import _
from geo.jobs.area_changes import enforce_boundaries, stage_boundaries
from geo.models.area_changes import Became
from geo.permissions import May
from geo.queries.area_changes import area_changes, change_page
from geo.services.area_changes import drop_areas

bp = Blueprint("area_changes", __name__, url_prefix="/areas/changes")


@bp.get("/")
def index() -> str:
    changes = area_changes(db(), actor=actor())
    return render_template("area_changes/index.html", changes=changes)


@bp.post("/")
def stage() -> Response:
    """Keep the files and let a worker prepare them."""
    actor().require(May.IMPORT_AREAS)
    file, codes = request.files.get("file"), request.files.get("codes")
    if file is None or not file.filename:
        raise FileNotChosen
    said: dict[str, Any] = {**_kept(file), "version": request.form.get("version", "").strip()}
    if codes is not None and codes.filename:
        said["codes"] = _kept(codes)
    job_id = defer(db(), stage_boundaries, actor=actor(), dedupe=said["sha256"], **said)
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
    return render_template("area_changes/show.html", page=page, became=became_words())


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


def _kept(file: FileStorage) -> dict[str, str]:
    return {"sha256": keep(file.stream).sha256, "name": str(file.filename)}
