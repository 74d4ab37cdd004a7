"""What a round would be before anything of it is written: whom it reaches, at what cost, and who
stands just outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Numeric,
    Select,
    Text,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from geo.models.areas import Area
from geo.models.selections import Selection
from programs.models.memberships import LeftOut, MembershipState, ProgramMembership
from programs.models.programs import Benefit, Program
from programs.permissions import May
from programs.queries.amounts import Giving, amounts_due
from programs.queries.cycles import CycleBeyondReach, LeftOutCount, level_told, sees_part_only
from programs.queries.eligibility import Round, counts_low, judged
from programs.queries.gifts import Gift, gifts_in
from programs.queries.near_misses import PART, eased
from programs.queries.reach import program_seen, within_programs
from programs.queries.targets import Whom
from registry.counting.people import FIGURES, People
from registry.counting.rounding import rounded
from registry.models.rosters import Answer, Roster, RosterMember
from registry.permissions import May as Registry
from registry.queries.answers import fewest

MOST_PROGRAMS = 8


@dataclass(frozen=True)
class Given:
    """What one benefit would come to for all of them."""

    name: str
    cost: Decimal


@dataclass(frozen=True)
class AreaReached:
    """Of the households of one area that are asked about, how many would be helped, at what cost.

    Without P-code it is those whose place is not known. None is a figure that is not told.
    """

    pcode: str | None
    name: str | None
    asked: int | None
    households: int | None
    cost: Decimal | None

    @property
    def share(self) -> float | None:
        """The part of those asked about that would be helped."""
        if self.asked is None or self.households is None:
            return None
        return min(1.0, self.households / self.asked) if self.asked else 0.0


@dataclass(frozen=True)
class Overlap:
    """How many of those it would help another program has enrolled, for whatever purpose."""

    program: str
    purposes: Sequence[str]
    households: int


@dataclass(frozen=True)
class NearMisses:
    """Who stands just outside: would meet the rule were its figures a little easier; has a value
    within a tenth of the line on the map; waits."""

    of_rule: int
    of_line: int
    waiting: int


@dataclass(frozen=True)
class Simulated:
    """What a round would be, for one screen; `about` where figures are rounded for the reader."""

    asked: int
    households: int
    people: People
    cost: Decimal
    benefits: list[Given]
    left_out: list[LeftOutCount]
    areas: list[AreaReached]
    overlaps: list[Overlap]
    near: NearMisses
    about: bool = False


def simulated(
    session: Session, asked: Round, *, actor: Actor, scenario_id: int | None = None
) -> Simulated:
    """What a round would be, with the amounts of a scenario where it has some.

    One statement judges and counts it all. Who may not read the registry is told figures rounded to
    the fewest that are told of, and of areas with fewer none.

    Raises:
        Invalid, Forbidden: a rule cannot be read or used by this actor. NotFound: the program is
        none they see. CycleBeyondReach: they see a part of the list only.
    """
    actor.require(May.READ_PROGRAMS)
    if sees_part_only(session, asked.roster_id, actor=actor):
        raise CycleBeyondReach
    program = program_seen(session, asked.program_id, actor=actor)
    judgement = (
        select(judged(session, asked, actor=actor)).cte("judgement").prefix_with("MATERIALIZED")
    )
    gifts = gifts_in(session, program.id, scenario_id)
    due = _due(session, judgement, asked, program, gifts, actor)
    parts = [
        _tally(judgement, due, level_told(session), actor),
        _by_benefit(program, due),
        _overlaps(judgement, program, asked.whom, actor),
        _near(session, judgement, asked, actor),
    ]
    tally, benefits, overlaps, near = session.execute(select(*map(_as_json, parts))).one()
    found = _put_together(tally, benefits, overlaps, near[0])
    return found if actor.may(Registry.READ_REGISTRANTS) else _rounded(found)


def _due(
    session: Session,
    judgement: CTE,
    asked: Round,
    program: Program,
    gifts: Mapping[int, Gift],
    actor: Actor,
) -> CTE:
    """What each household that would be helped costs by benefit, fees among it."""
    j = judgement.c
    enrolled = (
        select(j.registrant_id, j.area_id, j.people)
        .where(j.state == MembershipState.ENROLLED)
        .subquery("enrolled")
    )
    giving = Giving(gifts, program.currency, asked.starts_on, asked.whom)
    due = amounts_due(session, giving, enrolled, actor=actor).c
    return select(due.registrant_id, due.benefit_id, (due.amount + due.fee).label("cost")).cte(
        "due"
    )


def _tally(judgement: CTE, due: CTE, level: int, actor: Actor) -> Select[*tuple[Any, ...]]:
    """Households, people and cost by verdict and by area of a level."""
    j, leaf, area, by = judgement.c, aliased(Area), aliased(Area), aliased(Program)
    whole = select(due.c.registrant_id, func.sum(due.c.cost).label("cost"))
    each = whole.group_by(due.c.registrant_id).subquery("each")
    verdict = (j.state, j.reason, by.name.label("program"), area.pcode, area.name)
    return (
        select(
            *verdict,
            func.count().label("households"),
            cast(func.coalesce(func.sum(each.c.cost), 0), Text).label("cost"),
            *(func.sum(j[name]).label(name) for name in FIGURES),
        )
        .select_from(judgement)
        .outerjoin(each, each.c.registrant_id == j.registrant_id)
        .outerjoin(leaf, leaf.id == j.area_id)
        .outerjoin(area, area.id == func.coalesce(leaf.path[level + 1], leaf.id))
        .outerjoin(by, (by.id == j.by_program_id) & within_programs(actor, by.id))
        .group_by(*verdict, by.id, area.id)
        .order_by(area.pcode)
    )


def _by_benefit(program: Program, due: CTE) -> Select[*tuple[Any, ...]]:
    cost = func.coalesce(func.sum(due.c.cost), 0)
    return (
        select(Benefit.name, cast(cost, Text).label("cost"))
        .outerjoin(due, due.c.benefit_id == Benefit.id)
        .where(Benefit.program_id == program.id)
        .group_by(Benefit.id)
        .order_by(Benefit.id)
    )


def _overlaps(
    judgement: CTE, program: Program, whom: Whom, actor: Actor
) -> Select[*tuple[Any, ...]]:
    """The other programs those it would help are enrolled in, people also through their household;
    the largest first."""
    theirs, helped = ProgramMembership, judgement.c.state == MembershipState.ENROLLED
    known_as = [select(judgement.c[name].label("key")).where(helped) for name in whom.known_as]
    each = union_all(*known_as).subquery("known_as")
    return (
        select(Program.name, Program.purposes, func.count().label("households"))
        .select_from(each)
        .join(theirs, theirs.registrant_id == each.c.key)
        .join(Program, Program.id == theirs.program_id)
        .where(theirs.state == MembershipState.ENROLLED, theirs.program_id != program.id)
        .where(within_programs(actor, Program.id))
        .group_by(Program.id)
        .order_by(func.count().desc(), Program.id)
        .limit(MOST_PROGRAMS)
    )


def _near(session: Session, judgement: CTE, asked: Round, actor: Actor) -> Select[*tuple[Any, ...]]:
    waits = judgement.c.state == MembershipState.DRAFT
    told = [
        func.count().filter(_misses_rule(session, judgement, asked, actor)).label("of_rule"),
        func.count().filter(waits).label("waiting"),
    ]
    line = select(_misses_line(session, asked)).scalar_subquery()
    return select(*told, line.label("of_line")).select_from(judgement)


def _misses_rule(
    session: Session, judgement: CTE, asked: Round, actor: Actor
) -> ColumnElement[bool]:
    """Whether a household the rule leaves out meets it with figures that are a little easier."""
    easier = eased(asked.rule)
    if not easier:
        return literal(value=False)
    out = select(judgement.c.registrant_id).where(judgement.c.reason == LeftOut.RULE)
    met = asked.whom.matching(session, easier, asked.starts_on, actor=actor, of=out)
    return judgement.c.registrant_id.in_(met)


def _misses_line(session: Session, asked: Round) -> ColumnElement[Any]:
    """How many of a list stand out whose value, or that of their household, is within a tenth of
    the line that is asked."""
    kept = select(Selection.threshold).join(Roster, Roster.selection_id == Selection.id)
    threshold = session.scalar(kept.where(Roster.id == asked.roster_id))
    line = asked.rules.value if asked.rules.value is not None else threshold
    if line is None:
        return literal(0)
    edge, value = Decimal(str(line)), cast(RosterMember.value, Numeric)
    width = abs(edge) * PART * 2
    low = counts_low(session, asked.roster_id)
    within = (value > edge, value <= edge + width) if low else (value < edge, value >= edge - width)
    of_list = select(func.count()).select_from(asked.whom.listed)
    near = of_list.where(RosterMember.roster_id == asked.roster_id, *within)
    return near.where(or_(RosterMember.status.in_([Answer.IN, Answer.OUT]))).scalar_subquery()


def _as_json(rows: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    """The rows of a query as one value of the statement's one row."""
    part = rows.subquery()
    each = func.jsonb_agg(func.to_jsonb(part.table_valued()))
    listed = select(func.coalesce(each, cast(literal("[]", Text), JSONB)))
    return listed.select_from(part).scalar_subquery()


