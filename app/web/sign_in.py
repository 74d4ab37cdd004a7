"""Signing in and out, and the page behind a one-time link."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth import door, users
from app.request import db
from core.errors import Refusal
from core.words import _

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
def ask() -> str:
    return render_template("sign_in/ask.html", next=request.args.get("next", ""))


@bp.post("/sign-in")
def enter() -> Response:
    user = users.let_in(db(), request.form["email"], request.form["password"])
    door.enter(user)
    return redirect(_within(request.form.get("next", "")), 303)


@bp.post("/sign-out")
def leave() -> Response:
    door.leave()
    return redirect(url_for(".ask"), 303)


@bp.get("/welcome/<token>")
def welcome(token: str) -> str:
    return render_template("sign_in/welcome.html", user=users.behind(db(), token), token=token)


@bp.post("/welcome/<token>")
def settle(token: str) -> Response:
    form = request.form
    if form["password"] != form["password_again"]:
        raise PasswordsDiffer
    user = users.settle(
        db(), token, name=form["name"], email=form["email"], password=form["password"]
    )
    door.enter(user)
    flash(_("Welcome, {name}. You are signed in.", name=user.name))
    return redirect("/", 303)


class PasswordsDiffer(Refusal):
    """The two passwords are not the same; type the new password twice."""

    status = 422


def _within(address: str) -> str:
    """The address to go on to, if it is one of ours."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if ours and not address.startswith("//") and "\\" not in address else "/"
