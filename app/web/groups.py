"""The members of a household: who joins, who leaves, who moves, who is its head."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.days import day_typed
from core.words import _
from registry.permissions import May
from registry.queries.registrants import registered
from registry.queries.vocabularies import labels
from registry.services import memberships
from registry.services.membership_rules import HEAD
from registry.services.memberships import Joining, NotAGroup

bp = Blueprint("groups", __name__, url_prefix="/registry/<number>/members")


@bp.get("/")
def members(number: str) -> str:
    actor().require(May.WRITE_REGISTRANTS)
    found = registered(db(), number, actor=actor())
    if found.group is None:
        raise NotAGroup(number=found.registrant.number)
    look_at([found.registrant.id, *(each.id for each in found.members)])
    return render_template("groups/members.html", found=found, words=labels(db()), HEAD=HEAD)


@bp.post("/join")
def join(number: str) -> Response:
    made = memberships.join(db(), number, request.form["member"], _joining(), actor=actor())
    flash(_("They are a member from {day} on.", day=made.started_on))
    return _back(number)


@bp.post("/leave")
def leave(number: str) -> Response:
    form = request.form
    member, follows = form["member"], form.get("next_head", "")
    memberships.leave(
        db(), number, member, day_typed(request.form.get("on", "")), follows, actor=actor()
    )
    flash(_("Their membership has ended."))
    return _back(number)


@bp.post("/head")
def change_head(number: str) -> Response:
    form = request.form
    former = form.get("former") or memberships.MEMBER
    memberships.change_head(db(), number, form["member"], former, actor=actor())
    flash(_("The household has another head."))
    return _back(number)


@bp.post("/move")
def transfer(number: str) -> Response:
    """From this household into another; what is shown then is the one they moved into."""
    form = request.form
    to, follows = form["to"].strip(), form.get("next_head", "")
    made = memberships.transfer(db(), form["member"], to, _joining(), follows, actor=actor())
    flash(_("They moved on {day}.", day=made.started_on))
    return _back(to)


def _joining() -> Joining:
    kind = request.form.get("relation") or memberships.MEMBER
    return Joining(
        kind, day_typed(request.form.get("on", "")), request.form.get("note", "").strip() or None
    )


def _back(number: str) -> Response:
    return redirect(url_for("registry.show", number=number), 303)
