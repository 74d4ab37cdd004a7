"""Selecting households: the page, its answers while one draws, and the drawings it keeps."""

import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, asks, db
from app.web.asking import (
    address_of,
    as_sent,
    beside,
    hazard_choice,
    question_asked,
    question_sent,
    shape_sent,
)
from app.web.histograms import histogram_of
from app.web.kept_filters import kept_filters
from app.web.maps import legend_of, map_settings
from app.web.timelines import timeline
from core.clock import day_of, day_said
from core.words import bare
from geo.models.events import Event
from geo.models.releases import Release
from geo.models.selections import Combine
from geo.permissions import May
from geo.queries.areas import level_names, search_areas
from geo.queries.clauses import clauses_asked
from geo.queries.selections import (
    Question,
    draft_shape,
    question_of,
    selection_by_code,
    table_level,
)
from geo.queries.situation import ongoing, release_meant
from geo.services.selections import keep_draft
from geo.vector.drawings import of_file, to_geojson
from registry.queries.answers import answerable, ask, bins_of

bp = Blueprint("selections", __name__)


@bp.get("/select")
def select() -> str:
    """The question and its answer; the map, once it lives, asks again while one draws."""
    actor().require(May.SELECT)
    events = ongoing(db(), actor=actor())
    release = release_meant(db(), events, request.args.get("r", type=int))
    question = question_asked(db(), request.args, release)
    event = db().get(Event, release.event_id) if release else None
    return render_template(
        "selections/select.html",
        event=event,
        list_name=_list_name(event, release),
        others=[(e.event, r) for e in events for r in reversed(e.releases) if r is not release],
        beside=beside(question),
        hazards=[hazard_choice(e.event, r) for e in events for r in reversed(e.releases)],
        map_settings=map_settings(db(), actor(), release, question.threshold, beside(question)),
        legend=legend_of(release),
        kept_filters=kept_filters(),
        line=timeline(db(), release, _address, actor=actor()),
        **_told(question),
    )


def _address(release: Release) -> str:
    return url_for(".select", r=release.id)


@bp.post("/selections/answer")
@asks
def answer() -> str:
    """The parts of the page that a changed question changes."""
    question = question_sent(db(), request.get_data(as_text=True))
    return render_template("selections/_answer.html", **_told(question))


@bp.get("/selections/<code>")
def show(code: str) -> Response:
    """A kept selection, opened as the question it is."""
    actor().require(May.SELECT)
    question = question_of(db(), selection_by_code(db(), code))
    draft = keep_draft(db(), question.shape, actor=actor()) if question.shape else None
    return redirect(f"{url_for('.select')}?{address_of(db(), question, draft)}", 303)


@bp.post("/selections/drafts")
@asks  # the code is made of the drawing, so that sending it twice is sending it once
def draft() -> Response:
    shape = shape_sent(request.get_data(as_text=True))
    return jsonify(code=keep_draft(db(), shape, actor=actor()))


@bp.get("/selections/drafts/<code>")
def draft_kept(code: str) -> Response:
    actor().require(May.SELECT)
    return jsonify(to_geojson(draft_shape(db(), code)))


@bp.post("/selections/shapes")
@asks
def shapes() -> Response:
    """The polygons of an uploaded file, as the page shows and asks them."""
    actor().require(May.SELECT)
    sent = request.files["file"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(sent.filename or "shape").name
        sent.save(path)
        return jsonify(to_geojson(of_file(path)))


@bp.get("/areas/search")
def areas() -> Response:
    """What a few letters of a name or P-code may mean."""
    found = search_areas(db(), request.args.get("q", ""), actor())
    return jsonify([asdict(area) | {"path": ", ".join(area.trail)} for area in found])


def _list_name(event: Event | None, release: Release | None) -> str:
    """What a kept list is likely to be called: the event, and the day it was observed."""
    if event is None or release is None:
        return ""
    seen = release.observed_at
    return f"{event.name}, {bare(day_said(day_of(seen)))}" if seen else event.name


def _told(question: Question) -> dict[str, Any]:
    """A question, its answer, and what the page writes both with."""
    asked = clauses_asked(db(), question.clauses)
    release = asked[0].release if asked else None
    level = table_level(db(), question)
    may_answer = answerable(question, actor())
    result = ask(db(), question, actor=actor(), level=level) if may_answer else None
    bins = result.bins if result else [0] * bins_of(release).count
    return {
        "question": question,
        "release": release,
        "asked": [(each.release, each.threshold) for each in asked],
        "result": result,
        "level": level,
        "levels": level_names(db()),
        "histogram": histogram_of(release, bins),
        "sent": as_sent(db(), question),
        "to_pick": f"{url_for('selections.select')}?{address_of(db(), _areas_of(question), None)}",
    }


def _areas_of(question: Question) -> Question:
    """The question without what is drawn."""
    return replace(question, shape=None, without_shape=None, combine=Combine.UNION)
