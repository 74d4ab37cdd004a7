"""One's own account: language and password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from app.auth import door, users
from app.auth.models import User
from app.request import actor, db
from core.words import _, language_of

bp = Blueprint("account", __name__)


@bp.get("/me")
def show() -> str:
    return render_template("account/show.html", user=db().get_one(User, actor().id))


@bp.post("/me/password")
def password() -> Response:
    user = users.change_password(db(), request.form["old"], request.form["new"], actor=actor())
    door.enter(user)
    flash(_("The password was changed; all your other sessions have ended."))
    return redirect(url_for(".show"), 303)


@bp.post("/language")
def language() -> Response:
    cookie["language"] = language_of(request.form["language"]).tag
    return redirect(request.referrer or "/", 303)
