"""Pausing a household in a program, letting it leave, taking it back."""

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from app.request import actor, db
from core.words import _
from programs.services import memberships
from registry.models.registrants import Registrant

bp = Blueprint(
    "memberships", __name__, url_prefix="/programs/<int:program_id>/members/<int:registrant_id>"
)


@bp.post("/pause")
def pause(program_id: int, registrant_id: int) -> Response:
    reason = request.form["reason"]
    memberships.pause_member(db(), program_id, registrant_id, reason, actor=actor())
    flash(_("The household was paused; it is given nothing more in this program."))
    return _to_household(registrant_id)


@bp.post("/leave")
def leave(program_id: int, registrant_id: int) -> Response:
    reason = request.form["reason"]
    memberships.exit_member(db(), program_id, registrant_id, reason, actor=actor())
    flash(_("The household has left the program."))
    return _to_household(registrant_id)


@bp.post("/back")
def take_back(program_id: int, registrant_id: int) -> Response:
    memberships.take_back_member(db(), program_id, registrant_id, actor=actor())
    flash(_("The next cycle will judge this household again."))
    return _to_household(registrant_id)


def _to_household(registrant_id: int) -> Response:
    number = db().get_one(Registrant, registrant_id).number
    return redirect(f"/registry/{number}#receives", 303)
