"""Signing in and out, and the page behind a one-time link."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth import door, proofs, users
from app.limits import on_signing_in
from app.request import db
from app.web.onward import onward
from core.errors import Refusal
from core.words import _

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
def ask() -> str:
    return render_template("sign_in/ask.html", next=request.args.get("next", ""))


@bp.post("/sign-in")
@on_signing_in
def enter() -> Response:
    user = proofs.let_in(db(), request.form["email"], request.form["password"])
    door.enter(db(), user)
    return redirect(onward(), 303)


@bp.get("/sign-in/code")
def code() -> str:
    door.here()
    return render_template("sign_in/code.html", next=request.args.get("next", ""))


@bp.post("/sign-in/code")
@on_signing_in
def give_code() -> Response:
    proofs.give_code(db(), door.here(), request.form["code"])
    return redirect(onward(), 303)


@bp.post("/sign-out")
def leave() -> Response:
    door.leave()
    return redirect(url_for(".ask"), 303)


@bp.get("/welcome/<token>")
def welcome(token: str) -> str:
    return render_template("sign_in/welcome.html", user=users.behind(db(), token), token=token)


@bp.post("/welcome/<token>")
@on_signing_in
def settle(token: str) -> Response:
    form = request.form
    if form["password"] != form["password_again"]:
        raise PasswordsDiffer
    user = users.settle(
        db(), token, name=form["name"], email=form["email"], password=form["password"]
    )
    door.enter(db(), user)
    flash(_("Welcome, {name}. You are signed in.", name=user.name))
    return redirect("/", 303)


class PasswordsDiffer(Refusal):
    """The two passwords are not the same; type the new password twice."""

    status = 422
