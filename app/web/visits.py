"""Visits, surveys and assessments, on the page of whom they are about."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.days import day_typed
from app.web.fields import own_said
from core.clock import today
from core.words import _
from registry.parsing.abilities import ANSWERS
from registry.services import visits

bp = Blueprint("visits", __name__, url_prefix="/registry/<number>/visits")

TEXTS = ("address", "settlement", "civil_status", "occupation", "education")


@bp.post("/")
def add(number: str) -> Response:
    form = request.form
    found = visits.Found(
        form["kind"],
        day_typed(form.get("on", "")) or today(),
        day_typed(form.get("until", "")),
        form.get("note", ""),
        {**_answers(form), **own_said(form)},
    )
    visits.add(db(), number, found, actor=actor())
    flash(_("The visit is written down."))
    return redirect(url_for("registry.show", number=number, tab="visits"), 303)


def _answers(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was answered, each of the kind its field has."""
    said: dict[str, Any] = {name: form[name].strip() for name in TEXTS if form.get(name)}
    for name in (*ANSWERS, "stated_size"):
        typed = form.get(name, "").strip()
        if typed:
            said[name] = int(typed) if typed.isdecimal() else typed
    return said
