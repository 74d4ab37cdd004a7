"""Areas: the tree of boundaries, and the files it is loaded from."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.deciding.levels import levels
from app.intake import FileNotChosen
from app.records import job_of
from app.request import actor, db
from app.web.maps import bounds_of, map_settings
from core.errors import NotFound
from core.jobs import defer, is_work
from core.storage import keep
from geo.jobs.areas import import_boundaries
from geo.models.areas import Area
from geo.permissions import May
from geo.queries.area_pages import area_page, last_import
from geo.queries.areas import area_by_pcode, level_names, search_areas

bp = Blueprint("areas", __name__, url_prefix="/areas")


@bp.get("/")
def index() -> str:
    return _page(None)


@bp.get("/<pcode>")
def show(pcode: str) -> str:
    return _page(area_by_pcode(db(), pcode))


@bp.get("/imports/new")
def new() -> str:
    actor().require(May.IMPORT_AREAS)
    return render_template("areas/new.html", levels={row.level: row.name for row in levels(db())})


@bp.post("/imports")
def receive() -> Response:
    """Keep the file and let a worker read it."""
    actor().require(May.IMPORT_AREAS)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileNotChosen
    kept = keep(file.stream)
    said: dict[str, Any] = {"sha256": kept.sha256, "name": file.filename, **_said()}
    job_id = defer(db(), import_boundaries, actor=actor(), dedupe=kept.sha256, **said)
    return redirect(url_for(".imported", job_id=job_id), 303)


@bp.get("/imports/<int:job_id>")
def imported(job_id: int) -> str:
    """How far an import has come, and then what it did."""
    job = job_of(db(), job_id, actor=actor())
    if not is_work(job, import_boundaries):
        raise NotFound(job=job_id)
    return render_template("areas/imported.html", job=job, levels=level_names(db()))


def _said() -> dict[str, Any]:
    """What the form says of the file."""
    form = request.form
    return {
        "version": form.get("version", "").strip(),
        "crs": form.get("crs", "").strip() or None,
        "layers": [name.strip() for name in form.get("layers", "").split(",") if name.strip()],
        "level_names": [name.strip() for name in form.get("level_names", "").split(",")],
    }


def _page(area: Area | None) -> str:
    page = area_page(db(), area, actor=actor())
    wanted = request.args.get("q", "").strip()
    return render_template(
        "areas/show.html",
        page=page,
        wanted=wanted,
        found=search_areas(db(), wanted, actor()) if wanted else [],
        last=last_import(db(), actor=actor()),
        map_settings=map_settings(db(), actor(), households=None, **_view(page.area)),
    )


def _view(area: Area | None) -> dict[str, Any]:
    """The part of the map an area is; the country is all of it."""
    view = bounds_of(area)
    return {**view, "picked": [area.pcode]} if area and view else view
