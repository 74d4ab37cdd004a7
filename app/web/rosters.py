"""Lists of households: keeping one, looking through it, taking it along."""

import io
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.looks import look_at, look_through
from app.records import job_of
from app.request import actor, db
from app.web.asking import question_sent
from core.clock import today
from core.jobs import Job
from geo.models.selections import Evidence, Selection
from geo.queries.clauses import clauses_kept
from geo.queries.selections import question_of
from programs.queries.queryables import widest_terms
from programs.queries.starts import starts_of
from registry.models.rosters import Answer, Roster
from registry.queries.filters import condition_with
from registry.queries.rosters import (
    figures_seen,
    lists_seen,
    members_page,
    roster_by_id,
    rosters_page,
    takes_probable,
)
from registry.queries.situation_maps import maps_made
from registry.services.rosters import export, keep_list

bp = Blueprint("rosters", __name__, url_prefix="/rosters")


@bp.get("/")
def index() -> str:
    before = request.args.get("before", type=int)
    page = rosters_page(db(), actor=actor(), before=before)
    seen = lists_seen(db(), [roster for roster, _key in page.rows], actor=actor())
    return render_template("rosters/index.html", page=page, seen=seen, national=actor().sees_all)


@bp.post("/")
def keep() -> Response:
    asked = question_sent(db(), request.form["question"])
    question = replace(asked, evidence=_evidence())
    name, condition = request.form["name"], _condition()
    words = partial(widest_terms, db(), actor=actor())
    frozen = keep_list(db(), question, name, actor=actor(), condition=condition, words=words)
    return redirect(url_for(".show", roster_id=frozen.roster_id), 303)


@bp.get("/<int:roster_id>")
def show(roster_id: int) -> str:
    roster = roster_by_id(db(), roster_id, actor=actor())
    status, after = _answer_shown(), request.args.get("after")
    page = members_page(db(), roster, actor=actor(), status=status, after=after)
    look_at(row.registrant_id for row in page.rows)
    return render_template(
        "rosters/show.html",
        roster=roster,
        seen=figures_seen(db(), roster, actor=actor()),
        status=status,
        page=page,
        maps=maps_made(db(), roster, actor=actor()),
        job=_asked_for(),
        **_question_of(roster),
        **_onward(roster),
    )


@bp.get("/<int:roster_id>/list.csv")
def download(roster_id: int) -> Response:
    """The list as a file; taking it along is noted in the audit trail."""
    stream = io.BytesIO()
    rows = export(db(), roster_id, stream, actor=actor())
    look_through(db().get_one(Roster, roster_id), rows)
    stream.seek(0)
    name = f"list-{roster_id}.csv"
    return send_file(stream, "text/csv", as_attachment=True, download_name=name)


def _condition() -> str:
    """What a kept filter asks, and what was written beside it."""
    kept, written = request.form.get("kept", ""), request.form.get("condition", "")
    return condition_with(db(), kept, written, actor=actor())


def _evidence() -> Evidence:
    """The least evidence that is taken of who is on the list: of all circles and areas, unless
    those of which a part is in are wanted, too."""
    return Evidence.PROBABLE if "with_probable" in request.form else Evidence.CONFIRMED


def _answer_shown() -> Answer | None:
    """The answer whose households are listed: at first those who are in; None for all of them."""
    if request.args.get("status") == "all":
        return None
    return request.args.get("status", Answer.IN, type=Answer)


def _onward(roster: Roster) -> dict[str, Any]:
    """What a cycle is started with from a list in one step."""
    return {
        "starts": starts_of(db(), roster, actor=actor()),
        "probable": takes_probable(db(), roster.id, actor=actor()),
        "today": today(),
    }


def _question_of(roster: Roster) -> dict[str, Any]:
    """What a list was asked of, and the day ages were counted on."""
    selection = db().get_one(Selection, roster.selection_id)
    hazards = clauses_kept(db(), question_of(db(), selection).clauses)
    ages_on = (roster.definition or {}).get("ages_on")
    return {
        "selection": selection,
        "release": hazards[0].release if hazards else None,
        "hazards": [(each.release, each.threshold) for each in hazards],
        "ages_on": date.fromisoformat(ages_on) if ages_on else None,
    }


def _asked_for() -> Job | None:
    """The work that was just asked for on the page of a list."""
    job_id = request.args.get("job", type=int)
    return job_of(db(), job_id, actor=actor()) if job_id else None
