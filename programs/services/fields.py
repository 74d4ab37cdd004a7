"""Retiring a field that nothing uses, no program either."""

from sqlalchemy.orm import Session

from core.actor import Actor
from programs.queries.field_uses import programs_using
from registry.models.fields import FieldState, OwnField, Scope
from registry.permissions import May
from registry.queries.field_uses import uses_said
from registry.services import fields
from registry.services.fields import FieldNeeded


def turn_field(
    session: Session, scope: Scope, code: str, state: FieldState, *, actor: Actor
) -> OwnField:
    """Retire a field, whose values stay, or take it into use again.

    Raises:
        Forbidden, FieldMissing
        FieldNeeded: an indicator, a rule, a score, a filter, a list or a program uses it.
    """
    actor.require(May.WRITE_FIELDS)
    if state is FieldState.RETIRED and (using := programs_using(session, code)):
        raise FieldNeeded(using=uses_said(using))
    return fields.turn_field(session, scope, code, state, actor=actor)
