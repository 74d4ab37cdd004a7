"""Organisations: who runs programs."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from core.words import _
from programs.queries.programs import organisations_listed
from programs.services.organisations import create_organisation

bp = Blueprint("organisations", __name__, url_prefix="/organisations")


@bp.get("/")
def index() -> str:
    listed = organisations_listed(db(), actor=actor())
    return render_template("organisations/index.html", organisations=listed, kinds=_kinds())


@bp.post("/")
def create() -> Response:
    form = request.form
    made = create_organisation(db(), form["name"], form["kind"], actor=actor())
    flash(_("{name} was added.", name=made.name))
    return redirect(url_for(".index"), 303)


def _kinds() -> dict[str, str]:
    return {"government": _("government office"), "agency": _("agency"), "ngo": _("NGO")}
