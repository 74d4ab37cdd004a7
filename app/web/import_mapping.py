"""Saying how a file is read: its columns, its words, what is always so; and how it comes out."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.looks import look_through
from app.request import actor, db
from app.web.import_pages import day_orders, steps_of
from core.errors import Refusal
from core.jobs import defer
from core.words import _
from registry.checking.fields import FIELDS, SHAPES, WORD_LISTS, Shape, fields_of
from registry.checking.made import LAST, PARTS, SIGNS, made_of
from registry.jobs.imports import check_import
from registry.models.imports import Import
from registry.parsing.days import DayOrder
from registry.queries.import_files import columns_of
from registry.queries.import_reading import Chosen, kept_mappings, read_as
from registry.queries.imports import ImportPage, days_seen, first_rows, import_page
from registry.queries.vocabularies import labels
from registry.services import import_mapping as mappings
from registry.services import imports

bp = Blueprint("import_mapping", __name__, url_prefix="/registry/imports/<int:import_id>")

SHAPED = "always-"  # begins the names of what is always so
WORD = "word:"  # begins those of words: word:<field>:<plainly written>
OF_ONE = ("code", "household_code", "id_number")  # told of one household or person alone
BY_SHAPE = (Shape.ANGLE, Shape.NAME, Shape.PHONE)


@bp.post("/columns")
def map_columns(import_id: int) -> ResponseReturnValue:
    """Take the mapping and let a worker check the rows; ask again where it cannot be used."""
    page = import_page(db(), import_id, actor=actor())
    chosen = chosen_in(page, request.form)
    meant, order = imports.Meant(chosen.words, chosen.constants), chosen.day_order
    if fault := imports.fault_of(db(), page.file, chosen.mapping, order, meant):
        return mapping_page(page, chosen, fault), 422
    mapped = imports.map_columns(
        db(), import_id, chosen.mapping, actor=actor(), day_order=order, meant=meant
    )
    if name := request.form.get("keep_as"):
        shared = "shared" in request.form
        mappings.keep_mapping(db(), mapped, name, shared=shared, actor=actor())
    defer(db(), check_import, actor=actor(), about=mapped, import_id=import_id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.get("/reading")
def reading(import_id: int) -> str:
    """The part of a page that shows how the first rows would be read, as it is filled in."""
    page = import_page(db(), import_id, actor=actor())
    look_through(page.file)
    chosen = chosen_in(page, request.args) if request.args else kept_in(page)
    return render_template("imports/_reading.html", **_reading(page, chosen))


@bp.post("/made")
def make(import_id: int) -> Response:
    """Make a column of others, and keep what was chosen beside it."""
    page, form = import_page(db(), import_id, actor=actor()), request.form
    mappings.draft(db(), import_id, chosen_in(page, form).mapping, actor=actor())
    of = [column for column in form.getlist("of") if column]
    part = form.get("part", type=int)
    made = mappings.make_column(db(), import_id, of, form["sign"], part, actor=actor())
    flash(_("There is a column {name} now: choose what it holds.", name=made))
    return _mapped_anew(import_id)


@bp.post("/made/drop")
def drop(import_id: int) -> Response:
    mappings.drop_column(db(), import_id, request.form["drop"], actor=actor())
    return _mapped_anew(import_id)


@bp.post("/mapping")
def use(import_id: int) -> Response:
    """Have the file read as another one was, or forget how."""
    kept = request.form.get("kept", type=int) or 0
    if "forget" in request.form:
        mappings.forget_mapping(db(), kept, actor=actor())
    else:
        mappings.use_mapping(db(), import_id, kept, actor=actor())
    return _mapped_anew(import_id)


def chosen_in(page: ImportPage, form: MultiDict[str, str]) -> Chosen:
    """What a form says of how the file of a page is read."""
    words: dict[str, dict[str, str]] = {}
    for name, code in form.items():
        if name.startswith(WORD) and code != "?":
            field, _colon, plainly = name.removeprefix(WORD).partition(":")
            words.setdefault(field, {})[plainly] = code
    always = {n.removeprefix(SHAPED): said.strip() for n, said in form.items() if _is_always(n)}
    return Chosen(
        {name: column for name, column in form.items() if page.has(name)},
        {name: said for name, said in words.items() if name in WORD_LISTS},
        {name: said for name, said in always.items() if said and name in SHAPES},
        form.get("day_order", type=DayOrder),
    )


def kept_in(page: ImportPage) -> Chosen:
    """How the file of a page is read as far as is known."""
    file = page.file
    return Chosen(file.mapping, file.words, file.constants, file.day_order)


def mapping_page(
    page: ImportPage, chosen: Chosen | None = None, fault: Refusal | None = None
) -> str:
    """The page that asks which column holds what, with the first rows as examples."""
    look_through(page.file)
    file = page.file
    chosen = chosen or kept_in(page)
    return render_template(
        "imports/map.html",
        steps=steps_of(file),
        fault=fault,
        fields=page.fields,
        columns=columns_of(file),
        examples=first_rows(file),
        days=days_seen(db(), file, chosen.mapping),
        orders=day_orders(),
        made=made_of(file.made),
        signs=_signs(),
        parts=_parts(),
        kept=kept_mappings(db(), file.kind, actor=actor()),
        me=actor().id,
        nearly={name for name, column in chosen.mapping.items() if not fields_of(column)},
        constant=_constant(file),
        **_reading(page, chosen),
    )


def _reading(page: ImportPage, chosen: Chosen) -> dict[str, object]:
    """How the first rows would be read, and the words in them."""
    read = read_as(db(), page.file, chosen, actor=actor())
    said = {"chosen": chosen, "read": read, "words": labels(db()), "lists": WORD_LISTS}
    return {"page": page, "field_name": page.called, **said}


def _constant(file: Import) -> set[str]:
    """The fields of which something may be meant where a row says nothing."""
    names = {each.name for each in FIELDS[file.kind] if each.name not in OF_ONE}
    return {name for name in names if SHAPES[name] not in BY_SHAPE}


def _mapped_anew(import_id: int) -> Response:
    return redirect(url_for("imports.show", import_id=import_id, change="yes"), 303)


def _is_always(name: str) -> bool:
    return name.startswith(SHAPED)


def _signs() -> list[tuple[str, str]]:
    names = {" ": _("a blank"), "-": "-", "/": "/", ",": ",", ";": ";", "|": "|"}
    return [(sign, names[sign]) for sign in SIGNS]


def _parts() -> list[tuple[int, str]]:
    names = {1: _("the first part"), 2: _("the second part"), 3: _("the third part")}
    return [(part, names.get(part, _("the last part"))) for part in PARTS if part or part == LAST]
