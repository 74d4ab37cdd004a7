"""Filters: built of plain choices or written, counted while one builds, kept and shared."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, asks, db
from app.web.builder_rows import offer_to
from app.web.building import Built, sent, written
from app.web.drawn_rows import drawn
from core.clock import today
from core.cql import Terms
from core.words import _
from programs.queries.queryables import widest_terms
from registry.models.filters import Filter, Subject
from registry.permissions import May
from registry.queries.filters import Counted, count_matching, filter_by_code, filters_listed
from registry.services.filters import keep_filter, remove_filter, share_filter, unshare_filter

bp = Blueprint("filters", __name__, url_prefix="/filters")


@bp.get("/")
def index() -> str:
    return render_template("filters/index.html", filters=filters_listed(db(), actor=actor()))


@bp.get("/new")
def new() -> str:
    text, subject = request.args.get("written", ""), _subject(request.args)
    return render_template("filters/new.html", kept=None, **_opened(text, subject))


@bp.post("/new")
@asks
def build() -> str:
    """The rows as they were sent, after what their button asks for, and what they mean."""
    subject = _subject(request.form)
    terms = _terms(subject)
    asked_before = request.form.get("was", subject) == subject
    built = sent(request.form, terms) if asked_before else Built()
    page = "filters/_builder.html" if "HX-Request" in request.headers else "filters/new.html"
    return render_template(page, kept=None, **_built(built, written(built, terms), subject))


@bp.post("/count")
@asks
def count() -> str:
    """How many households a written filter means: a fragment."""
    found = _found(request.form["written"], _subject(request.form))
    return render_template("filters/_count.html", found=found)


@bp.post("/")
def keep() -> Response:
    name, text = request.form["name"], request.form["written"]
    subject = _subject(request.form)
    terms = _terms(subject)
    kept = keep_filter(db(), name, text, actor=actor(), terms=terms, subject=subject)
    flash(_("The filter was kept."))
    return redirect(url_for(".show", code=kept.code), 303)


@bp.get("/<code>")
def show(code: str) -> str:
    kept = filter_by_code(db(), code, actor=actor())
    return render_template("filters/new.html", kept=kept, **_opened(kept.written, kept.subject))


@bp.post("/<code>/share")
def share(code: str) -> Response:
    return _to(share_filter(db(), code, actor=actor()), _("Everybody can use this filter now."))


@bp.post("/<code>/unshare")
def unshare(code: str) -> Response:
    return _to(unshare_filter(db(), code, actor=actor()), _("Only you can use this filter now."))


@bp.post("/<code>/remove")
def remove(code: str) -> Response:
    remove_filter(db(), code, actor=actor())
    flash(_("The filter was taken away."))
    return redirect(url_for(".index"), 303)


def _subject(said: Mapping[str, str]) -> Subject:
    """Whom a filter is over, as a form or an address says it."""
    known = said.get("subject", "") in list(Subject)
    return Subject(said["subject"]) if known else Subject.HOUSEHOLDS


def _terms(subject: Subject) -> Terms:
    """All that a filter of this actor may speak of today."""
    return widest_terms(db(), today(), actor=actor(), subject=subject)


def _found(text: str, subject: Subject) -> Counted:
    terms = _terms(subject)
    return count_matching(db(), text, today(), actor=actor(), terms=terms, subject=subject)


def _to(kept: Filter, said: str) -> Response:
    flash(said)
    return redirect(url_for(".show", code=kept.code), 303)


def _opened(text: str, subject: Subject) -> dict[str, Any]:
    """A written filter as rows, where rows can say it."""
    actor().require(May.COUNT_REGISTRANTS)
    return _built(drawn(text, _terms(subject)), text, subject)


def _built(built: Built | None, text: str, subject: Subject) -> dict[str, Any]:
    """What the page of a filter is written with."""
    offer = offer_to(db(), _terms(subject), actor=actor())
    return {
        "me": actor().id,
        "written": text,
        "subject": subject,
        "built": built,
        "rows": offer.shown(built) if built else [],
        "offer": offer,
        "found": _found(text, subject),
    }
