"""Whom a program reaches of those in the shock, area by area, and whom it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from geo.models.areas import Area
from geo.queries.areas import in_force
from geo.queries.reach import shown_to, within_reach
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.eligibility import UNDONE
from programs.queries.reach import program_seen
from programs.queries.targets import WHOM
from registry.counting.rounding import rounded
from registry.models.rosters import Answer, RosterMember
from registry.permissions import May as Registry
from registry.queries.place_health import coarseness

NAMES = ("shock", "due", "reached", "gap")
"""Who is in the shock; of them those something is due to, who received it, who did not."""
GIVEN = (EntitlementState.REDEEMED, EntitlementState.PARTLY_REDEEMED)


@dataclass(frozen=True)
class Reached:
    """An area, or all of them, with its households by name (NAMES)."""

    pcode: str
    name: str
    n: Mapping[str, int]

    def share(self, of: str) -> float:
        """The share of those in the shock, 0 to 1; of nobody it is 0."""
        return min(self.n[of] / self.n["shock"], 1.0) if self.n["shock"] else 0.0


@dataclass(frozen=True)
class Coverage:
    """Whom a program reaches, in all and in each area of a level; `base` is what figures are
    rounded to for who may not read of people, 1 where they are exact."""

    program: Program
    level: int
    whole: Reached
    areas: Sequence[Reached]
    base: int


def coverage_of(session: Session, program_id: int, level: int, *, actor: Actor) -> Coverage:
    """Whom a program reaches of those its lists found in the shock, by area of a level.

    Who stands in several lists counts once. Who may not read of people is told figures
    rounded as in public files, each for itself, so that none tells of a few.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    program = program_seen(session, program_id, actor=actor)
    base = 1 if actor.may(Registry.READ_REGISTRANTS) else coarseness()
    rows = {row.of: row for row in session.execute(_counted(program, level, actor))}
    named = select(Area.pcode, Area.name).where(in_force(), Area.level == level, shown_to(actor))
    areas = [
        Reached(each.pcode, each.name, _told(rows.get(each.pcode), base))
        for each in session.execute(named.order_by(Area.name, Area.pcode))
    ]
    sums = {name: sum(getattr(row, name) for row in rows.values()) for name in NAMES}
    whole = Reached("", "", {name: rounded(count, base) or 0 for name, count in sums.items()})
    return Coverage(program, level, whole, areas, base)


def _told(row: Any, base: int) -> dict[str, int]:
    return {name: rounded(getattr(row, name) if row else 0, base) or 0 for name in NAMES}


def _counted(program: Program, level: int, actor: Actor) -> Select[*tuple[Any, ...]]:
    shock, leaf, area = _shock(program, actor), aliased(Area), aliased(Area)
    given = _entitled(program, Entitlement.state.in_(GIVEN))
    due = _entitled(program, Entitlement.state.not_in(UNDONE))
    reached = func.count(given.c.registrant_id)
    return (
        select(
            area.pcode.label("of"),  # which outlives a new map
            func.count().label("shock"),
            func.count(due.c.registrant_id).label("due"),
            reached.label("reached"),
            (func.count() - reached).label("gap"),
        )
        .select_from(shock)
        .outerjoin(leaf, leaf.id == shock.c.area_id)
        .outerjoin(area, area.id == leaf.path[level + 1])
        .outerjoin(due, due.c.registrant_id == shock.c.registrant_id)
        .outerjoin(given, given.c.registrant_id == shock.c.registrant_id)
        .group_by(area.pcode)
    )


def _shock(program: Program, actor: Actor) -> CTE:
    """Who stands on the program's lists as in the shock, each with the area of the household."""
    member, whom = RosterMember, WHOM[program.target]
    probable = (member.status == Answer.PROBABLE) & Cycle.with_probable
    return (
        select(whom.key.label("registrant_id"), func.max(member.area_id).label("area_id"))
        .select_from(whom.listed)
        .join(Cycle, Cycle.roster_id == member.roster_id)
        .where(
            Cycle.program_id == program.id,
            Cycle.state != CycleState.CANCELLED,
            or_(member.status == Answer.IN, probable),
            within_reach(actor, member.area_id),
        )
        .group_by(whom.key)
        .cte("shock")
    )


def _entitled(program: Program, *of: Any) -> CTE:
    return (
        select(Entitlement.registrant_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(Cycle.program_id == program.id, *of)
        .distinct()
        .cte()
    )
