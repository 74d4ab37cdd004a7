"""Settings: one page of what is decided for the country, and a form for each section of it."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.auth.permissions import May
from app.deciding import (
    currencies,
    duplicates,
    figures,
    languages,
    levels,
    look,
    places,
    profile,
    records,
)
from app.request import actor, db
from app.web.labels import by_language
from app.web.settings_beside import beside
from app.web.settings_choices import choices
from app.web.settings_told import found_in, section_words, sections
from core.country import country
from core.errors import NotFound, Refusal
from core.words import _

bp = Blueprint("settings", __name__, url_prefix="/admin/settings")

Form = MultiDict[str, str]


class SectionUnknown(NotFound):
    """The settings have no section of this name; go back to all of them."""


@bp.get("/")
def index() -> str:
    actor().require(May.WRITE_SETTINGS)
    sought = request.args.get("q", "").strip()
    told = found_in([*sections(db()), *beside(db())], sought)
    return render_template("settings/index.html", sections=told, sought=sought)


@bp.get("/<section>")
def show(section: str) -> str:
    return _page(section)


@bp.post("/<section>")
def change(section: str) -> Response | tuple[str, int]:
    actor().require(May.WRITE_SETTINGS)
    act = _ACTS.get(section, _unknown)
    try:
        with db().begin_nested():
            fresh = act(request.form)
    except Refusal as fault:
        return _page(section, fault), fault.status
    flash(_("It holds from now on.") if fresh else _("Nothing was different; all stays as it is."))
    return redirect(url_for(".index", _anchor=section), 303)


def _page(section: str, fault: Refusal | None = None) -> str:
    actor().require(May.WRITE_SETTINGS)
    if section not in _ACTS:
        raise SectionUnknown
    title, words, symbol = section_words()[section]
    return render_template(
        f"settings/{section}.html",
        title=title,
        words=words,
        symbol=symbol,
        at=country(),
        fault=fault,
        said=request.form,
        **choices(db(), section),
    )


def _unknown(_form: Form) -> frozenset[str]:
    raise SectionUnknown


def _profile(form: Form) -> frozenset[str]:
    names = ("name", "code", "timezone", "phone_region", "home")
    said = profile.Profile(*(form.get(name, "") for name in names))
    return profile.describe(db(), said, actor=actor())


def _languages(form: Form) -> frozenset[str]:
    offered = [*form.getlist("languages"), *form.get("more", "").replace(",", " ").split()]
    return languages.offer(db(), form.get("language", ""), offered, actor=actor())


def _currencies(form: Form) -> frozenset[str]:
    offered = [*form.getlist("currencies"), *form.get("more", "").replace(",", " ").split()]
    own = form.get("currency", "") or (offered[0].upper() if len(offered) == 1 else "")
    return currencies.offer(db(), own, offered, actor=actor())


def _levels(form: Form) -> frozenset[str]:
    said = {
        row.level: (form.get(f"name-{row.level}", ""), by_language(form, f"level-{row.level}"))
        for row in levels.levels(db())
    }
    return levels.name_levels(db(), said, actor=actor())


def _figures(form: Form) -> frozenset[str]:
    said = figures.Figures(
        young_below=form.get("young_below", 0, type=int),
        old_from=form.get("old_from", 0, type=int),
        fewest=form.get("fewest", 0, type=int),
        rounding=form.get("rounding", 0, type=int),
        ask_purpose=form.getlist("ask_purpose"),
    )
    return figures.tell(db(), said, actor=actor())


def _places(form: Form) -> frozenset[str]:
    said = places.Doubts(
        crowd=form.get("crowd", 0, type=int),
        near_m=form.get("near_m", -1.0, type=float),
        vague_m=form.get("vague_m", 0.0, type=float),
        fresh_months=form.get("fresh_months", 0, type=int),
        old_months=form.get("old_months", 0, type=int),
        coarse_m=form.get("coarse_m", 0.0, type=float),
    )
    return places.doubt(db(), said, actor=actor())


def _duplicates(form: Form) -> frozenset[str]:
    said = duplicates.Likeness(
        alike_percent=form.get("alike_percent", 0, type=int),
        roof_m=form.get("roof_m", 0.0, type=float),
    )
    return duplicates.suspect(db(), said, actor=actor())


def _look(form: Form) -> frozenset[str]:
    file = request.files.get("logo")
    said = look.Look(
        platform=form.get("platform", ""),
        accent=form.get("accent", ""),
        accent_dark=form.get("accent_dark", ""),
        logo=file.stream if file and file.filename else None,
        without_logo=bool(form.get("without_logo")),
    )
    return look.dress(db(), said, actor=actor())


def _records(form: Form) -> frozenset[str]:
    said = records.Records(
        largest_household=form.get("largest_household", 0, type=int),
        document_mb=form.get("document_mb", 0, type=int),
        purpose_hours=form.get("purpose_hours", 0, type=int),
        undo_days=form.get("undo_days", 0, type=int),
        land_percent=form.get("land_percent", 0, type=int),
    )
    return records.bound(db(), said, actor=actor())


_ACTS: dict[str, Callable[[Form], frozenset[str]]] = {
    "profile": _profile,
    "languages": _languages,
    "currencies": _currencies,
    "levels": _levels,
    "figures": _figures,
    "places": _places,
    "duplicates": _duplicates,
    "look": _look,
    "records": _records,
}
