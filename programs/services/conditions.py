"""Conditions: saying what a program asks of its members beside its rule."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from programs.models.conditions import Condition, ConditionKind
from programs.permissions import May
from programs.queries.programs import locked_program
from programs.queries.targets import WHOM


def set_condition(
    session: Session, program_id: int, kind: ConditionKind, rule: str, *, actor: Actor
) -> None:
    """Say what a program asks of its members for this; an empty rule asks nothing.

    Raises:
        Forbidden, NotFound; Invalid: the rule cannot be read, or asks what the actor may not.
    """
    actor.require(May.WRITE_PROGRAMS)
    program = locked_program(session, program_id, actor=actor)
    written = rule.strip()
    WHOM[program.target].matching(session, written, today(), actor=actor)
    kept = {"rule": written, "made_by": actor.id}
    with audit.act(session, actor, "conditions.set", program) as figures:
        figures.update(condition=kind, rule=written)
        if not written:
            session.execute(delete(Condition).filter_by(program_id=program.id, kind=kind))
            return
        new = insert(Condition).values(program_id=program.id, kind=kind, **kept)
        session.execute(new.on_conflict_do_update(index_elements=["program_id", "kind"], set_=kept))
