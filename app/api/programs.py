"""Programs, their cycles and who is in them, for programs elsewhere: by the reads of the pages."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, request
from flask_smorest import Blueprint

from app.api.answers import told
from app.api.parameters import ParameterUnreadable
from app.looks import look_at
from app.programs_told import (
    all_told,
    amounts_told,
    cycle_told,
    members_told,
    program_told,
    standings_told,
)
from app.request import actor, db
from programs.models.entitlements import EntitlementState
from programs.models.memberships import LeftOut, MembershipState
from programs.models.programs import Program
from programs.queries.entitlements import amounts_page
from programs.queries.members import members_page
from programs.queries.memberships import Asked, members_listed
from programs.queries.programs import program_numbered
from programs.queries.reach import cycle_numbered

bp = Blueprint(
    "api_programs", __name__, url_prefix="/api/programs", description="Programs and their cycles"
)
Word = TypeVar("Word", bound=StrEnum)
CYCLE = "/<program>/cycles/<int(max=2147483647):cycle>"


def _one_of(kind: type[Word], name: str) -> Word | None:
    """The word the address asks for; None where it asks for none.

    Raises:
        ParameterUnreadable
    """
    asked = request.args.get(name)
    if asked is None:
        return None
    if asked not in {*kind}:
        raise ParameterUnreadable(found=f"{name}: {asked}".replace("{", "(").replace("}", ")"))
    return kind(asked)


def _asked(name: str, words: Any, description: str) -> dict[str, Any]:
    schema = {"type": "string", **({"enum": [*words]} if words else {})}
    return {"in": "query", "name": name, "schema": schema, "description": description}


AFTER = _asked("after", (), "Where the next page begins, as the last one said.")


@bp.get("/")
@bp.doc(parameters=[_asked("archived", ("yes",), "Those in the archive.")])
@bp.response(200, description="The programs whoever asks may see, those that run first")
def index() -> Response:
    """Programs, each with its fund"""
    archived = request.args.get("archived") == "yes"
    return told({"programs": all_told(db(), actor=actor(), archived=archived)})


@bp.get("/<program>")
@bp.response(200, description="A program by its number: its money, and its cycles")
def show(program: str) -> Response:
    """One program"""
    found = program_numbered(db(), program, actor=actor())
    return told(program_told(db(), found, actor=actor()))


@bp.get("/<program>/members")
@bp.doc(parameters=[_asked("state", MembershipState, "Where they stand; else all."), AFTER])
@bp.response(200, description="The members within reach by number, a page at a time")
def members(program: str) -> Response:
    """Members of a program: where each stands, and why"""
    found = program_numbered(db(), program, actor=actor())
    meant = Asked(state=_one_of(MembershipState, "state"))
    page = members_listed(db(), found.id, meant, actor=actor(), after=request.args.get("after"))
    look_at(row.registrant_id for row in page.rows)
    return told(standings_told(page))


@bp.get(CYCLE)
@bp.response(200, description="A cycle by its number: people, amounts, orders, what is open")
def cycle(program: str, cycle: int) -> Response:
    """One cycle of a program"""
    found = cycle_numbered(db(), program, cycle, actor=actor())
    return told(cycle_told(db(), found, actor=actor()))


@bp.get(f"{CYCLE}/members")
@bp.doc(parameters=[_asked("reason", LeftOut, "Those left out for it; else all."), AFTER])
@bp.response(200, description="The households of a cycle within reach by number, a page at a time")
def enrolled(program: str, cycle: int) -> Response:
    """Households of a cycle: whether each is enrolled, and why not"""
    found = cycle_numbered(db(), program, cycle, actor=actor())
    after, reason = request.args.get("after"), _one_of(LeftOut, "reason")
    page = members_page(db(), found.id, actor=actor(), reason=reason, after=after)
    look_at(row.registrant_id for row in page.rows)
    return told(members_told(page))


@bp.get(f"{CYCLE}/entitlements")
@bp.doc(parameters=[_asked("state", EntitlementState, "How far they have come; else all."), AFTER])
@bp.response(200, description="The amounts of a cycle within reach by number, a page at a time")
def amounts(program: str, cycle: int) -> Response:
    """Amounts of a cycle: whose each is, how far it has come, and its pay order"""
    found = cycle_numbered(db(), program, cycle, actor=actor())
    after, state = request.args.get("after"), _one_of(EntitlementState, "state")
    page = amounts_page(db(), found.id, actor=actor(), state=state, after=after)
    look_at(row.registrant_id for row in page.rows)
    return told(amounts_told(page, db().get_one(Program, found.program_id).currency))
