"""What stands on and beside a record: changing it, on the page of a household or a person."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.days import day_typed
from app.web.people import TICKED, birth_typed, person_written
from core.errors import Refusal
from core.words import _
from registry.models.accounts import AccountKind
from registry.models.contacts import ContactKind
from registry.parsing.abilities import ANSWERS, levels, questions
from registry.parsing.languages import languages
from registry.permissions import May
from registry.queries.documents import shown_document
from registry.queries.fields import own_fields
from registry.queries.registrants import Registered, registered, registrant_by_number
from registry.queries.vocabularies import labels
from registry.services import (
    accounts,
    contacts,
    documents,
    editing,
    identifiers,
    newcomers,
    relationships,
    tags,
)
from registry.services.memberships import NotAGroup

bp = Blueprint("records", __name__, url_prefix="/registry/<number>")

FLAGS = {"yes": True, "no": False}


@bp.get("/edit")
def edit(number: str) -> str:
    found = _found(number)
    return _form(found, MultiDict(_said_of(found)))


@bp.post("/edit")
def change(number: str) -> Response | tuple[str, int]:
    form = request.form
    try:
        with db().begin_nested():
            editing.edit(db(), number, _changes(_found(number), form), actor=actor())
    except Refusal as fault:
        return _form(_found(number), form, fault), fault.status
    flash(_("The record is changed."))
    return redirect(url_for("registry.show", number=number), 303)


@bp.get("/people/new")
def newcomer(number: str) -> str:
    return _newcomer(_household(number), {})


@bp.post("/people")
def add_person(number: str) -> Response | tuple[str, int]:
    form = request.form
    said = {name.removesuffix("-1"): value for name, value in form.items()}
    try:
        with db().begin_nested():
            person, day = person_written(said), day_typed(form.get("on", ""))
            made = newcomers.add_person(db(), number, person, day, actor=actor())
    except Refusal as fault:
        return _newcomer(_household(number), said, fault), fault.status
    flash(_("{name} is registered under {number}.", name=made.name, number=made.number))
    return redirect(url_for("registry.show", number=number), 303)


@bp.post("/contacts")
def set_contacts(number: str) -> Response:
    form = request.form
    rows = zip(form.getlist("kind"), form.getlist("value"), strict=True)
    main, wanting = form.get("main", ""), set(form.getlist("messages"))
    said = [
        contacts.Said(ContactKind(kind), value, str(row) == main, str(row) in wanting)
        for row, (kind, value) in enumerate(rows)
    ]
    contacts.set_contacts(db(), number, said, actor=actor())
    flash(_("How they are reached is changed."))
    return _back(number)


@bp.post("/identifiers")
def add_identifier(number: str) -> Response:
    form = request.form
    days = [day_typed(form.get(name, "")) for name in ("issued_on", "expires_on")]
    written = identifiers.Written(form["type"], form["value"], *days)
    identifiers.add(db(), number, written, actor=actor())
    flash(_("The identifier is written down."))
    return _back(number)


@bp.post("/identifiers/<int:identifier_id>/revoke")
def revoke_identifier(number: str, identifier_id: int) -> Response:
    identifiers.revoke(db(), number, identifier_id, actor=actor())
    flash(_("The identifier is revoked."))
    return _back(number)


@bp.post("/accounts")
def add_account(number: str) -> Response:
    said = {name: request.form.get(name, "") for name in ("value", "provider", "holder")}
    kind = AccountKind(request.form.get("kind", AccountKind.BANK))
    written = accounts.Written(kind, currency=request.form.get("currency", ""), **said)
    accounts.add(db(), number, written, actor=actor())
    flash(_("The account is written down."))
    return _back(number)


@bp.post("/accounts/<int:account_id>/close")
def close_account(number: str, account_id: int) -> Response:
    accounts.close(db(), number, account_id, actor=actor())
    flash(_("The account is closed."))
    return _back(number)


@bp.post("/tags")
def set_tags(number: str) -> Response:
    tags.set_tags(db(), number, request.form.getlist("tag"), actor=actor())
    flash(_("The tags are changed."))
    return _back(number)


@bp.post("/ties")
def relate(number: str) -> Response:
    form = request.form
    day = day_typed(form.get("on", ""))
    relationships.relate(db(), number, form["other"], form["kind"], day, actor=actor())
    flash(_("The tie is written down."))
    return _back(number)


@bp.post("/ties/<int:tie_id>/end")
def end_tie(number: str, tie_id: int) -> Response:
    relationships.end(db(), number, tie_id, actor=actor())
    flash(_("The tie has ended."))
    return _back(number)


@bp.post("/documents")
def add_document(number: str) -> Response:
    form, file = request.form, request.files.get("file")
    if file is None or not file.filename:
        raise documents.DocumentEmpty
    days = [day_typed(form.get(name, "")) for name in ("issued_on", "expires_on")]
    named = form.get("name", "") or file.filename
    brought = documents.Brought(form["kind"], named, file.stream, *days)
    documents.add(db(), number, brought, actor=actor())
    flash(_("The document is kept."))
    return _back(number)


@bp.get("/documents/<int:document_id>")
def document(number: str, document_id: int) -> Response:
    whose = registrant_by_number(db(), number, actor=actor())
    found = shown_document(db(), whose.id, document_id, actor=actor())
    look_at([whose.id])
    answer = send_file(documents.opened(found), found.media, download_name=found.name)
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@bp.post("/documents/<int:document_id>/remove")
def remove_document(number: str, document_id: int) -> Response:
    documents.remove(db(), number, document_id, request.form["reason"], actor=actor())
    flash(_("The document is removed."))
    return _back(number)


def _back(number: str) -> Response:
    return redirect(url_for("registry.show", number=number, tab="record"), 303)


def _found(number: str) -> Registered:
    actor().require(May.WRITE_REGISTRANTS)
    found = registered(db(), number, actor=actor())
    look_at([found.registrant.id])
    return found


def _household(number: str) -> Registered:
    found = _found(number)
    if found.group is None:
        raise NotAGroup(number=found.registrant.number)
    return found


def _form(found: Registered, said: Any, fault: Refusal | None = None) -> str:
    return render_template(
        "records/edit.html",
        found=found,
        said=said,
        fault=fault,
        words=labels(db()),
        tongues=languages(),
        questions=questions(),
        levels=levels(),
    )


def _newcomer(found: Registered, said: dict[str, str], fault: Refusal | None = None) -> str:
    return render_template(
        "records/newcomer.html",
        found=found,
        row=said,
        fault=fault,
        own=own_fields(db()),
        words=labels(db()),
        questions=questions(),
        levels=levels(),
    )


def _said_of(found: Registered) -> dict[str, str]:
    """What is written down of a registrant, as the fields of the form say it."""
    fields = editing.OF_GROUPS if found.group else editing.OF_PERSONS
    rows = (found.registrant, found.group or found.individual)
    held = {n: getattr(row, n) for row in rows for n in fields if hasattr(row, n)}
    said = {name: _written(value) for name, value in held.items()}
    if held.get("birth_date") and not held["birth_date_exact"]:
        said["birth_date"] = str(held["birth_date"].year)
    return said


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _changes(found: Registered, form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form says, each value of the kind its field has; a field that is not sent stays."""
    if found.group:
        said: dict[str, Any] = {n: form[n] for n in editing.OF_GROUPS if n in form}
        size = said.get("stated_size", "").strip()
        said["stated_size"] = int(size) if size.isdecimal() else size or None
        return said | {"is_partial": "is_partial" in form}
    said = {n: form[n] for n in editing.OF_PERSONS if n in form}
    said["birth_date"], said["birth_date_exact"] = birth_typed(form.get("birth_date", "").strip())
    for name in ANSWERS:
        typed = said.get(name, "")
        said[name] = int(typed) if typed.isdecimal() else None
    for name in (name for name in TICKED if name in editing.OF_PERSONS):
        said[name] = FLAGS.get(form.get(name, ""))
    return said
