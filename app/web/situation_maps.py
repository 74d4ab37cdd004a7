"""Situation maps: made of a kept list while one goes on working, and taken along as one file."""

from flask import Blueprint, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from core import jobs
from core.storage import path_of
from core.words import current
from registry.jobs.situation_maps import make_situation_map
from registry.models.situation_maps import Audience
from registry.permissions import May
from registry.queries.rosters import roster_by_id
from registry.queries.situation_maps import map_made

bp = Blueprint("situation_maps", __name__, url_prefix="/situation-maps")


@bp.post("/")
def make() -> Response:
    actor().require(May.MAKE_SITUATION_MAPS)
    roster = roster_by_id(db(), request.form.get("roster", 0, type=int), actor=actor())
    audience = request.form.get("audience", Audience.COLLEAGUES, type=Audience)
    asked = f"{roster.id} {actor().id} {current().tag} {audience}"
    said = {"roster_id": roster.id, "audience": audience.value}
    job = jobs.defer(db(), make_situation_map, actor=actor(), about=roster, dedupe=asked, **said)
    return redirect(url_for("rosters.show", roster_id=roster.id, job=job), 303)


@bp.get("/<int:map_id>.html")
def file(map_id: int) -> Response:
    made = map_made(db(), map_id, actor=actor())
    name = f"situation-map-{made.id}.html"
    return send_file(path_of(made.sha256), "text/html", as_attachment=True, download_name=name)
