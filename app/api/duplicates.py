"""Records that may be of one household or person, for programs: the pairs, and deciding on them."""

from enum import StrEnum
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import Document, address, told
from app.api.writes import ACT_KEY
from app.looks import look_at
from app.request import actor, db
from core.errors import Invalid
from core.jobs import defer
from geo.queries.areas import area_by_pcode
from programs.jobs.duplicates import look_for_duplicates_in
from programs.queries.reach import people_of, program_seen
from programs.services.merging import merge, unmerge
from registry.jobs.duplicates import look_for_duplicates
from registry.models.duplicates import DuplicatePair, PairState, RunKind
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.duplicates import pair_by_id, pairs_page
from registry.services.duplicates import ask_again, not_duplicate
from registry.services.merging import TAKEN

PAIR = "/<int(max=9223372036854775807):pair_id>"


class Ruling(StrEnum):
    """What somebody decides about a pair."""

    TWO = "two"
    ONE = "one"
    AGAIN = "again"


def _asked(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"in": "query", "name": name, "schema": schema, "description": description}


ASKED = [
    _asked("state", {"type": "string", "enum": [*PairState], "default": "open"}, "What of them."),
    _asked("area", {"type": "string"}, "The P-code of an area one of the two lives in."),
    _asked("program", {"type": "integer"}, "A program both are members of."),
    _asked("after", {"type": "integer"}, "Where the next page begins, as the last one said."),
]
RULING = {
    "type": "object",
    "required": ["ruling"],
    "properties": {
        "ruling": {"type": "string", "enum": [*Ruling]},
        "because": {"type": "string", "maxLength": 200, "description": "Of two: how one knows."},
        "stays": {"type": "string", "description": "Of one: the number that stays."},
        "take": {
            "type": "array",
            "items": {"type": "string", "enum": sorted(TAKEN)},
            "description": "Of one: the fields in which the record that goes is right.",
        },
    },
}
LOOK = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": [*RunKind], "default": "fast"},
        "program": {"type": "integer", "description": "Among the members of this program alone."},
    },
}

bp = Blueprint(
    "api_duplicates", __name__, url_prefix="/api/duplicates", description="Records that may be one"
)


class RulingUnreadable(Invalid):
    """Send a ruling as JSON: `ruling` is one, two or again; with one goes `stays`, a number of the
    pair, and `take`, a list of fields; {found}."""


class QuestionUnreadable(Invalid):
    """{found} is not asked for here; look at the description of the service for what may be."""


@bp.get("/")
@bp.doc(parameters=ASKED)
@bp.response(200, description="Pairs of which the caller may see both, the likeliest first")
def index() -> Response:
    """Pairs that wait to be looked at, or were decided"""
    asked = request.args
    state, program = _state(asked.get("state", "open")), asked.get("program", type=int)
    area = area_by_pcode(db(), asked["area"]) if asked.get("area") else None
    seen = program_seen(db(), program, actor=actor()) if program else None
    of = people_of(frozenset({seen.id})) if seen else None
    after = asked.get("after", type=int)
    page = pairs_page(db(), state, area, actor=actor(), of=of, after=after)
    look_at(key for row in page.rows for key in (row.left_id, row.right_id))
    return told({"pairs": [_row(row) for row in page.rows], "after": page.after})


@bp.get(PAIR)
@bp.response(200, description="A pair, and what was decided about it")
def show(pair_id: int) -> Response:
    """One pair"""
    return _pair(pair_by_id(db(), pair_id, actor=actor()))


@bp.post(f"{PAIR}/ruling")
@bp.doc(
    parameters=[ACT_KEY],
    requestBody={"required": True, "content": {"application/json": {"schema": RULING}}},
)
@bp.response(200, description="The pair as it is decided now")
def rule(pair_id: int) -> Response:
    """Say that they are two, or one, or that somebody is to look at them again"""
    ruling, said = _ruling(request.get_json(silent=True))
    if ruling is Ruling.TWO:
        pair = not_duplicate(db(), pair_id, str(said.get("because") or ""), actor=actor())
    elif ruling is Ruling.AGAIN:
        pair = ask_again(db(), pair_id, actor=actor())
    else:
        pair = _merged(pair_id, said)
    return _pair(pair)


