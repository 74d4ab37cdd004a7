"""The page of the public: asking for a change of one's record without signing in."""

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from app.limits import on_writing
from app.request import actor, asks, db
from core.actor import NOBODY, Actor
from core.errors import Conflict, Refusal
from geo.queries.areas import areas_for_anybody
from registry.permissions import May
from registry.queries.changes import state_from_outside
from registry.services.public_requests import Outside, receive_request

bp = Blueprint("public_requests", __name__, url_prefix="/request")

OUTSIDE = replace(NOBODY, permissions=frozenset({May.ASK_CHANGES}))
"""Who writes from outside: they may ask, and nothing else."""


class SignedIn(Conflict):
    """You are signed in; ask for the change on the page of the household or person."""


@bp.get("/")
def new() -> str:
    return _page()


@bp.post("/")
@on_writing
def send() -> Response | tuple[str, int]:
    form = request.form
    outside = Outside(form.get("text", ""), form.get("contact", ""), form.get("area", ""))
    try:
        with db().begin_nested():
            sent = receive_request(db(), outside, actor=_outside())
    except Refusal as fault:
        return _page(fault), fault.status
    cookie["received"] = [sent.number, sent.code]
    return redirect(url_for(".received"), 303)


@bp.get("/received")
def received() -> str | Response:
    """The number and the code, once, to whoever has just written."""
    if "received" not in cookie:
        return redirect(url_for(".new"), 303)
    number, code = cookie.pop("received")
    return render_template("public_requests/received.html", number=number, code=code)


@bp.get("/state")
def ask() -> str:
    return render_template("public_requests/state.html", fault=None, state=None)


@bp.post("/state")
@on_writing
@asks
def state() -> str | tuple[str, int]:
    """How far a request has come: its state alone."""
    try:
        found = state_from_outside(db(), request.form["number"], request.form["code"])
    except Refusal as fault:
        return render_template("public_requests/state.html", fault=fault, state=None), fault.status
    return render_template("public_requests/state.html", fault=None, state=found)


def _outside() -> Actor:
    if actor().id:
        raise SignedIn
    return OUTSIDE


def _page(fault: Refusal | None = None) -> str:
    return render_template(
        "public_requests/new.html", fault=fault, said=request.form, areas=areas_for_anybody(db())
    )
