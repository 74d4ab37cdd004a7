"""Targeting for programs: why a household is in a cycle, or is not."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from app.api.answers import told
from app.looks import look_at
from app.request import actor, db
from app.why_said import Section, sections, verdict_said
from programs.queries.reach import cycle_numbered
from programs.queries.targeting_why import why

bp = Blueprint(
    "api_targeting", __name__, url_prefix="/api/programs", description="Why, and why not"
)


@bp.get("/<program>/cycles/<int(max=2147483647):cycle>/why/<registrant>")
@bp.response(200, description="What the cycle found of a household, and each rule as it is now")
def ask(program: str, cycle: int, registrant: str) -> Response:
    """Why a household is in a cycle of a program, or is not, rule by rule"""
    asked = cycle_numbered(db(), program, cycle, actor=actor())
    found = why(db(), asked.id, registrant, actor=actor())
    look_at([found.registrant.id])
    return told(
        {
            "number": found.registrant.number,
            "name": found.registrant.name,
            "judged_at": found.judged_at,
            "state": found.state,
            "reason": found.reason,
            "rank": found.rank,
            "said": verdict_said(found),
            "rules": [_rule(section) for section in sections(found)],
        }
    )


def _rule(section: Section) -> dict[str, Any]:
    checks = [
        {"passes": each.passes, "said": each.words, "condition": each.code or None}
        for each in section.checks
    ]
    return {"rule": section.title, "checks": checks, "said": section.sums_up or None}
