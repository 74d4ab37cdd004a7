"""Runs of a cycle: what each asked and whom it changed; and why a household is in, or is not."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.targets import called
from app.why_said import reason_told, reason_words, sections, verdict_said
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.queries.standing import standing_of
from programs.queries.targeting_runs import changes_page, runs_of
from programs.queries.targeting_why import why
from programs.services.targeting_runs import undo_run

bp = Blueprint("targeting_runs", __name__, url_prefix="/cycles/<int:cycle_id>")
bp.add_app_template_filter(reason_words)
bp.add_app_template_filter(reason_told)


@bp.get("/runs")
def index(cycle_id: int) -> str:
    at = standing_of(db(), cycle_id, actor=actor())
    runs = runs_of(db(), cycle_id, actor=actor())
    return render_template("targeting/runs.html", at=at, runs=runs)


@bp.get("/runs/<int:run_id>")
def show(cycle_id: int, run_id: int) -> str:
    after = request.args.get("after")
    page = changes_page(db(), cycle_id, run_id, actor=actor(), after=after)
    look_at(row.registrant_id for row in page.rows)
    at = standing_of(db(), cycle_id, actor=actor())
    return render_template("targeting/changes.html", at=at, page=page, run_id=run_id)


@bp.post("/runs/<int:run_id>/undo")
def undo(cycle_id: int, run_id: int) -> Response:
    changed = undo_run(db(), cycle_id, run_id, actor=actor())
    program_id = db().get_one(Cycle, cycle_id).program_id
    flash(called(db().get_one(Program, program_id).target)["stand_as_before"](changed))
    return redirect(url_for(".index", cycle_id=cycle_id), 303)


@bp.get("/why/<number>")
def ask(cycle_id: int, number: str) -> str:
    found = why(db(), cycle_id, number, actor=actor())
    look_at([found.registrant.id])
    told = {"verdict": verdict_said(found), "sections": sections(found)}
    return render_template("targeting/why.html", why=found, **told)
