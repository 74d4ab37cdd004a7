"""The search of the frame: whatever bears a name, noun by noun, of what its asker may see."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for

from app.looks import look_at
from app.request import actor, db
from core.words import _
from geo.permissions import May as Geo
from geo.queries.areas import search_areas
from geo.queries.releases import events_named
from programs.permissions import May as Programs
from programs.queries.programs import programs_named
from registry.permissions import May as Registry
from registry.queries.registrants import registrants_page
from registry.queries.rosters import rosters_named

bp = Blueprint("search", __name__)

MOST = 8  # of each noun


@dataclass(frozen=True)
class Hit:
    """One thing that was found: where its page is, what it is called, what tells it from others."""

    href: str
    name: str
    code: str
    where: str = ""


@bp.get("/search")
def show() -> str:
    actor().require(Geo.READ_AREAS)
    text = request.args.get("q", "").strip()
    nouns = [
        ("house", _("Households and people"), Registry.READ_REGISTRANTS, _registrants),
        ("map-pin", _("Areas"), Geo.READ_AREAS, _areas),
        ("waves", _("Events"), Geo.READ_EVENTS, _events),
        ("hand-helping", _("Programs"), Programs.READ_PROGRAMS, _programs),
        ("list-checks", _("Lists"), Registry.READ_ROSTERS, _lists),
    ]
    allowed = [(icon, noun, find) for icon, noun, may, find in nouns if actor().may(may)]
    found = [(icon, noun, find(text)) for icon, noun, find in allowed] if text else []
    said = {"found": [group for group in found if group[2]], "nouns": [n for _i, n, _f in allowed]}
    return render_template("search/show.html", text=text, **said)


def _registrants(text: str) -> list[Hit]:
    found = registrants_page(db(), text, actor=actor()).rows[:MOST]
    look_at(row.id for row in found)
    return [
        Hit(url_for("registry.show", number=row.number), row.name, row.number, row.area or "")
        for row in found
    ]


def _areas(text: str) -> list[Hit]:
    found = search_areas(db(), text, actor(), MOST)
    return [
        Hit(url_for("areas.show", pcode=area.pcode), area.name, area.pcode, ", ".join(area.trail))
        for area in found
    ]


def _events(text: str) -> list[Hit]:
    found = events_named(db(), text, MOST, actor=actor())
    desk = url_for("hazards.index")
    return [Hit(f"{desk}#event-{event.id}", event.name, event.glide or "") for event in found]


def _programs(text: str) -> list[Hit]:
    found = programs_named(db(), text, MOST, actor=actor())
    return [
        Hit(url_for("programs.show", program_id=each.id), each.name, each.number) for each in found
    ]


def _lists(text: str) -> list[Hit]:
    found = rosters_named(db(), text, MOST, actor=actor())
    return [Hit(url_for("rosters.show", roster_id=each.id), each.name, each.code) for each in found]
