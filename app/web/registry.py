"""The registry: finding a household or a person, and the page of each."""

import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from geoalchemy2.shape import to_shape
from werkzeug.wrappers import Response

from app import everything
from app.looks import look_at
from app.request import actor, db
from app.web.maps import map_settings
from app.web.profile import asked_part, parts
from core.words import _
from geo.models.locations import Location
from geo.models.releases import Release
from geo.permissions import May as Geo
from geo.queries.areas import area_by_pcode, search_areas
from programs.services import registrants
from registry.permissions import May
from registry.queries.counts import counts_of
from registry.queries.registrants import (
    Registered,
    registered,
    registrant_by_number,
    registrants_page,
)
from registry.queries.vocabularies import labels

bp = Blueprint("registry", __name__, url_prefix="/registry")

SURROUNDINGS = 0.02  # degrees: some two kilometres, within which borders and water are seen
METRES = 111_000  # of a degree of latitude
MOST_AREAS = 5


@bp.get("/")
def index() -> str:
    text, pcode = request.args.get("q", "").strip(), request.args.get("area", "")
    area = area_by_pcode(db(), pcode) if pcode else None
    if not actor().may(May.READ_REGISTRANTS):
        counts = counts_of(db(), area, actor=actor())
        return render_template("registry/counts.html", counts=counts)
    after = request.args.get("after", type=int)
    page = registrants_page(db(), text, area, actor=actor(), after=after)
    look_at(row.id for row in page.rows)
    return render_template(
        "registry/index.html",
        text=text,
        area=area,
        page=page,
        areas=search_areas(db(), text, actor(), MOST_AREAS) if text else [],
    )


@bp.get("/<number>")
def show(number: str) -> str | Response:
    found = registered(db(), number, actor=actor())
    if found.registrant.number != number:
        return redirect(url_for(".show", number=found.registrant.number), 303)
    look_at([found.registrant.id, *(each.id for each in (*found.members, *found.belongs_to))])
    part = asked_part()
    return render_template(
        "registry/profile.html",
        found=found,
        words=labels(db()),
        part=part,
        parts=parts(),
        exact=actor().may(Geo.EXACT_LOCATIONS),
        settings=_map_of(found),
        **part.given(found),
    )


@bp.post("/<number>/erase")
def erase(number: str) -> Response:
    erased = registrants.erase(db(), number, request.form["reason"], actor=actor())
    flash(_("Everything about {number} is erased.", number=erased.number))
    return redirect(url_for(".show", number=erased.number), 303)


@bp.post("/<number>/exit")
def leave_registry(number: str) -> Response:
    left = registrants.exit_registry(db(), number, request.form["reason"], actor=actor())
    flash(_("{number} has left the registry.", number=left.number))
    return redirect(url_for(".show", number=left.number), 303)


@bp.post("/<number>/readmit")
def readmit(number: str) -> Response:
    back = registrants.readmit(db(), number, actor=actor())
    flash(_("{number} is in the registry again.", number=back.number))
    return redirect(url_for(".show", number=back.number), 303)


@bp.post("/<number>/everything")
def take_along(number: str) -> Response:
    """Everything held on a registrant, as one file to hand to them."""
    held = everything.take_along(db(), number, _written, actor=actor())
    look_at([registrant_by_number(db(), number, actor=actor()).id])
    name = f"{number}.zip"
    return send_file(io.BytesIO(held), "application/zip", as_attachment=True, download_name=name)


def _written(held: everything.Held) -> str:
    return render_template("registry/everything.html", held=held, said=everything.said)


def _map_of(found: Registered) -> dict[str, Any] | None:
    """The map of where a registrant stands: its point for who may see it, else only its area."""
    place = found.place
    if place is not None and place.lon is not None and actor().may(Geo.EXACT_LOCATIONS):
        return _map(found, bounds=_area_box(found) or _round(place), pin=_pin(place))
    if found.areas:
        return _map(found, bounds=_area_box(found), picked=[found.areas[-1].pcode])
    return None


def _area_box(found: Registered) -> list[float] | None:
    """West, south, east, north of the area a registrant stands in."""
    return list(to_shape(found.areas[-1].shape).bounds) if found.areas else None


def _map(found: Registered, **given: Any) -> dict[str, Any]:
    """A map without other households, over what the newest release of an open event shows."""
    release = db().get(Release, found.exposures[0].id) if found.exposures else None
    return map_settings(db(), actor(), release, households=None, in_address=False, **given)


def _pin(place: Location) -> dict[str, float | None]:
    return {"lon": place.lon, "lat": place.lat, "accuracy": place.accuracy_m}


def _round(place: Location) -> list[float]:
    """West, south, east, north of the surroundings of a point, its accuracy circle among them."""
    lon, lat = place.lon or 0.0, place.lat or 0.0
    reach = SURROUNDINGS + (place.accuracy_m or 0.0) / METRES * 2
    return [lon - reach, lat - reach, lon + reach, lat + reach]
