"""The registry: finding a household or a person, and the page of each."""

import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from geoalchemy2.shape import to_shape
from werkzeug.wrappers import Response

from app import everything
from app.auth.permissions import May as Roof
from app.looks import look_at
from app.request import actor, db
from app.telling.told import Together, changes_told
from app.trail import history_of, looks_at
from app.web.maps import map_settings
from core.words import _
from geo.models.locations import Location
from geo.models.releases import Release
from geo.permissions import May as Geo
from geo.queries.areas import area_by_pcode, search_areas
from programs.queries.members import Acted, acts_on, received_by, standings_of
from programs.services import registrants
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.registrants import (
    Happening,
    Registered,
    happenings,
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
    return render_template(
        "registry/household.html" if found.group else "registry/person.html",
        found=found,
        words=labels(db()),
        history=_history(found.registrant),
        exact=actor().may(Geo.EXACT_LOCATIONS),
        settings=_map_of(found),
        standings=standings_of(db(), found.registrant.id, actor=actor()),
        received=received_by(db(), found.registrant.id, actor=actor()),
        registrant_id=found.registrant.id,
        **_trail_of(found.registrant),
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


def _trail_of(registrant: Registrant) -> dict[str, Any]:
    """Which fields were changed and who looked, for those who may know."""
    history, looks = actor().may(May.READ_HISTORY), actor().may(Roof.READ_AUDIT)
    return {
        "changes": _changes(registrant) if history else None,
        "looks": looks_at(db(), registrant, actor=actor()) if looks else None,
    }


def _changes(registrant: Registrant) -> Sequence[Together]:
    return changes_told(db(), history_of(db(), registrant, actor=actor()))


def _history(registrant: Registrant) -> list[Happening | Acted]:
    """All that happened to a record and all that programs did about it, the newest first."""
    told: list[Happening | Acted] = [*happenings(db(), registrant)]
    told += acts_on(db(), registrant.id, actor=actor())
    return sorted(told, key=lambda entry: entry.at, reverse=True)


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
