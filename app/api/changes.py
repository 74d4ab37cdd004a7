"""Changes of records for programs: asked for, and how far one has come."""

from datetime import date
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import Document, address, told
from app.api.writes import ACT_KEY
from app.looks import look_at
from app.request import actor, db
from core.errors import Invalid
from programs.services.changes import ask_change
from registry.changes.kinds import KINDS
from registry.models.changes import ChangeLine, Via
from registry.queries.changes import Told, said_to, told_of
from registry.services.changes import Written, draft_change

CHANGE = {
    "type": "object",
    "required": ["kind", "of", "answers"],
    "properties": {
        "kind": {"type": "string", "enum": [*KINDS]},
        "of": {"type": "string", "description": "The number of a household or a person."},
        "answers": {"type": "object", "additionalProperties": {"type": "string"}},
        "why": {"type": "string", "maxLength": 1000},
        "on_day": {"type": "string", "format": "date"},
        "source_number": {"type": "string", "description": "Of the complaint it came from."},
        "draft": {"type": "boolean", "description": "Only write it down; ask for it later."},
    },
}
SENT = {"required": True, "content": {"application/json": {"schema": CHANGE}}}

bp = Blueprint("api_changes", __name__, url_prefix="/api/changes", description="Changes of records")


class ChangeUnreadable(Invalid):
    """Send a change as JSON with `kind`, `of` and `answers`, an object of texts; {found}."""


@bp.post("/")
@bp.doc(parameters=[ACT_KEY], requestBody=SENT)
@bp.response(201, description="The change with its number")
def create() -> Response:
    """Ask for a change of a household or a person"""
    said: Any = request.get_json(silent=True)
    kind, of, written, draft = _read(said)
    made = draft_change(db(), kind, of, written, actor=actor())
    if not draft:
        made = ask_change(db(), made.number, actor=actor())
    page = address("changes.show", number=made.number)
    answer = told({"number": made.number, "state": made.state, "page": page})
    answer.status_code = 201
    return answer


@bp.get("/<number>")
@bp.response(200, description="A change, line by line")
def show(number: str) -> Response:
    """How far a change has come, and what it does"""
    found = told_of(db(), number, actor=actor())
    look_at(found.people)
    return told(_told(found))


def _read(said: Any) -> tuple[str, str, Written, bool]:
    try:
        day = said.get("on_day")
        written = Written(
            answers={str(name): str(value) for name, value in dict(said["answers"]).items()},
            why=str(said.get("why") or ""),
            on_day=date.fromisoformat(day) if day else None,
            via=Via.GRIEVANCE if said.get("source_number") else Via.REGISTRAR,
            source_number=str(said.get("source_number") or ""),
        )
        return str(said["kind"]), str(said["of"]), written, bool(said.get("draft"))
    except (AttributeError, KeyError, TypeError, ValueError) as broken:
        raise ChangeUnreadable(found=f"{type(broken).__name__}: {broken}") from broken


def _told(found: Told) -> Document:
    asked = found.request
    return {
        "number": asked.number,
        "kind": asked.kind,
        "state": asked.state,
        "of": found.registrant.number if found.registrant else None,
        "why": asked.why,
        "decided_because": asked.decided_because,
        "asked_at": asked.asked_at,
        "applied_at": asked.applied_at,
        "whole": found.whole,
        "lines": [_line(line, found) for line in found.lines],
        "conflicts": [each.number for each in found.conflicts],
        "page": address("changes.show", number=asked.number),
    }


def _line(line: ChangeLine, found: Told) -> Document:
    """One line; whoever is made by an earlier line is named by its place."""
    before, after = said_to(db(), line, actor=actor())
    return {
        "edit": line.edit,
        "registrant": _number(line.registrant_id, line.registrant_line, found),
        "other": _number(line.other_id, line.other_line, found),
        "field": line.field,
        "before": before,
        "after": after,
    }


def _number(key: int | None, place: int | None, found: Told) -> str | None:
    if place is not None and key is None:
        return f"new:{place}"
    named = found.people.get(key or 0)
    return named.number if named else None
