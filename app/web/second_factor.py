"""One's own second factor: setting it up, its recovery codes, switching it off."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.auth import door, proofs, second_factor
from app.auth.models import User
from app.limits import on_signing_in
from app.request import actor, confirmed, db
from app.web.onward import onward
from core.words import _

bp = Blueprint("second_factor", __name__, url_prefix="/me/second-factor")


@bp.get("")
def show() -> str:
    user = db().get_one(User, actor().id)
    key = second_factor.key_of(user) if user.second_key and not user.second_since else ""
    return render_template(
        "second_factor/show.html",
        user=user,
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        square=_square(second_factor.address_of(user)) if key else "",
        needed=proofs.needs_second_factor(db(), user.id),
        codes=cookie.pop("codes", []),
        codes_left=second_factor.codes_left(db(), user),
        next=request.args.get("next", "/"),
    )


@bp.post("")
def begin() -> Response:
    proofs.begin_second_factor(db(), actor().id)
    return redirect(url_for(".show", next=onward()), 303)


@bp.post("/settle")
@on_signing_in
def settle() -> Response:
    cookie["codes"] = proofs.settle_second_factor(db(), door.here(), request.form["code"])
    return redirect(url_for(".show", next=onward()), 303)


@bp.post("/codes")
@confirmed
def renew_codes() -> Response:
    cookie["codes"] = proofs.renew_codes(db(), actor().id)
    return redirect(url_for(".show"), 303)


@bp.post("/off")
@confirmed
def drop() -> Response:
    proofs.drop_second_factor(db(), actor().id)
    flash(_("The second factor is switched off."))
    return redirect(url_for("account.show"), 303)


def _square(said: str) -> Markup:
    """The text as a QR code, drawn into the page."""
    drawn = segno.make(said, error="m").svg_inline(border=4, omitsize=True, svgclass="square")
    return Markup(drawn)  # noqa: S704 - drawn here, from figures
