"""Putting hazard maps together into new ones."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.asking import usual_threshold
from app.web.meanings import one_of
from core.jobs import defer
from geo.jobs.composites import compose
from geo.models.events import Event
from geo.models.releases import Operation, Release
from geo.queries.composites import latest_sent, to_put_together
from geo.services.composites import Composite, ask_again, derive

bp = Blueprint("composites", __name__, url_prefix="/hazards")


@bp.get("/events/<int:event_id>/composites/new")
def new(event_id: int) -> str:
    """Which maps of an event to put together, and how."""
    maps = to_put_together(db(), event_id, actor=actor())
    latest = latest_sent(maps)
    return render_template(
        "hazards/derive.html",
        event=db().get_one(Event, event_id),
        maps=maps,
        latest=latest,
        usual=usual_threshold(latest) if latest else None,
    )


@bp.post("/composites")
def make() -> Response:
    """Note what is to be made, and let a worker make it."""
    operation = one_of(Operation, request.form.get("operation", ""))
    at = "reach" if operation is Operation.DISTANCE else "threshold"
    chosen = tuple(request.form.getlist("release", type=int))
    composite = Composite(operation, chosen, request.form.get(at, type=float))
    return _put_off(derive(db(), composite, request.form.get("name", ""), actor=actor()))


@bp.post("/<int:release_id>/making")
def again(release_id: int) -> Response:
    """Make it once more where the making was stopped."""
    return _put_off(ask_again(db(), release_id, actor=actor()))


def _put_off(release: Release) -> Response:
    only = f"release {release.id}"
    defer(db(), compose, actor=actor(), about=release, dedupe=only, release_id=release.id)
    return redirect(url_for("hazards.show", release_id=release.id), 303)
