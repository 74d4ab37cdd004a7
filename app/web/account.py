"""One's own account: language, password, sign-ins, and confirming that it is oneself."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from app.auth import door, keys, proofs, second_factor, sign_ins
from app.auth.models import User
from app.limits import on_signing_in
from app.request import actor, db
from app.request import confirmed as only_confirmed
from app.web.onward import onward
from core.words import _, counted, language_of
from registry.queries.household_collections import sees_households

bp = Blueprint("account", __name__)


@bp.get("/me")
def show() -> str:
    user = _me()
    return render_template(
        "account/show.html",
        user=user,
        here=door.here(),
        sign_ins=sign_ins.those_of(db(), user.id),
        codes_left=second_factor.codes_left(db(), user),
        needed=proofs.needs_second_factor(db(), user.id),
        keys=keys.those_of(db(), user.id),
        made=cookie.pop("key", ""),
        longest=keys.LONGEST,
        longest_for_places=keys.LONGEST_FOR_PLACES,
        sees_households=sees_households(actor()),
    )


@bp.post("/me/keys")
@only_confirmed
def make_key() -> Response:
    name, purpose = request.form["name"], request.form.get("purpose", "")
    days = request.form.get("days", 0, type=int)
    cookie["key"] = keys.make(db(), name, days, actor=actor(), purpose=purpose)
    return redirect(url_for(".show", _anchor="keys"), 303)


@bp.post("/me/keys/<int:key_id>/end")
def end_key(key_id: int) -> Response:
    keys.end(db(), key_id, actor=actor())
    flash(_("The key has ended; whatever used it is kept out from now on."))
    return redirect(url_for(".show", _anchor="keys"), 303)


@bp.post("/me/password")
@on_signing_in
def password() -> Response:
    proofs.change_password(db(), door.here(), request.form["old"], request.form["new"])
    flash(_("The password was changed; all your other sessions have ended."))
    return redirect(url_for(".show"), 303)


@bp.get("/me/confirm")
def confirm() -> str:
    return render_template("account/confirm.html", user=_me(), next=request.args.get("next", ""))


@bp.post("/me/confirm")
@on_signing_in
def confirmed() -> Response:
    form = request.form
    proofs.confirm(db(), door.here(), proofs.Proof(form["password"], form.get("code", "")))
    flash(_("Thank you. Now go on with what you were about to do."))
    return redirect(onward(), 303)


@bp.post("/me/sign-ins/<int:sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> Response:
    sign_ins.end(db(), _me(), sign_in_id, actor=actor())
    return redirect(url_for(".show"), 303)


@bp.post("/me/sign-ins/end")
def end_sign_ins() -> Response:
    ended = sign_ins.end_others(db(), _me(), door.here().id, actor=actor())
    flash(counted("{count} other sign-in was ended.", "{count} other sign-ins were ended.", ended))
    return redirect(url_for(".show"), 303)


@bp.post("/language")
def language() -> Response:
    cookie["language"] = language_of(request.form["language"]).tag
    return redirect(request.referrer or "/", 303)


def _me() -> User:
    return db().get_one(User, actor().id)
