"""Registering a household, on a phone or at a desk."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.place_words import doubted
from app.request import actor, asks, db
from app.web.days import day_typed
from app.web.fields import PREFIX, own_said
from app.web.maps import map_settings
from app.web.place_forms import number_said, place_said
from core.errors import Refusal
from core.words import _
from registry.parsing.abilities import ANSWERS, levels, questions
from registry.permissions import May
from registry.queries.fields import own_fields
from registry.queries.places import doubts_of
from registry.queries.vocabularies import labels
from registry.services.people import OF_A_PERSON, Household, Person, register

bp = Blueprint("people", __name__, url_prefix="/registry/new")

MOST = 40  # people on one page
FIRST = {"relation": "head"}
TICKED = ("is_principal", "has_disability")


@bp.get("/")
def new() -> str:
    actor().require(May.WRITE_REGISTRANTS)
    return _form(MultiDict(), [FIRST])


@bp.post("/people")
@asks
def more() -> str:
    """The same form with a row for one more person; nothing is lost of what was written."""
    actor().require(May.WRITE_REGISTRANTS)
    return _form(request.form, [*_rows(request.form), {}][:MOST])


@bp.post("/")
def create() -> Response | tuple[str, int]:
    form = request.form
    try:
        with db().begin_nested():
            made = register(db(), _household(form), actor=actor())
    except Refusal as fault:
        return _form(form, _rows(form), fault), fault.status
    flash(_("{name} is registered under {number}.", name=made.name, number=made.number))
    if codes := doubts_of(db(), made):
        flash(doubted(codes))
    return redirect(url_for("registry.show", number=made.number), 303)


def _form(said: MultiDict[str, str], rows: list[dict[str, str]], fault: Any = None) -> str:
    words = labels(db())
    return render_template(
        "people/new.html",
        said=said,
        rows=rows,
        fault=fault,
        words=words,
        questions=questions(),
        levels=levels(),
        own=own_fields(db()),
        kept={PREFIX + code: value for code, value in _own(said).items()},
        settings=map_settings(db(), actor(), households=None, in_address=False),
        full=len(rows) >= MOST,
    )


def _rows(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """What was written of each person: the fields `name-1`, `sex-1` and so on, by their names."""
    numbers = sorted({int(n) for name in form for n in [name.rpartition("-")[2]] if n.isdigit()})
    rows = [
        {
            name.rpartition("-")[0]: ",".join(form.getlist(name))
            for name in form
            if name.rpartition("-")[2] == str(number)
        }
        for number in numbers[:MOST]
    ]
    return [row for row in rows if row.get("name", "").strip()] or [FIRST]


def _household(form: MultiDict[str, str]) -> Household:
    said = {name: form[name].strip() for name in ("phone", "address", "settlement") if name in form}
    size = number_said(form.get("stated_size", ""))
    return Household(
        kind=form.get("kind", "household"),
        people=[person_written(row) for row in _rows(form)],
        stated_size=int(size) if size is not None else None,
        place=place_said(form),
        more={**{name: value for name, value in said.items() if value}, **_own(form)},
    )


def _own(form: MultiDict[str, str]) -> dict[str, str]:
    """What is said of own fields of the household; those of a person end in its number."""
    return {code: value for code, value in own_said(form).items() if "-" not in code}


def person_written(row: Mapping[str, str]) -> Person:
    """A person as the fields of a form write them."""
    said = {name: value.strip() for name, value in row.items() if value.strip()}
    day, exact = birth_typed(said.get("birth_date", ""))
    more: dict[str, Any] = {name: value for name, value in said.items() if name in OF_A_PERSON}
    more |= own_said(MultiDict(said))
    more |= {name: True for name in TICKED if name in said}
    more |= {name: int(said[name]) for name in ANSWERS if said.get(name, "").isdigit()}
    return Person(
        name=said.get("name", ""),
        relation=said.get("relation", "member"),
        sex=said.get("sex"),
        birth_date=day,
        exact=exact,
        more=more,
    )


def birth_typed(typed: str) -> tuple[date | None, bool]:
    """A birth date, and whether it is exact; a year alone stands for its 1 July."""
    if not typed:
        return None, True
    if typed.isdigit() and len(typed) == len("1990"):
        return day_typed(f"{typed}-07-01"), False
    return day_typed(typed), True
