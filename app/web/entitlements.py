"""Amounts of a cycle: one of them changed by hand, with a reason."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from core.money import amount_of
from core.words import _
from programs.services.entitlements import Change, adjust_entitlement

bp = Blueprint("entitlements", __name__, url_prefix="/cycles")


@bp.post("/<int:cycle_id>/adjustments")
def adjust(cycle_id: int) -> Response:
    form = request.form
    change = Change(amount_of(form["amount"]), form["reason"])
    changed = adjust_entitlement(db(), cycle_id, form["ern"], change, actor=actor())
    flash(_("{ern} was changed; who signs is shown it with your reason.", ern=changed.ern))
    return redirect(url_for("cycles.show", cycle_id=cycle_id), 303)
