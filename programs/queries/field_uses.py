"""What uses a field, programs among it."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.words import _
from programs.models.programs import Program, ProgramState
from programs.queries.gifts import gifts_of
from programs.queries.targeting import rules_of
from registry.models.fields import Scope
from registry.permissions import May
from registry.queries.field_uses import Use, names_in, uses_of


def all_uses_of(session: Session, scope: Scope, code: str, *, actor: Actor) -> list[Use]:
    """All that uses a field: what in the registry does, and programs that are not over.

    Raises:
        Forbidden
    """
    actor.require(May.WRITE_FIELDS)
    return [*uses_of(session, scope, code), *programs_using(session, code)]


def programs_using(session: Session, code: str) -> list[Use]:
    """Programs that are not over whose rules, or what they give, name a field."""
    asked = select(Program).where(Program.state != ProgramState.ENDED, Program.archived.is_(False))
    return [
        Use("program", each.number, _("the program {name}", name=each.name))
        for each in session.scalars(asked.order_by(Program.id))
        if any(code in names_in(part) for part in (*_ruled(session, each), *_given(session, each)))
    ]


def _ruled(session: Session, program: Program) -> Iterator[str]:
    """All that is written of whom a program is for."""
    said = rules_of(session, program)
    yield from filter(None, (said.eligibility, said.exclusion))


def _given(session: Session, program: Program) -> Iterator[str]:
    """All that is written of what a program gives."""
    for gift in gifts_of(session, program.id).values():
        for item in gift.items:
            yield from (item.condition, item.expression, item.times or "")
