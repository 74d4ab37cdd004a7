"""What own fields say of a registrant: what was filled in, and what is reckoned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from registry.models.fields import Scope
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.fields import Fields, Known, Own, fields_table, own_fields, written
from registry.queries.reckoning import reckoning
from registry.queries.vocabularies import labels


@dataclass(frozen=True)
class Answered:
    """A field with what it says of somebody: written for people, and as it is."""

    field: Known
    said: str
    value: Any


def answers(session: Session, registrant_id: int, scope: Scope, *, actor: Actor) -> list[Answered]:
    """What own fields say of a registrant the actor was shown, in the order of forms.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    own = own_fields(session)
    seen = {
        code: each
        for code, each in own.of(scope).items()
        if each.needs is None or actor.may(each.needs)
    }
    if not seen:
        return []
    values = {
        **_kept(session, registrant_id, scope, seen),
        **_reckoned(session, registrant_id, scope, seen, own),
    }
    words = labels(session)
    found = [(each, values.get(code)) for code, each in seen.items()]
    return [Answered(each, written(each, value, words), value) for each, value in found]


def _kept(session: Session, registrant_id: int, scope: Scope, fields: Fields) -> dict[str, Any]:
    held = fields_table(scope, fields)
    row = session.execute(select(held).where(held.c.registrant_id == registrant_id)).mappings()
    values: Mapping[Any, Any] = row.first() or {}
    return {code: values.get(f"c_{code}") for code, each in fields.items() if not each.computed}


def _reckoned(
    session: Session, registrant_id: int, scope: Scope, fields: Fields, own: Own
) -> dict[str, Any]:
    asked = {code: each.computed for code, each in fields.items() if each.computed}
    if not asked:
        return {}
    one = select(Registrant.id).where(Registrant.id == registrant_id)
    row = session.execute(reckoning(scope, list(asked.values()), today(), own, one)).first()
    return dict(zip(asked, row[1:], strict=True)) if row else {}
