"""Signing a cycle, or sending it back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.roles import Role, role_name
from app.looks import look_at
from app.request import actor, confirmed, db
from app.web.list_maps import map_of_list
from app.web.maps import legend_of
from core.words import _
from programs.models.approvals import ApprovalState
from programs.queries.asked_before import differences_page
from programs.queries.requests import request_page
from programs.queries.situation import inbox_of
from programs.queries.standing import standing_of
from programs.services import approvals
from registry.queries.rosters import answers_kept

bp = Blueprint("approvals", __name__, url_prefix="/approvals")


@bp.get("/")
def index() -> str:
    """What waits for signatures: one's own to give, and what waits for others."""
    return render_template("approvals/index.html", inbox=inbox_of(db(), actor=actor()))


@bp.app_template_filter("role_words")
def role_words(role: str) -> str:
    """What a role is called; the code of one that is no more."""
    return role_name(Role(role)) if role in set(Role) else role


@bp.get("/<int:approval_id>")
def show(approval_id: int) -> str:
    page = request_page(db(), approval_id, actor=actor())
    if page.difference:
        look_at(row.registrant_id for row in page.difference.first.rows)
    return render_template(
        "approvals/show.html",
        page=page,
        at=page.at,
        answers=answers_kept(page.at.roster),
        map_settings=map_of_list(db(), page.at.roster, actor=actor()),
        classes=legend_of(page.at.release),
    )


@bp.get("/<int:approval_id>/differences")
def differences(approval_id: int) -> str:
    """Who entered and left since it was last asked for, and who is due something else."""
    after = request.args.get("after")
    approval, page = differences_page(db(), approval_id, actor=actor(), after=after)
    look_at(row.registrant_id for row in page.rows)
    at = standing_of(db(), approval.cycle_id, actor=actor())
    return render_template("approvals/differences.html", approval=approval, at=at, page=page)


@bp.post("/<int:approval_id>/signatures")
@confirmed
def sign(approval_id: int) -> Response:
    signed = approvals.sign(db(), approval_id, actor=actor())
    flash(_outcome(signed))
    return _to_cycle(approval_id)


@bp.post("/<int:approval_id>/return")
@confirmed
def send_back(approval_id: int) -> Response:
    approvals.return_approval(db(), approval_id, request.form["reason"], actor=actor())
    flash(_("The cycle went back to those who prepared it."))
    return _to_cycle(approval_id)


@bp.post("/<int:approval_id>/reject")
@confirmed
def reject(approval_id: int) -> Response:
    approvals.reject_approval(db(), approval_id, request.form["reason"], actor=actor())
    flash(_("The cycle was rejected; nothing of it will be given."))
    return _to_cycle(approval_id)


def _outcome(signed: approvals.Signed) -> str:
    if signed.returned:
        return _("It was not signed but sent back: {why}", why=signed.returned)
    if signed.state is ApprovalState.APPROVED:
        return _("You signed. The cycle is approved and its money is bound.")
    return _(
        "You signed. {signed} of {needed} signatures are there.",
        signed=signed.signatures,
        needed=signed.needed,
    )


def _to_cycle(approval_id: int) -> Response:
    page = request_page(db(), approval_id, actor=actor())
    return redirect(url_for("cycles.show", cycle_id=page.at.cycle.id), 303)
