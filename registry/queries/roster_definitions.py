"""What a kept list is, written one way: its definition, and the hash of it with its answers."""

import hashlib
from datetime import UTC, date
from typing import Any

import rfc8785
from sqlalchemy import (
    Select,
    collate,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.releases import Release
from geo.queries.areas import in_force
from geo.queries.clauses import ClauseAsked, clauses_asked
from geo.queries.latest import latest_releases, releases_asked
from geo.queries.selections import Question
from geo.vector.drawings import to_geojson
from registry.models.registrants import Registrant
from registry.models.rosters import Roster, RosterMember

BLOCK = 65_536  # lines hashed together


def definition_of(
    session: Session, roster: Roster, question: Question, on: date, actor: Actor
) -> dict[str, Any]:
    """What was asked, of which release and areas, by whom who sees what, and when."""
    first, *others = [_hazard(asked) for asked in clauses_asked(session, question.clauses)] or [
        {"release_sha256": None, "direction": None, "threshold": question.threshold}
    ]
    several = {"others": others, "together": str(question.together)} if others else {}
    frozen_at = roster.frozen_at.astimezone(UTC).isoformat() if roster.frozen_at else None
    return {
        "shape": to_geojson(question.shape),
        "areas": _pcodes(session, question.area_ids),
        "without_shape": to_geojson(question.without_shape),
        "without_areas": _pcodes(session, question.without_area_ids),
        "combine": str(question.combine),
        **first,
        "evidence": str(question.evidence),
        "condition": roster.filter,
        "ages_on": on.isoformat(),
        "area_versions": list(
            session.scalars(select(Area.version).where(in_force()).distinct().order_by("version"))
        ),
        "reach": None if actor.national else _pcodes(session, tuple(actor.area_ids)),
        "frozen_at": frozen_at,
        **_bound(actor),
        **_releases_named(session, roster.filter or ""),
        **several,
    }


def hash_of(session: Session, roster: Roster) -> str:
    """The hash of a list's members and definition, as the head of this file says."""
    whole = hashlib.sha256()
    for block in session.scalars(_block_digests(roster.id)):
        whole.update(block)
    whole.update(rfc8785.dumps(roster.definition))
    return whole.hexdigest()


def _block_digests(roster_id: int) -> Select[Any]:
    number = collate(Registrant.number, "C")
    line = func.concat(
        Registrant.number,
        "|",
        RosterMember.status,
        "|",
        RosterMember.grade,
        "|",
        RosterMember.value,
        "\n",
    )
    lines = (
        select(
            line.label("line"),
            number.label("number"),
            ((func.row_number().over(order_by=number) - 1) // BLOCK).label("block"),
        )
        .select_from(RosterMember)
        .join(Registrant, Registrant.id == RosterMember.registrant_id)
        .where(RosterMember.roster_id == roster_id)
        .subquery("lines")
    )
    block = func.string_agg(lines.c.line, aggregate_order_by(literal(""), lines.c.number))
    digest = func.sha256(func.convert_to(block, "UTF8"))
    return select(digest).group_by(lines.c.block).order_by(lines.c.block)


def _bound(actor: Actor) -> dict[str, Any]:
    """The programs whose people alone were asked about, where it was so."""
    return {} if actor.people is None else {"programs": sorted(actor.program_ids or ())}


def _hazard(asked: ClauseAsked) -> dict[str, Any]:
    return {
        "release_sha256": asked.release.original_sha256,
        "direction": str(asked.release.direction),
        "threshold": asked.threshold,
    }


def _releases_named(session: Session, condition: str) -> dict[str, Any]:
    """The files of the releases a condition asks, by number or as the latest of a layer at this
    moment; nothing where it asks none."""
    numbers, layers = releases_asked(condition)
    latest = latest_releases(session)
    ids = numbers | {latest[named].release_id for named in layers if named in latest}
    if not ids:
        return {}
    asked = select(Release.original_sha256).where(Release.id.in_(ids))
    return {"condition_releases": sorted({*session.scalars(asked)})}


def _pcodes(session: Session, area_ids: tuple[int, ...]) -> list[str]:
    found = select(Area.pcode).where(Area.id.in_(area_ids)).order_by(collate(Area.pcode, "C"))
    return list(session.scalars(found))