def _put_together(
    tally: Sequence[Mapping[str, Any]],
    benefits: Sequence[Mapping[str, Any]],
    overlaps: Sequence[Mapping[str, Any]],
    near: Mapping[str, int],
) -> Simulated:
    enrolled = [row for row in tally if row["state"] == MembershipState.ENROLLED]
    return Simulated(
        asked=sum(row["households"] for row in tally),
        households=sum(row["households"] for row in enrolled),
        people=sum((_people(row) for row in enrolled), People()),
        cost=sum((Decimal(row["cost"]) for row in enrolled), Decimal(0)),
        benefits=[Given(row["name"], Decimal(row["cost"])) for row in benefits],
        left_out=_left_out(tally),
        areas=_areas(tally),
        overlaps=[Overlap(row["name"], row["purposes"], row["households"]) for row in overlaps],
        near=NearMisses(near["of_rule"], near["of_line"], near["waiting"]),
    )


def _areas(tally: Sequence[Mapping[str, Any]]) -> list[AreaReached]:
    """By area, in the order of their P-codes, those of no known place last."""
    rows: dict[tuple[str | None, str | None], list[Mapping[str, Any]]] = {}
    for row in tally:
        rows.setdefault((row["pcode"], row["name"]), []).append(row)
    listed = []
    for (pcode, name), theirs in sorted(rows.items(), key=lambda item: item[0][0] or "￿"):
        helped = [row for row in theirs if row["state"] == MembershipState.ENROLLED]
        asked = sum(row["households"] for row in theirs)
        households = sum(row["households"] for row in helped)
        cost = sum((Decimal(row["cost"]) for row in helped), Decimal(0))
        listed.append(AreaReached(pcode, name, asked, households, cost))
    return listed


