"""Handing over for a voucher, on a phone."""

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, asks, db
from programs.documents.scans import code_in
from programs.permissions import May
from programs.queries.service_points import points_listed
from programs.queries.vouchers import held
from programs.services.vouchers import redeem

bp = Blueprint("redeem", __name__, url_prefix="/redeem")


@bp.get("/")
def read() -> str:
    actor().require(May.REDEEM_VOUCHERS)
    typed = request.args.get("code", "").strip()
    card = held(db(), typed, actor=actor()) if typed else None
    look_at([card.registrant_id] if card else [])
    return render_template(
        "redeem/read.html",
        card=card,
        client_id=uuid.uuid4(),
        given=request.args.get("given"),
        at=request.args.get("at", type=int),
        points=[(point.id, point.name) for point in points_listed(db(), actor=actor())],
    )


@bp.post("/photo")
@asks
def photo() -> Response:
    """The card on a photograph: its code is read here where the phone cannot."""
    actor().require(May.REDEEM_VOUCHERS)
    code = code_in(request.files["photo"].stream)
    return redirect(url_for(".read", code=code), 303)


@bp.post("/")
def hand_over() -> Response:
    form = request.form
    point = form.get("service_point_id", type=int)
    key = form.get("client_id", type=uuid.UUID)
    if key is None:
        raise BadRequest
    redeem(db(), form["code"], key, actor=actor(), service_point_id=point)
    return redirect(url_for(".read", code=form["code"], given=1, at=point), 303)
