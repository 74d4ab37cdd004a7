"""Where registrants stand: moving one, how well places are known, and correcting many together."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.looks import look_at
from app.place_words import correction_words, doubt_words, doubted, list_words, source_words
from app.request import actor, asks, db
from app.web.maps import map_settings
from app.web.place_colours import LEGEND, shades_of
from app.web.place_forms import number_said, place_said, points_said
from core.errors import Invalid, Refusal
from core.words import _, counted
from geo.models.areas import Area
from geo.models.place_checks import CorrectionKind, PlaceCheck
from geo.permissions import May as Geo
from geo.queries.areas import area_by_pcode, level_names
from registry.permissions import May
from registry.queries.place_health import place_health
from registry.queries.place_lists import Box, Listed, how_many, listed_page
from registry.queries.places import doubts_of, stays
from registry.queries.registrants import registrant_by_number
from registry.services.place_corrections import Correction, correct_places, foresee
from registry.services.places import move_to

bp = Blueprint("places", __name__, url_prefix="/registry")

SEEN = "points"  # what the map of health shows at first


@bp.get("/places")
def health() -> str:
    """How well places are known, area by area."""
    area, shown = _area(), request.args.get("show", SEEN)
    told = place_health(db(), area, actor=actor())
    words = list_words()
    shown = shown if shown in words else SEEN
    shades = shades_of(told.areas, shown)
    return render_template(
        "places/health.html",
        told=told,
        words=words,
        shown=shown,
        legend=LEGEND,
        level=level_names(db()).get(told.level, ""),
        settings=map_settings(
            db(), actor(), households=None, changes={"level": told.level, "shades": shades}
        ),
    )


@bp.get("/places/<code>")
def listing(code: str) -> str:
    """A work list of places, on the map and as a table."""
    asked = _listed(code, request.args)
    after = request.args.get("after", type=int)
    page = listed_page(db(), asked, actor=actor(), after=after)
    look_at(row.id for row in page.rows)
    return render_template(
        "places/listing.html",
        **_about(asked),
        page=page,
        total=how_many(db(), asked, actor=actor()),
        doubts=doubt_words(),
        sources=source_words(),
        settings=_map_of(asked, page.rows),
    )


@bp.post("/places/<code>/foresee")
@asks
def foreseen(code: str) -> str | tuple[str, int]:
    """What a correction would do; nothing is written."""
    meant = _correction()
    _ask_first(meant.kind)
    asked = _listed(code, request.form)
    try:
        told = foresee(db(), asked, meant, actor=actor())
    except Refusal as fault:
        return render_template("places/foreseen.html", **_about(asked), fault=fault), fault.status
    return render_template(
        "places/foreseen.html",
        **_about(asked),
        fault=None,
        told=told,
        kind=meant.kind.value,
        act=correction_words()[meant.kind],
        form=request.form,
    )


@bp.post("/places/<code>/correct")
def correct(code: str) -> Response:
    asked = _listed(code, request.form)
    expected = request.form.get("expected", type=int)
    done = correct_places(db(), asked, _correction(), expected, actor=actor())
    flash(counted("{count} place is corrected.", "{count} places are corrected.", done.places))
    flash(_("It can be undone under Corrections."))
    pcode = asked.area.pcode if asked.area else None
    return redirect(url_for(".listing", code=code, area=pcode), 303)


@bp.get("/<number>/place")
def show(number: str) -> str:
    """Where somebody stands and stood, and the form that says where they stand now."""
    return _place_page(number, MultiDict())


@bp.post("/<number>/place")
def move(number: str) -> Response | tuple[str, int]:
    actor().require(May.WRITE_PLACES)
    try:
        with db().begin_nested():
            moved = move_to(db(), number, place_said(request.form), actor=actor())
    except Refusal as fault:
        return _place_page(number, request.form, fault), fault.status
    if codes := doubts_of(db(), registrant_by_number(db(), number, actor=actor())):
        flash(doubted(codes))
    said = counted("{count} person stands there now.", "{count} people stand there now.", moved)
    flash(f"{_('The new place is written down.')} {said if moved else ''}".strip())
    return redirect(url_for("registry.show", number=number), 303)


@bp.post("/<number>/place/accept")
def accept(number: str) -> Response:
    """Say that a doubted place is right."""
    found = registrant_by_number(db(), number, actor=actor())
    asked = Listed(request.form["code"], numbers=(found.number,))
    correct_places(db(), asked, Correction(CorrectionKind.ACCEPT), actor=actor())
    flash(_("The place is taken as right."))
    return redirect(url_for(".show", number=number), 303)


def _place_page(number: str, said: MultiDict[str, str], fault: Refusal | None = None) -> str:
    found = registrant_by_number(db(), number, actor=actor())
    look_at([found.id])
    told = stays(db(), found, actor=actor())
    exact = actor().may(Geo.EXACT_LOCATIONS)
    check = db().get(PlaceCheck, found.location_id) if found.location_id else None
    return render_template(
        "places/show.html",
        found=found,
        stays=told,
        exact=exact,
        check=check,
        said=said,
        fault=fault,
        doubts=doubt_words(),
        sources=source_words(),
        settings=_map_of_place(told[0].place if told and exact else None),
    )


def _map_of_place(place: Any) -> dict[str, Any]:
    """A map with the pin of today, where there is one and it may be seen."""
    given: dict[str, Any] = {"households": None, "in_address": False}
    if place is not None and place.lon is not None:
        near = 0.02  # degrees: some two kilometres
        given["pin"] = {"lon": place.lon, "lat": place.lat, "accuracy": place.accuracy_m}
        given["bounds"] = [
            place.lon - near,
            place.lat - near,
            place.lon + near,
            place.lat + near,
        ]
    return map_settings(db(), actor(), **given)


def _map_of(asked: Listed, rows: Any) -> dict[str, Any]:
    """A map over the points of a page of a list, and the area it is of."""
    points = [(row.lon, row.lat) for row in rows if row.lon is not None]
    given: dict[str, Any] = {"households": None, "in_address": False}
    if points:
        lons, lats = zip(*points, strict=True)
        near = 0.01
        given["bounds"] = [min(lons) - near, min(lats) - near, max(lons) + near, max(lats) + near]
    if asked.area is not None:
        given["picked"] = [asked.area.pcode]
    return map_settings(db(), actor(), **given)


def _about(asked: Listed) -> dict[str, Any]:
    """What every page about a work list is told of it."""
    box = ",".join(map(str, asked.box)) if asked.box else ""
    return {"asked": asked, "words": list_words(), "box": box, "kinds": [*CorrectionKind]}


class NothingTicked(Invalid):
    """Tick those you mean in the table or on the map, or choose all of the list."""


def _listed(code: str, said: MultiDict[str, str]) -> Listed:
    """The work list of an address or a form; only some of it where numbers are ticked.

    Raises:
        NothingTicked, NumberUnreadable, PointUnreadable
    """
    picked = said.getlist("number") if said.get("which") == "picked" else []
    if said.get("correction") == CorrectionKind.EACH:
        picked = [*points_said(said.get("points", ""))] or picked
    elif said.get("which") == "picked" and not picked:
        raise NothingTicked
    pcode = said.get("area", "")
    area = area_by_pcode(db(), pcode) if pcode else None
    return Listed(code, area, _box(said.get("box", "")), tuple(picked))


def _box(written: str) -> Box | None:
    """West, south, east, north, as the map writes them."""
    sides = [number_said(side) for side in written.split(",")] if written else []
    if len(sides) != len(("west", "south", "east", "north")) or None in sides:
        return None
    west, south, east, north = (side or 0.0 for side in sides)
    return west, south, east, north


def _correction() -> Correction:
    """What a form says is to be done.

    Raises:
        NumberUnreadable, PointUnreadable
    """
    form = request.form
    kinds = {kind.value for kind in CorrectionKind if kind is not CorrectionKind.UNDO}
    kind = CorrectionKind(form["correction"] if form.get("correction") in kinds else "accept")
    if kind is CorrectionKind.MOVE:
        return Correction(kind, place_said(form))
    if kind is CorrectionKind.SHIFT:
        east, north = (number_said(form.get(side, "")) or 0.0 for side in ("east", "north"))
        return Correction(kind, east_m=east, north_m=north)
    if kind is CorrectionKind.EACH:
        return Correction(kind, points=points_said(form.get("points", "")))
    return Correction(kind)


def _area() -> Area | None:
    pcode = request.args.get("area", "")
    return area_by_pcode(db(), pcode) if pcode else None


def _ask_first(kind: CorrectionKind) -> None:
    if kind is CorrectionKind.ACCEPT:
        actor().require(May.ACCEPT_PLACES)
    else:
        actor().require(May.WRITE_PLACES)