def _left_out(tally: Sequence[Mapping[str, Any]]) -> list[LeftOutCount]:
    counts: dict[tuple[LeftOut, str | None], int] = {}
    for row in tally:
        if row["reason"] is not None:
            key = (LeftOut(row["reason"]), row["program"])
            counts[key] = counts.get(key, 0) + row["households"]
    most_first = sorted(counts.items(), key=lambda item: -item[1])
    return [LeftOutCount(reason, program, n) for (reason, program), n in most_first]


def _people(row: Mapping[str, Any]) -> People:
    return People(**{name: int(row[name]) for name in FIGURES})


def _rounded(found: Simulated) -> Simulated:
    """Figures for who may not read the registry: none that tells of a few."""
    base = fewest()

    def about(figure: int) -> int:
        return rounded(figure, base) or 0

    told = (found.near.of_rule, found.near.of_line, found.near.waiting)
    people = {name: about(getattr(found.people, name) or 0) for name in FIGURES}
    few = found.households < base
    return replace(
        found,
        asked=about(found.asked),
        households=about(found.households),
        people=People(**people),
        cost=Decimal(0) if few else found.cost,
        benefits=[] if few else found.benefits,
        left_out=[replace(row, households=about(row.households)) for row in found.left_out],
        areas=[_area_rounded(area, base) for area in found.areas],
        overlaps=[replace(row, households=about(row.households)) for row in found.overlaps],
        near=NearMisses(*map(about, told)),
        about=True,
    )


def _area_rounded(area: AreaReached, base: int) -> AreaReached:
    figures = (area.asked or 0, area.households or 0)
    asked, households = (None if 0 < n < base else rounded(n, base) for n in figures)
    return replace(area, asked=asked, households=households, cost=None)
