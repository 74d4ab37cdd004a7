"""How long what is known of people is kept: the rules, and what each would take away today."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from core.words import _
from programs.queries.retention import rule_foreseen, rules_shown
from registry.models.retention import Does, What
from registry.services import retention

bp = Blueprint("retention", __name__, url_prefix="/admin/retention")


@bp.get("/")
def index() -> str:
    return render_template(
        "retention/index.html", rules=rules_shown(db(), actor=actor()), me=actor().id
    )


@bp.get("/<int:rule_id>")
def show(rule_id: int) -> str:
    """Whom a rule would touch today."""
    after = request.args.get("after", type=int)
    foreseen = rule_foreseen(db(), rule_id, actor=actor(), after=after)
    look_at(row.registrant_id for row in foreseen.page.rows)
    return render_template("retention/show.html", foreseen=foreseen)


@bp.post("/")
def write() -> Response:
    form = request.form
    what = form.get("what", What.EXITED, type=What)
    does = form.get("does", Does.ERASE, type=Does)
    months = form.get("after_months", 0, type=int)
    retention.write(db(), what, months, does, actor=actor())
    flash(_("The rule is written down; somebody else starts it."))
    return _back()


@bp.post("/<int:rule_id>/start")
def start(rule_id: int) -> Response:
    retention.start(db(), rule_id, actor=actor())
    flash(_("The rule is kept to from now on."))
    return _back()


@bp.post("/<int:rule_id>/end")
def end(rule_id: int) -> Response:
    retention.end(db(), rule_id, actor=actor())
    flash(_("The rule is kept to no more."))
    return _back()


def _back() -> Response:
    return redirect(url_for(".index"), 303)
