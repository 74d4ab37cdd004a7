"""Targeting: writing down whom a program is for, and pasting lists of who is in or out by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Text, any_, delete, func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from core import audit
from core.actor import Actor
from core.clock import today
from core.codes import NumberMistyped, understood
from core.errors import Invalid
from geo.models.areas import Area
from geo.queries.areas import in_force
from programs.models.programs import Program, ProgramState
from programs.models.targeting import (
    Side,
    Targeting,
    TargetingBlock,
    TargetingList,
    TargetingListMember,
    TargetingQuota,
)
from programs.permissions import May
from programs.queries.programs import locked_program
from programs.queries.targeting import Block, Rules, list_of, scores_in_force
from programs.queries.targets import WHOM, Whom
from programs.services.programs import ProgramEnded
from registry.models.registrants import Registrant, RegistrantKind
from registry.permissions import May as Registry
from registry.queries.reach import people_within_reach
from registry.queries.searching import PREFIX

MOST_BLOCKS = 20
MOST_PASTED = 20_000
BETWEEN = re.compile(r"[\s,;]+")


class ExclusionEmpty(Invalid):
    """A block that leaves out has to say whom; write what it leaves out, or take the block away."""


class BlocksTooMany(Invalid):
    """A rule has at most {most} blocks of a side, not {found}; put some of them together."""


class MembersTooFew(Invalid):
    """At least one member has to meet what is asked of members, not {members}; choose 1 or more."""


class CountNegative(Invalid):
    """{count} of them cannot be taken; write 0 or more, or nothing where there is no limit."""


class QuotaAreaUnknown(Invalid):
    """There is no area {pcode} in force; take its P-code from the page of areas."""


class QuotaTwice(Invalid):
    """{pcode} has two quotas; write one for each area."""


class QuotasOverlap(Invalid):
    """{pcode} lies within {above}, which has a quota too; give a quota to one of them."""


class ScoreUnknown(Invalid):
    """There is no score {code} in force; choose one that is, or none."""


class ListWithoutReason(Invalid):
    """Say in a few words why these are named one by one, for those who sign."""


class ListEmpty(Invalid):
    """None of these is the number of a household you see; paste numbers such as HG-7K3M9QWA."""


class ListOfNobody(Invalid):
    """None of these is the number of a person you see; paste numbers such as HG-7K3M9QWA."""


class ListTooLong(Invalid):
    """{found} numbers are more than the {most} that are taken at once; paste them in parts."""


@dataclass(frozen=True)
class Pasted:
    """A list that was kept, how many households or people are on it, and the numbers that were
    none."""

    kept: TargetingList
    households: int
    unknown: list[str]


def set_rules(session: Session, program_id: int, rules: Rules, *, actor: Actor) -> Program:
    """Write down whom a program is for; cycles that wait for a signature are sent back by it.

    Raises:
        Forbidden, NotFound, ProgramEnded; Invalid where the rules cannot stand.
    """
    actor.require(May.WRITE_PROGRAMS)
    program = _changeable(session, program_id, actor)
    _check(session, rules, WHOM[program.target], actor)
    with audit.act(session, actor, "targeting.set", program) as figures:
        for table in (TargetingBlock, Targeting, TargetingQuota):
            session.execute(delete(table).where(table.program_id == program.id))
        session.add_all(_rows(program, rules))
        program.eligibility = rules.eligibility
        figures.update(rule=program.eligibility, blocks=len(rules.take) + len(rules.leave))
    return program


def paste_list(
    session: Session, program_id: int, side: Side, reason: str, written: str, *, actor: Actor
) -> Pasted:
    """Keep a list of those who are taken, or left out, whatever the rule says of them: households,
    or people where the program is for people.

    Numbers stand between blanks, commas or lines; who is named twice is on it once, and for one
    that became a part of another stands that.

    Raises:
        Forbidden, NotFound, ProgramEnded, ListWithoutReason, ListTooLong, ListEmpty, ListOfNobody
    """
    actor.require(May.WRITE_PROGRAMS)
    actor.require(Registry.READ_REGISTRANTS)
    program = _changeable(session, program_id, actor)
    if not reason.strip():
        raise ListWithoutReason
    numbers, kind = _numbers(written), WHOM[program.target].kind
    found = _found(session, [known for known in numbers.values() if known], kind, actor)
    if not found:
        raise ListEmpty if kind is RegistrantKind.GROUP else ListOfNobody
    unknown = [typed for typed, known in numbers.items() if known not in found]
    kept = TargetingList(
        program_id=program.id,
        side=side,
        reason=reason.strip(),
        unknown=len(unknown),
        made_by=actor.id,
    )
    with audit.act(session, actor, "targeting.paste", program) as figures:
        session.add(kept)
        session.flush()
        households = dict(found.values())
        rows = [
            {"list_id": kept.id, "registrant_id": id_, "area_id": area_id}
            for id_, area_id in households.items()
        ]
        session.execute(insert(TargetingListMember), rows)
        figures.update(side=side, reason=kept.reason, households=len(rows), unknown=len(unknown))
    return Pasted(kept, len(rows), unknown)


def drop_list(session: Session, program_id: int, list_id: int, *, actor: Actor) -> None:
    """Take a pasted list away; the next run judges without it.

    Raises:
        Forbidden, NotFound, ProgramEnded
    """
    actor.require(May.WRITE_PROGRAMS)
    program = _changeable(session, program_id, actor)
    kept = list_of(session, program.id, list_id)
    with audit.act(session, actor, "targeting.drop", program) as figures:
        figures.update(side=kept.side, reason=kept.reason)
        session.delete(kept)


def _changeable(session: Session, program_id: int, actor: Actor) -> Program:
    program = locked_program(session, program_id, actor=actor)
    if program.state is ProgramState.ENDED:
        raise ProgramEnded
    return program


def _check(session: Session, rules: Rules, whom: Whom, actor: Actor) -> None:
    """Refuse rules that cannot stand of those they are for.

    Raises:
        Invalid; Forbidden: they ask what the actor may not.
    """
    _check_blocks(rules)
    for block in (*rules.take, *rules.leave):
        whom.matching(session, block.written, today(), actor=actor)
    for whole in (rules.eligibility, rules.exclusion):
        whom.matching(session, whole, today(), actor=actor)
    for count in (rules.most, *(most for _pcode, most in rules.quotas)):
        if count is not None and count < 0:
            raise CountNegative(count=count)
    _check_quotas(session, [pcode for pcode, _most in rules.quotas])
    _check_score(session, rules.score)


def _check_blocks(rules: Rules) -> None:
    for side in (rules.take, rules.leave):
        if len(side) > MOST_BLOCKS:
            raise BlocksTooMany(most=MOST_BLOCKS, found=len(side))
    if not all(block.written for block in rules.leave):
        raise ExclusionEmpty
    for block in (*rules.take, *rules.leave):
        if block.members < 1:
            raise MembersTooFew(members=block.members)


def _check_quotas(session: Session, pcodes: Sequence[str]) -> None:
    known = set(session.scalars(select(Area.pcode).where(in_force(), Area.pcode.in_(pcodes))))
    for place, pcode in enumerate(pcodes):
        if pcode not in known:
            raise QuotaAreaUnknown(pcode=pcode)
        if pcode in pcodes[:place]:
            raise QuotaTwice(pcode=pcode)
    above, below = aliased(Area), aliased(Area)
    nested = (
        select(below.pcode, above.pcode)
        .join(above, (above.id == any_(below.path)) & (above.id != below.id))
        .where(below.pcode.in_(pcodes), above.pcode.in_(pcodes))
        .where(below.valid_to.is_(None))
        .order_by(below.pcode)
    )
    if found := session.execute(nested.limit(1)).first():
        raise QuotasOverlap(pcode=found[0], above=found[1])


def _check_score(session: Session, code: str) -> None:
    if code and code not in scores_in_force(session):
        raise ScoreUnknown(code=code)


def _rows(program: Program, rules: Rules) -> list[TargetingBlock | Targeting | TargetingQuota]:
    blocks = [
        TargetingBlock(program_id=program.id, side=side, place=place, **vars(_trimmed(block)))
        for side, blocks in ((Side.TAKE, rules.take), (Side.LEAVE, rules.leave))
        for place, block in enumerate(blocks, 1)
    ]
    line = Targeting(
        program_id=program.id,
        value=rules.value,
        most=rules.most,
        score=rules.score,
        lowest_first=rules.lowest_first,
    )
    quotas = [
        TargetingQuota(program_id=program.id, pcode=pcode, households=most)
        for pcode, most in rules.quotas
    ]
    return [*blocks, line, *quotas]


def _trimmed(block: Block) -> Block:
    return Block(block.name.strip(), block.household.strip(), block.member.strip(), block.members)


def _numbers(written: str) -> dict[str, str]:
    """What was typed, once each, and the number it is; empty where it is none."""
    typed = dict.fromkeys(part for part in BETWEEN.split(written) if part)
    if len(typed) > MOST_PASTED:
        raise ListTooLong(found=len(typed), most=MOST_PASTED)
    return {each: _understood(each) for each in typed}


def _understood(typed: str) -> str:
    try:
        return understood(typed, PREFIX)
    except NumberMistyped:
        return ""


def _found(
    session: Session, numbers: Sequence[str], kind: RegistrantKind, actor: Actor
) -> dict[str, tuple[int, int | None]]:
    """Those of a kind by their numbers, within reach, key and area each; of a merged one, who it is
    now."""
    now = aliased(Registrant)
    asked = (
        select(Registrant.number, now.id, now.area_id)
        .join(now, now.id == func.coalesce(Registrant.merged_into_id, Registrant.id))
        .where(Registrant.number == any_(literal(list(numbers), ARRAY(Text))))
        .where(now.kind == kind)
        .where(people_within_reach(actor, now.id, now.area_id))
    )
    return {number: (id_, area_id) for number, id_, area_id in session.execute(asked)}