@bp.post("/apart/<number>")
@bp.doc(parameters=[ACT_KEY])
@bp.response(200, description="The record that is one of its own again")
def apart(number: str) -> Response:
    """Take a record apart again that was merged into another"""
    back = unmerge(db(), number, actor=actor())
    page = address("registry.show", number=back.number)
    return told({"number": back.number, "state": back.state, "page": page})


@bp.post("/look")
@bp.doc(parameters=[ACT_KEY], requestBody={"content": {"application/json": {"schema": LOOK}}})
@bp.response(202, description="The work to follow")
def look() -> Response:
    """Look for duplicates, in the whole registry or among the members of a program"""
    actor().require(May.DECIDE_DUPLICATES)
    said: Any = request.get_json(silent=True) or {}
    answer = told({"job": _looking(said if isinstance(said, dict) else {})})
    answer.status_code = 202
    return answer


def _looking(said: dict[str, Any]) -> int:
    program, kind = said.get("program"), said.get("kind", RunKind.FAST.value)
    if program is not None:
        seen = program_seen(db(), _whole(program), actor=actor())
        only, of = f"program {seen.id}", {"program_id": seen.id}
        return defer(db(), look_for_duplicates_in, actor=actor(), about=seen, dedupe=only, **of)
    if kind not in {*RunKind}:
        raise QuestionUnreadable(found=kind)
    return defer(db(), look_for_duplicates, actor=actor(), dedupe="registry", kind=RunKind(kind))


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise QuestionUnreadable(found=value)
    return value


def _state(asked: str) -> PairState:
    if asked not in {*PairState}:
        raise QuestionUnreadable(found=asked)
    return PairState(asked)


def _ruling(said: Any) -> tuple[Ruling, dict[str, Any]]:
    if not isinstance(said, dict) or said.get("ruling") not in {*Ruling}:
        raise RulingUnreadable(found="there is none")
    return Ruling(said["ruling"]), said


def _merged(pair_id: int, said: dict[str, Any]) -> DuplicatePair:
    pair, take = pair_by_id(db(), pair_id, actor=actor()), said.get("take") or []
    both = [db().get_one(Registrant, key) for key in (pair.left_id, pair.right_id)]
    numbers = [each.number for each in both]
    if said.get("stays") not in numbers:
        raise RulingUnreadable(found=f"`stays` is none of {', '.join(numbers)}")
    if not isinstance(take, list) or not TAKEN.issuperset(map(str, take)):
        raise RulingUnreadable(found="`take` names what is no field")
    kept = str(said["stays"])
    gone = next(number for number in numbers if number != kept)
    merge(db(), kept, gone, frozenset(map(str, take)), actor=actor())
    db().refresh(pair)
    return pair


def _row(row: Any) -> Document:
    return {
        "id": row.id,
        "kind": row.kind,
        "score": round(row.score, 4),
        "reasons": row.reasons,
        "metres": row.metres,
        "left": {"number": row.left_number, "name": row.left_name, "area": row.left_area},
        "right": {"number": row.right_number, "name": row.right_name, "area": row.right_area},
        "because": row.because,
        "page": address("duplicates.show", pair_id=row.id),
    }


def _pair(pair: DuplicatePair) -> Response:
    both = [db().get_one(Registrant, key) for key in (pair.left_id, pair.right_id)]
    look_at(each.id for each in both)
    left, right = ({"number": each.number, "name": each.name, "state": each.state} for each in both)
    return told(
        {
            "id": pair.id,
            "state": pair.state,
            "score": round(pair.score, 4),
            "reasons": pair.reasons,
            "metres": pair.distance_m,
            "left": left,
            "right": right,
            "because": pair.because,
            "decided_at": pair.decided_at,
            "page": address("duplicates.show", pair_id=pair.id),
        }
    )
