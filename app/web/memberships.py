"""Pausing a household or a person in a program, letting them leave, taking them back."""

from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.targets import called
from programs.models.programs import Program
from programs.services import memberships
from registry.models.registrants import Registrant

bp = Blueprint(
    "memberships", __name__, url_prefix="/programs/<int:program_id>/members/<int:registrant_id>"
)


@bp.post("/pause")
def pause(program_id: int, registrant_id: int) -> Response:
    reason = request.form["reason"]
    memberships.pause_member(db(), program_id, registrant_id, reason, actor=actor())
    flash(_called(program_id)["paused"])
    return _to_household(registrant_id)


@bp.post("/leave")
def leave(program_id: int, registrant_id: int) -> Response:
    reason = request.form["reason"]
    memberships.exit_member(db(), program_id, registrant_id, reason, actor=actor())
    flash(_called(program_id)["has_left"])
    return _to_household(registrant_id)


@bp.post("/back")
def take_back(program_id: int, registrant_id: int) -> Response:
    memberships.take_back_member(db(), program_id, registrant_id, actor=actor())
    flash(_called(program_id)["judged_again"])
    return _to_household(registrant_id)


def _called(program_id: int) -> dict[str, Any]:
    return called(db().get_one(Program, program_id).target)


def _to_household(registrant_id: int) -> Response:
    number = db().get_one(Registrant, registrant_id).number
    return redirect(f"/registry/{number}#receives", 303)
