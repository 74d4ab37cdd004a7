"""Fields an installation adds for itself: made by administrators, filled in by registrars."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.labels import by_language, languages
from core.errors import NotFound, Refusal
from core.words import SOURCE, _
from programs.queries.field_uses import all_uses_of
from programs.services.fields import turn_field
from registry.models.fields import FieldState, FieldType, OwnField, Scope
from registry.models.registrants import Registrant, RegistrantKind
from registry.permissions import May
from registry.queries.field_answers import answers
from registry.queries.fields import field_made, fields_made, own_fields
from registry.queries.registrants import registrant_by_number
from registry.queries.vocabularies import label, labels, list_names
from registry.services.field_order import Arranged, PlaceImpossible, arrange_fields
from registry.services.field_values import fill_in
from registry.services.fields import (
    MOST,
    BoundsImpossible,
    Wanted,
    add_field,
    change_field,
    filled_in,
)

bp = Blueprint("fields", __name__)

PREFIX = "own."  # of the names of own fields in a form


class ScopeUnknown(NotFound):
    """Fields are of a group or of an individual."""


@bp.get("/admin/fields")
def index() -> str:
    return _index(MultiDict())


@bp.post("/admin/fields")
def create() -> Response | tuple[str, int]:
    form = request.form
    try:
        with db().begin_nested():
            made = add_field(db(), _wanted(form, Scope(form["scope"])), actor=actor())
    except Refusal as fault:
        return _index(form, fault), fault.status
    flash(_("The field was added; it is asked from now on."))
    return redirect(url_for(".show", scope=made.scope, code=made.code), 303)


@bp.get("/admin/fields/sections")
def sections() -> str:
    """The order of fields and sections, and what sections are called."""
    return _sections()


@bp.post("/admin/fields/sections")
def arrange() -> Response | tuple[str, int]:
    try:
        with db().begin_nested():
            arrange_fields(db(), _arranged(request.form), actor=actor())
    except Refusal as fault:
        return _sections(fault), fault.status
    flash(_("The order is kept."))
    return redirect(url_for(".sections"), 303)


@bp.get("/admin/fields/<scope>/<code>")
def show(scope: str, code: str) -> str:
    return _page(field_made(db(), _scope(scope), code, actor=actor()))


@bp.post("/admin/fields/<scope>/<code>")
def change(scope: str, code: str) -> Response | tuple[str, int]:
    made = field_made(db(), _scope(scope), code, actor=actor())
    try:
        with db().begin_nested():
            change_field(db(), _wanted(request.form, made.scope, made), actor=actor())
    except Refusal as fault:
        return _page(made, fault), fault.status
    flash(_("The field was changed."))
    return redirect(url_for(".index"), 303)


@bp.post("/admin/fields/<scope>/<code>/turn")
def turn(scope: str, code: str) -> Response:
    state = FieldState.RETIRED if request.form["state"] == "retired" else FieldState.ACTIVE
    turn_field(db(), _scope(scope), code, state, actor=actor())
    retired = state is FieldState.RETIRED
    flash(_("It is not asked any more.") if retired else _("It is asked again."))
    return redirect(url_for(".index"), 303)


@bp.get("/registry/<number>/fields")
def of_registrant(number: str) -> str:
    actor().require(May.WRITE_REGISTRANTS)
    return _filling(registrant_by_number(db(), number, actor=actor()), {})


@bp.post("/registry/<number>/fields")
def fill(number: str) -> Response | tuple[str, int]:
    actor().require(May.WRITE_REGISTRANTS)
    registrant = registrant_by_number(db(), number, actor=actor())
    said = own_said(request.form)
    try:
        with db().begin_nested():
            fill_in(db(), number, said, actor=actor())
    except Refusal as fault:
        return _filling(registrant, said, fault), fault.status
    flash(_("What you wrote is kept."))
    return redirect(url_for("registry.show", number=registrant.number), 303)


def own_said(form: MultiDict[str, str]) -> dict[str, str]:
    """What a form says of own fields, by their codes; the words of a list one after another."""
    return {
        name.removeprefix(PREFIX): ",".join(filter(None, form.getlist(name)))
        for name in form
        if name.startswith(PREFIX)
    }


def _index(said: MultiDict[str, str], fault: Refusal | None = None) -> str:
    return render_template(
        "fields/index.html",
        made=fields_made(db(), actor=actor()),
        said=said,
        fault=fault,
        scopes=scope_names(),
        types=type_names(),
        lists=list_names(db()),
        label=label,
        source=SOURCE,
        most=MOST,
        filled={scope: filled_in(db(), scope) for scope in Scope},
    )


def _sections(fault: Refusal | None = None) -> str:
    return render_template(
        "fields/sections.html",
        made=fields_made(db(), actor=actor()),
        said=request.form,
        fault=fault,
        scopes=scope_names(),
        label=label,
        spoken=languages(),
    )


def _arranged(form: MultiDict[str, str]) -> Arranged:
    """What the page of sections says: `name-3-en`, `section-3` and `field-7`."""
    keys = [name.removeprefix("section-") for name in form if name.startswith("section-")]
    names = {int(key): by_language(form, f"name-{key}") for key in keys}
    return Arranged(names, _places(form, "section-"), _places(form, "field-"))


def _places(form: MultiDict[str, str], begins: str) -> dict[int, int]:
    found = {n.removeprefix(begins): p for n, p in form.items() if n.startswith(begins)}
    try:
        return {int(key): int(place) for key, place in found.items()}
    except ValueError as broken:
        raise PlaceImpossible from broken


def _page(made: OwnField, fault: Refusal | None = None) -> str:
    return render_template(
        "fields/show.html",
        made=made,
        fault=fault,
        said=request.form,
        scopes=scope_names(),
        types=type_names(),
        label=label,
        sections=fields_made(db(), actor=actor()).sections,
        uses=all_uses_of(db(), made.scope, made.code, actor=actor()),
        spoken=languages(),
        source=SOURCE,
    )


def _filling(registrant: Registrant, said: dict[str, str], fault: Any = None) -> str:
    group = registrant.kind is RegistrantKind.GROUP
    scope = Scope.GROUP if group else Scope.INDIVIDUAL
    look_at([registrant.id])
    held = answers(db(), registrant.id, scope, actor=actor())
    kept = {each.field.code: each.value for each in held}
    return render_template(
        "fields/fill.html",
        registrant=registrant,
        own=own_fields(db()).of(scope),
        kept={PREFIX + code: value for code, value in {**kept, **said}.items()},
        words=labels(db()),
        fault=fault,
    )


def _wanted(form: MultiDict[str, str], scope: Scope, made: OwnField | None = None) -> Wanted:
    return Wanted(
        scope=scope,
        code=made.code if made else form["code"].strip(),
        type=made.type if made else FieldType(form["type"]),
        labels=by_language(form, "label"),
        hints=by_language(form, "hint"),
        section=by_language(form, "section") or {SOURCE: _("More")},
        word_list=made.word_list if made else form.get("word_list") or None,
        required="required" in form,
        least=_bound(form.get("least", "")),
        most=_bound(form.get("most", "")),
        pattern=form.get("pattern", "").strip() or None,
        computed=form.get("computed", "").strip() or None,
        needed_if=form.get("needed_if", "").strip() or None,
        holds=form.get("holds", "").strip() or None,
        refusals=by_language(form, "refusal"),
        needs=None if form.get("asked_by") == "counting" else May.READ_REGISTRANTS,
    )


def _bound(typed: str) -> Decimal | None:
    if not typed.strip():
        return None
    try:
        return Decimal(typed.strip().replace(",", "."))
    except InvalidOperation as broken:
        raise BoundsImpossible from broken


def _scope(said: str) -> Scope:
    if said not in {*Scope}:
        raise ScopeUnknown
    return Scope(said)


def scope_names() -> dict[str, str]:
    return {Scope.GROUP: _("Households and other groups"), Scope.INDIVIDUAL: _("People")}


def type_names() -> dict[str, str]:
    return {
        FieldType.WORD: _("one word of a list"),
        FieldType.WORDS: _("several words of a list"),
        FieldType.TEXT: _("text"),
        FieldType.WHOLE: _("whole number"),
        FieldType.NUMBER: _("number"),
        FieldType.FLAG: _("yes or no"),
        FieldType.DATE: _("date"),
    }
