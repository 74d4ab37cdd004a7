"""Double cover: those whom two programs that share a purpose would serve at the same time."""

from sqlalchemy import BigInteger, column, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Conflict
from core.words import _
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.queries.approvals import served_meanwhile
from programs.queries.reach import sees


class ServedElsewhere(Conflict):
    """Some of this cycle, {count} of them, are in a cycle of another program of the same
    purpose that waits for signatures or was approved; enrol again, which leaves them out."""


class AlsoDrafted(Conflict):
    """Some of this cycle, {count} of them, are in a draft of another program of the same
    purpose, too ({programs}); settle who serves them, or say on the cycle why both may."""


def drafted_elsewhere(session: Session, cycle: Cycle) -> dict[int, int]:
    """By the key of another program of the same purpose: how many households enrolled in a cycle a
    draft of it has, too. It is answered whoever asks, and names nobody."""
    told = func.drafted_elsewhere(cycle.id).table_valued(
        column("program_id", BigInteger), column("households", BigInteger)
    )
    return {row.program_id: row.households for row in session.execute(select(told))}


def programs_said(session: Session, drafts: dict[int, int], *, actor: Actor) -> str:
    """The programs of drafts by name, those of another as such."""
    named = [
        session.get_one(Program, key).name if sees(actor, key) else _("a program of another")
        for key in sorted(drafts)
    ]
    return _(", ").join(dict.fromkeys(named))


def refuse_double_cover(session: Session, cycle: Cycle, *, actor: Actor) -> None:
    """Refuse a cycle whose households are served twice: for good, where the other cycle is locked;
    until somebody said why, where it is a draft.

    Raises:
        ServedElsewhere, AlsoDrafted
    """
    if count := served_meanwhile(session, cycle):
        raise ServedElsewhere(count=count)
    drafts = drafted_elsewhere(session, cycle)
    if drafts and not cycle.overlap_reason:
        programs = programs_said(session, drafts, actor=actor)
        raise AlsoDrafted(count=max(drafts.values()), programs=programs)
