"""Filters: built of plain choices or written, counted while one builds, kept and shared."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.request import actor, asks, db
from app.web.build_state import State, opened, rebuilt
from app.web.builder_rows import offer_to
from app.web.maps import bounds_of, map_settings
from app.web.place_colours import LEGEND, shade
from app.web.sharing import shared_asked, shared_said, sharing_choices
from core.clock import today
from core.cql import Terms
from core.words import _
from geo.queries.areas import area_by_pcode, level_names
from programs.queries.queryables import widest_terms
from registry.models.filters import Filter, Subject
from registry.permissions import May
from registry.queries.filter_places import Meaning, Spread, where_they_live
from registry.queries.filters import (
    Counted,
    count_matching,
    filter_by_code,
    filters_offered,
    try_to_count,
    versions_of,
)
from registry.services.filters import (
    change_filter,
    keep_filter,
    remove_filter,
    share_filter,
    unshare_filter,
)

bp = Blueprint("filters", __name__, url_prefix="/filters")


@bp.get("/")
def index() -> str:
    offered = [
        each
        for subject in Subject
        for each in filters_offered(db(), _terms(subject), actor=actor(), subject=subject)
    ]
    return render_template("filters/index.html", filters=offered, shared_said=shared_said)


@bp.get("/new")
def new() -> ResponseReturnValue:
    text, subject = request.args.get("written", ""), _subject(request.args)
    return _page(opened(text, _terms(subject)), subject, None)


@bp.post("/new")
@asks
def build() -> ResponseReturnValue:
    """The rows as they were sent, after what their button asks for, and what they mean."""
    subject = _subject(request.form)
    terms, code = _terms(subject), request.form.get("kept", "")
    asked_before = request.form.get("was", subject) == subject
    state = rebuilt(request.form, terms) if asked_before else opened("", terms)
    kept = filter_by_code(db(), code, actor=actor()) if code else None
    return _page(state, subject, kept)


@bp.post("/count")
@asks
def count() -> str:
    """How many households a written filter means: a fragment."""
    found = _found(request.form["written"], _subject(request.form))
    return render_template("filters/_count.html", found=found)


@bp.get("/where")
def where() -> str:
    """Where those live whom a filter means: a map by area, and its table."""
    return _where(request.args, "filters/where.html")


@bp.post("/where")
@asks
def together() -> str:
    """How many households and people a filter means together: a fragment, or the map of them."""
    part = "HX-Request" in request.headers
    return _where(request.form, "filters/_together.html" if part else "filters/where.html")


@bp.post("/")
def keep() -> Response:
    name, text = request.form["name"], request.form["written"]
    subject = _subject(request.form)
    terms = _terms(subject)
    kept = keep_filter(db(), name, text, actor=actor(), terms=terms, subject=subject)
    flash(_("The filter was kept."))
    return redirect(url_for(".show", code=kept.code), 303)


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    kept = filter_by_code(db(), code, actor=actor())
    return _page(opened(kept.written, _terms(kept.subject)), kept.subject, kept)


@bp.post("/<code>")
def change(code: str) -> Response:
    name, text = request.form["name"], request.form["written"]
    terms = _terms(filter_by_code(db(), code, actor=actor()).subject)
    kept = change_filter(db(), code, name, text, actor=actor(), terms=terms)
    return _to(kept, _("The filter was changed; this is version {n}.", n=kept.version))


@bp.post("/<code>/share")
def share(code: str) -> Response:
    shared, named = shared_asked(request.form.get("with", ""))
    kept = share_filter(db(), code, actor=actor(), shared=shared, with_=named)
    return _to(kept, _("Shared with: {whom}.", whom=shared_said(kept)))


@bp.post("/<code>/unshare")
def unshare(code: str) -> Response:
    return _to(unshare_filter(db(), code, actor=actor()), _("Only you can use this filter now."))


@bp.post("/<code>/remove")
def remove(code: str) -> Response:
    remove_filter(db(), code, actor=actor())
    flash(_("The filter was taken away."))
    return redirect(url_for(".index"), 303)


def _where(said: Mapping[str, str], template: str) -> str:
    code = said.get("code", "")
    kept = filter_by_code(db(), code, actor=actor()) if code else None
    written = kept.written if kept else said.get("written", "")
    subject = kept.subject if kept else _subject(said)
    area = area_by_pcode(db(), said["area"]) if said.get("area") else None
    meaning = Meaning(written, today(), subject)
    told = where_they_live(db(), meaning, area, actor=actor(), terms=_terms(subject))
    return render_template(
        template,
        kept=kept,
        told=told,
        here={"code": code} if kept else {"written": written, "subject": subject.value},
        level=level_names(db()).get(told.level, ""),
        legend=LEGEND,
        settings=_map_of(told),
    )


def _map_of(told: Spread) -> dict[str, Any]:
    shades = {each.pcode: shade(each.share(told.subject)) for each in told.areas if each.of}
    changes = {"level": told.level, "shades": shades}
    return map_settings(db(), actor(), households=None, changes=changes, **bounds_of(told.area))


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


def _page(state: State, subject: Subject, kept: Filter | None) -> ResponseReturnValue:
    """The page of a filter, or where only the builder is asked for, that; with why, where what
    is written cannot be asked."""
    actor().require(May.COUNT_REGISTRANTS)
    terms, only_builder = _terms(subject), "HX-Request" in request.headers
    tried = try_to_count(db(), state.written, today(), actor=actor(), terms=terms, subject=subject)
    offer = offer_to(db(), terms, actor=actor())
    page = render_template(
        "filters/_builder.html" if only_builder else "filters/new.html",
        kept=kept,
        versions=versions_of(db(), kept) if kept else [],
        me=actor().id,
        sharing=sharing_choices(db(), actor()),
        shared_said=shared_said,
        subject=subject,
        state=state,
        rows=offer.shown(state.built) if state.built else [],
        offer=offer,
        tried=tried,
    )
    return page, 422 if tried.why and not only_builder else 200
