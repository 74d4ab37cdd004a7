"""Households and people for programs: one by its number, and a new household."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import Document, address, told
from app.api.writes import ACT_KEY
from app.looks import look_at
from app.request import actor, db
from core.errors import Invalid
from geo.models.locations import LocationSource
from geo.permissions import May as Geo
from registry.models.fields import Scope
from registry.queries.field_answers import answers
from registry.queries.places import doubts_of
from registry.queries.registrants import Registered, registered
from registry.queries.scores import scores_of
from registry.services.field_values import fill_in
from registry.services.people import Household, Person, register
from registry.services.places import Place

PLACE = {
    "type": "object",
    "properties": {
        "longitude": {"type": "number", "minimum": -180, "maximum": 180},
        "latitude": {"type": "number", "minimum": -90, "maximum": 90},
        "accuracy_m": {"type": "number", "minimum": 0},
        "source": {"type": "string", "enum": [source.value for source in LocationSource]},
        "taken_at": {"type": "string", "format": "date-time"},
        "pcode": {"type": "string", "description": "An area, where no point is known."},
    },
}
PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "relation": {"type": "string", "default": "member"},
        "sex": {"type": "string"},
        "birth_date": {"type": "string", "format": "date"},
        "exact": {"type": "boolean", "default": True},
    },
    "additionalProperties": {"description": "Other fields of a person; see /api/fields."},
}
HOUSEHOLD = {
    "type": "object",
    "required": ["people"],
    "properties": {
        "kind": {"type": "string", "default": "household"},
        "code": {"type": "string"},
        "stated_size": {"type": "integer", "minimum": 1},
        "place": PLACE,
        "people": {"type": "array", "items": PERSON, "minItems": 1},
    },
    "additionalProperties": {"description": "Other fields of a group; see /api/fields."},
}
SENT = {"required": True, "content": {"application/json": {"schema": HOUSEHOLD}}}
VALUES = {"type": "object", "additionalProperties": {"description": "By code; see /api/fields."}}
FILLED = {"required": True, "content": {"application/json": {"schema": VALUES}}}

bp = Blueprint(
    "api_registrants", __name__, url_prefix="/api/registrants", description="Households and people"
)


class FieldsUnreadable(Invalid):
    """Send an object of JSON, values by the codes of fields; see /api/fields."""


class HouseholdUnreadable(Invalid):
    """Send a household as JSON with `people`, a list of objects with a name each; {found}."""


@bp.post("/")
@bp.doc(parameters=[ACT_KEY], requestBody=SENT)
@bp.response(201, description="The household with its number")
def create() -> Response:
    """Register a household with its people and its place"""
    said: Any = request.get_json(silent=True)
    made = register(db(), _household(said), actor=actor())
    page = address("registry.show", number=made.number)
    doubts = list(doubts_of(db(), made))
    answer = told({"number": made.number, "page": page, "place_doubts": doubts})
    answer.status_code = 201
    return answer


@bp.get("/<number>")
@bp.response(200, description="A household or a person")
def show(number: str) -> Response:
    """What is known of a household or a person"""
    found = registered(db(), number, actor=actor())
    look_at([found.registrant.id, *(each.id for each in (*found.members, *found.belongs_to))])
    return told({**_told(found), "fields": _own(found), "scores": _scores(found)})


@bp.post("/<number>/fields")
@bp.doc(parameters=[ACT_KEY], requestBody=FILLED)
@bp.response(200, description="What own fields say now")
def fill(number: str) -> Response:
    """Fill in own fields of a household or a person; null takes away what stood there"""
    said: Any = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise FieldsUnreadable
    made = fill_in(db(), number, said, actor=actor())
    look_at([made.id])
    return told({"number": made.number, "fields": _own(registered(db(), number, actor=actor()))})


def _own(found: Registered) -> Document:
    """What own fields say, by their codes."""
    scope = Scope.GROUP if found.group else Scope.INDIVIDUAL
    said = answers(db(), found.registrant.id, scope, actor=actor())
    return {each.field.code: _number(each.value) for each in said}


def _number(value: Any) -> Any:
    """A number of our own as JSON writes numbers; no money is among them."""
    return float(value) if isinstance(value, Decimal) else value


def _scores(found: Registered) -> list[Document]:
    """What the versions in force come to, part by part."""
    return [
        {
            "code": each.model.row.code,
            "version": each.model.row.version,
            "score": _number(each.score.value),
            "class": each.score.band,
            "since": each.score.on_day,
            "base": _number(each.model.row.base),
            "parts": [
                {"name": part.term.label, "given": part.given, "points": _number(part.points)}
                for part in each.parts
            ],
        }
        for each in scores_of(db(), found.registrant.id, actor=actor())
    ]


def _household(said: Any) -> Household:
    try:
        fields = dict(said)
        place, people = fields.pop("place", None) or {}, fields.pop("people")
        named = {name: fields.pop(name) for name in ("kind", "code") if fields.get(name)}
        size = fields.pop("stated_size", None)
        return Household(
            people=[_person(dict(person)) for person in people],
            place=_place(dict(place)),
            stated_size=None if size is None else int(size),
            more=fields,
            **named,
        )
    except (KeyError, TypeError, ValueError) as broken:
        raise HouseholdUnreadable(found=f"{type(broken).__name__}: {broken}") from broken


def _person(said: dict[str, Any]) -> Person:
    born = said.pop("birth_date", None)
    return Person(
        name=str(said.pop("name", "")),
        relation=str(said.pop("relation", "member")),
        sex=str(said.pop("sex", None) or "") or None,
        birth_date=date.fromisoformat(born) if born else None,
        exact=bool(said.pop("exact", True)),
        more=said,
    )


def _place(said: dict[str, Any]) -> Place:
    taken = said.get("taken_at")
    lon, lat, accuracy = (said.get(name) for name in ("longitude", "latitude", "accuracy_m"))
    return Place(
        lon=None if lon is None else float(lon),
        lat=None if lat is None else float(lat),
        accuracy_m=None if accuracy is None else float(accuracy),
        source=LocationSource(said.get("source", "gps")),
        taken_at=datetime.fromisoformat(taken) if taken else None,
        pcode=str(said.get("pcode") or "") or None,
    )


def _told(found: Registered) -> Document:
    registrant, person = found.registrant, found.individual
    return {
        "number": registrant.number,
        "kind": found.group.kind if found.group else "individual",
        "state": registrant.state,
        "name": registrant.name,
        "name_local": registrant.name_local,
        "code": registrant.code,
        "registered_on": registrant.registered_on,
        "sex": person.sex if person else None,
        "birth_date": person.birth_date if person else None,
        "disabled": person.disabled if person else None,
        "contacts": [{"kind": each.kind, "value": each.value} for each in found.contacts],
        "members": [
            {"number": each.number, "name": each.name, "relation": each.relation}
            for each in found.members
        ],
        "belongs_to": [
            {"number": each.number, "relation": each.relation, "until": each.ended_on}
            for each in found.belongs_to
        ],
        "place": _where(found),
        "page": address("registry.show", number=registrant.number),
    }


def _where(found: Registered) -> Document:
    """The point for who may see it, else the area alone."""
    area = {"pcode": found.areas[-1].pcode if found.areas else None}
    place = found.place
    if place is None or not actor().may(Geo.EXACT_LOCATIONS):
        return area
    point = {"longitude": place.lon, "latitude": place.lat, "accuracy_m": place.accuracy_m}
    return {**area, **point, "source": place.source, "taken_at": place.taken_at}
