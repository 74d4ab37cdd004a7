"""Word lists: what the codes in files and records mean, in every language."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.labels import by_language, languages
from core.errors import Refusal
from core.words import SOURCE, _
from registry.models.vocabularies import Word
from registry.permissions import May
from registry.queries.vocabularies import label, word_lists
from registry.services.vocabularies import Said, add_word, change_word, turn_word, word_of

bp = Blueprint("vocabularies", __name__, url_prefix="/vocabularies")


@bp.get("/")
def index() -> str:
    return _index(MultiDict())


@bp.post("/")
def create() -> Response | tuple[str, int]:
    form = request.form
    listed, code = form.get("new_list", "").strip() or form["list"], form["code"].strip()
    try:
        with db().begin_nested():
            made = add_word(db(), listed, code, _said(form), actor=actor())
    except Refusal as fault:
        return _index(form, fault), fault.status
    flash(_("The word was added."))
    return redirect(url_for(".show", list_name=made.list, code=made.code), 303)


@bp.get("/<list_name>/<code>")
def show(list_name: str, code: str) -> str:
    actor().require(May.WRITE_VOCABULARIES)
    return _page(word_of(db(), list_name, code))


@bp.post("/<list_name>/<code>")
def change(list_name: str, code: str) -> Response | tuple[str, int]:
    actor().require(May.WRITE_VOCABULARIES)
    try:
        with db().begin_nested():
            change_word(db(), list_name, code, _said(request.form), actor=actor())
    except Refusal as fault:
        return _page(word_of(db(), list_name, code), fault), fault.status
    flash(_("The word was changed."))
    return redirect(url_for(".index", _anchor=list_name), 303)


@bp.post("/<list_name>/<code>/turn")
def turn(list_name: str, code: str) -> Response:
    used = request.form["state"] == "used"
    turn_word(db(), list_name, code, used=used, actor=actor())
    flash(_("The word is offered again.") if used else _("The word is not offered any more."))
    return redirect(url_for(".index", _anchor=list_name), 303)


def _index(said: MultiDict[str, str], fault: Refusal | None = None) -> str:
    return render_template(
        "vocabularies/index.html",
        lists=word_lists(db()),
        label=label,
        said=said,
        fault=fault,
        source=SOURCE,
    )


def _page(word: Word, fault: Refusal | None = None) -> str:
    return render_template(
        "vocabularies/show.html",
        word=word,
        label=label,
        fault=fault,
        said=request.form,
        spoken=languages(),
    )


def _said(form: MultiDict[str, str]) -> Said:
    return Said(by_language(form, "label"), form.get("synonyms", "").split(","))
