"""Whom a program is for: its blocks, lists, quotas and line, and what they are as one question."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import rfc8785
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import both, tree
from core.errors import NotFound
from geo.models.areas import Area
from geo.queries.areas import in_force
from programs.models.programs import Program
from programs.models.targeting import (
    Side,
    Targeting,
    TargetingBlock,
    TargetingList,
    TargetingListMember,
    TargetingQuota,
)
from programs.permissions import May
from programs.queries.reach import program_seen
from registry.models.scores import ModelState, ScoreModel


@dataclass(frozen=True)
class Block:
    """What a household meets, and so many of its members; both are CQL2, and both have to hold."""

    name: str = ""
    household: str = ""
    member: str = ""
    members: int = 1

    @property
    def written(self) -> str:
        """The block as one condition on a household."""
        return both(self.household, _counted(self.member, self.members))


@dataclass(frozen=True)
class Rules:
    """All that a program says of whom it is for; `quotas` are households at most, by P-code."""

    take: tuple[Block, ...] = ()
    leave: tuple[Block, ...] = ()
    value: Decimal | None = None
    most: int | None = None
    score: str = ""
    lowest_first: bool = False
    quotas: tuple[tuple[str, int], ...] = ()

    @property
    def eligibility(self) -> str:
        """The alternatives as one condition; empty where one of them is, as all meet that."""
        return either([block.written for block in self.take])

    @property
    def exclusion(self) -> str:
        """Whoever meets this is left out; empty where nobody is."""
        return either([block.written for block in self.leave])


@dataclass(frozen=True)
class Listed:
    """A list that was pasted, and how many households are on it."""

    id: int
    side: Side
    reason: str
    households: int
    unknown: int


@dataclass(frozen=True)
class TargetingPage:
    """The rules of a program with its lists, and what quotas may be of."""

    program: Program
    rules: Rules
    lists: list[Listed]
    quotas: list[tuple[str, str, int]]


def either(conditions: Sequence[str]) -> str:
    """The condition that any of some conditions is; empty where one of them is, or there is none.

    An empty condition is met by everybody, so that they together are.
    """
    written = [each.strip() for each in conditions]
    if len(written) < 2 or "" in written:
        return written[0] if len(written) == 1 else ""
    if any(each.startswith("{") for each in written):
        return json.dumps({"op": "or", "args": [tree(each) for each in written]})
    return " OR ".join(f"({each})" for each in written)


def _counted(member: str, least: int) -> str:
    """That so many members meet a condition, as a condition on their household."""
    written = member.strip()
    if written.startswith("{"):
        return json.dumps(
            {"op": ">=", "args": [{"op": "count_of", "args": [tree(written)]}, least]}
        )
    return f"count_of({written}) >= {least}" if written else ""


def rules_of(session: Session, program: Program) -> Rules:
    """The rules of a program as they stand.

    Its blocks are those of its `eligibility`; where that was written whole, it is the one block.
    """
    blocks = session.scalars(
        select(TargetingBlock)
        .where(TargetingBlock.program_id == program.id)
        .order_by(TargetingBlock.place)
    ).all()
    take = _blocks(blocks, Side.TAKE)
    if either([block.written for block in take]) != program.eligibility:
        take = (Block(household=program.eligibility),) if program.eligibility else ()
    line = session.scalar(select(Targeting).where(Targeting.program_id == program.id))
    quotas = (
        select(TargetingQuota.pcode, TargetingQuota.households)
        .where(TargetingQuota.program_id == program.id)
        .order_by(TargetingQuota.pcode)
    )
    return Rules(
        take=take,
        leave=_blocks(blocks, Side.LEAVE),
        value=line.value if line else None,
        most=line.most if line else None,
        score=line.score if line else "",
        lowest_first=line.lowest_first if line else False,
        quotas=tuple((pcode, most) for pcode, most in session.execute(quotas)),
    )


def lists_of(session: Session, program_id: int) -> list[Listed]:
    """The lists that were pasted into a program, the newest first; the whole of each is counted."""
    sizes = func.targeting_list_sizes(program_id).table_valued("list_id", "households")
    listed = (
        select(TargetingList, sizes.c.households)
        .outerjoin(sizes, sizes.c.list_id == TargetingList.id)
        .where(TargetingList.program_id == program_id)
        .order_by(TargetingList.id.desc())
    )
    return [
        Listed(each.id, each.side, each.reason, households or 0, each.unknown)
        for each, households in session.execute(listed)
    ]


def targeting_page(session: Session, program_id: int, *, actor: Actor) -> TargetingPage:
    """The rules of a program, for its page.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    program = program_seen(session, program_id, actor=actor)
    rules = rules_of(session, program)
    names = dict(session.execute(_names([pcode for pcode, _most in rules.quotas])).all())
    return TargetingPage(
        program=program,
        rules=rules,
        lists=lists_of(session, program.id),
        quotas=[(pcode, names.get(pcode, pcode), most) for pcode, most in rules.quotas],
    )


def scores_in_force(session: Session) -> list[str]:
    """The codes of the scores by which households can stand in line."""
    active = select(ScoreModel.code).where(ScoreModel.state == ModelState.ACTIVE)
    return list(session.scalars(active.order_by(ScoreModel.code)))


def list_of(session: Session, program_id: int, list_id: int) -> TargetingList:
    """A pasted list of a program.

    Raises:
        NotFound
    """
    found = session.get(TargetingList, list_id)
    if found is None or found.program_id != program_id:
        raise NotFound(list=list_id)
    return found


def named_one_by_one(program_id: int, side: Side) -> Select[int]:
    """The ids of the households on the lists of a program that take, or that leave out."""
    return (
        select(TargetingListMember.registrant_id)
        .join(TargetingList, TargetingList.id == TargetingListMember.list_id)
        .where(TargetingList.program_id == program_id, TargetingList.side == side)
    )


def definition(rules: Rules, lists: Iterable[Listed]) -> dict[str, Any]:
    """Rules as canonical data; what is not said is not in it."""
    said: dict[str, Any] = {
        "take": [vars(block) for block in rules.take],
        "leave": [vars(block) for block in rules.leave],
        "value": None if rules.value is None else str(rules.value.normalize()),
        "most": rules.most,
        "score": rules.score,
        "lowest_first": rules.lowest_first,
        "quotas": [list(quota) for quota in rules.quotas],
        "lists": [[each.id, each.side.value, each.reason, each.households] for each in lists],
    }
    return {name: value for name, value in said.items() if value not in (None, "", False, [])}


def digest_of(said: dict[str, Any]) -> str:
    """SHA-256 in hex of canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def rules_beside(session: Session, program: Program) -> dict[str, Any]:
    """What a program says of whom it is for beside its eligibility, as canonical data; empty where
    it says no more than that."""
    said = definition(rules_of(session, program), lists_of(session, program.id))
    said.pop("take", None)
    return said


def _blocks(blocks: Iterable[TargetingBlock], side: Side) -> tuple[Block, ...]:
    return tuple(
        Block(each.name, each.household, each.member, each.members)
        for each in blocks
        if each.side is side
    )


def _names(pcodes: list[str]) -> Select[str, str]:
    return select(Area.pcode, Area.name).where(in_force(), Area.pcode.in_(pcodes))
