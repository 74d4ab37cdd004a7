"""Stating what one looks at people for."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.auth import purposes
from app.request import db
from app.web.onward import onward
from registry.queries.vocabularies import labels, offered

bp = Blueprint("purposes", __name__, url_prefix="/purpose")


@bp.get("/")
def ask() -> str:
    return render_template(
        "purposes/ask.html",
        purposes=dict(offered(labels(db()).get("purpose", {}))),
        stated=purposes.stated(),
        next=request.args.get("next", ""),
    )


@bp.post("/")
def state() -> Response:
    form = request.form
    purposes.state(
        form.get("purpose", ""), form.get("words", ""), dict(offered(labels(db())["purpose"]))
    )
    return redirect(onward(), 303)
