"""Filters: built of plain choices or written, counted while one builds, kept and shared."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, asks, db
from app.web.builder_rows import offer_to
from app.web.building import Built, drawn, sent, written
from core.clock import today
from core.cql import Terms
from core.words import _
from programs.queries.queryables import widest_terms
from registry.models.filters import Filter
from registry.permissions import May
from registry.queries.filters import count_matching, filter_by_code, filters_listed
from registry.services.filters import keep_filter, remove_filter, share_filter, unshare_filter

bp = Blueprint("filters", __name__, url_prefix="/filters")


@bp.get("/")
def index() -> str:
    return render_template("filters/index.html", filters=filters_listed(db(), actor=actor()))


@bp.get("/new")
def new() -> str:
    return render_template(
        "filters/new.html", kept=None, **_opened(request.args.get("written", ""))
    )


@bp.post("/new")
@asks
def build() -> str:
    """The rows as they were sent, after what their button asks for, and what they mean."""
    built = sent(request.form, _terms())
    page = "filters/_builder.html" if "HX-Request" in request.headers else "filters/new.html"
    return render_template(page, kept=None, **_built(built, written(built, _terms())))


@bp.post("/count")
@asks
def count() -> str:
    """How many households a written filter means: a fragment."""
    found = count_matching(db(), request.form["written"], today(), actor=actor(), terms=_terms())
    return render_template("filters/_count.html", found=found)


@bp.post("/")
def keep() -> Response:
    name, text = request.form["name"], request.form["written"]
    kept = keep_filter(db(), name, text, actor=actor(), terms=_terms())
    flash(_("The filter was kept."))
    return redirect(url_for(".show", code=kept.code), 303)


@bp.get("/<code>")
def show(code: str) -> str:
    kept = filter_by_code(db(), code, actor=actor())
    return render_template("filters/new.html", kept=kept, **_opened(kept.written))


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


def _terms() -> Terms:
    """All that a filter of this actor may speak of today."""
    return widest_terms(db(), today(), actor=actor())


def _to(kept: Filter, said: str) -> Response:
    flash(said)
    return redirect(url_for(".show", code=kept.code), 303)


def _opened(text: str) -> dict[str, Any]:
    """A written filter as rows, where rows can say it."""
    actor().require(May.COUNT_REGISTRANTS)
    return _built(drawn(text, _terms()), text)


def _built(built: Built | None, text: str) -> dict[str, Any]:
    """What the page of a filter is written with."""
    found = count_matching(db(), text, today(), actor=actor(), terms=_terms())
    offer = offer_to(db(), _terms(), actor=actor())
    return {
        "me": actor().id,
        "written": text,
        "built": built,
        "rows": offer.shown(built) if built else [],
        "offer": offer,
        "found": found,
    }
