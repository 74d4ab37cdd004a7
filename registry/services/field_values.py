"""Writing what own fields say of registrants, as part of the act that is being done."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Invalid
from core.words import _
from registry.models.fields import Scope
from registry.models.registrants import Registrant, RegistrantKind
from registry.parsing.values import Takes, Value, ValueMissing, read_value
from registry.permissions import May
from registry.queries.field_rules import broken_rules
from registry.queries.fields import Fields, fields_table, known_fields, takings
from registry.queries.registrants import registrant_by_number

Values = Mapping[str, Value | None]


class NotFilledIn(Invalid):
    """There is no field "{field}" that is filled in; look at its code."""


class RuleBroken(Invalid):
    """{field}: {refusal}"""


def values_said(taken: Mapping[str, Takes], said: Mapping[str, Any]) -> dict[str, Value | None]:
    """What somebody said of fields, read; a field that is required has to be among it.

    Raises:
        ValueMisfit, ValueMissing
    """
    asked = {code: takes for code, takes in taken.items() if takes.required or code in said}
    return {code: read_value(takes, said.get(code)) for code, takes in asked.items()}


def write_values(
    session: Session, scope: Scope, fields: Fields, said: Mapping[int, Values]
) -> None:
    """Write values of registrants by their keys; what is not named of one stays as it was.

    One statement for those of whom the same fields are said.
    """
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for registrant_id, values in said.items():
        row = {"registrant_id": registrant_id, **{f"c_{code}": v for code, v in values.items()}}
        alike.setdefault(tuple(sorted(values)), []).append(row)
    for codes, rows in alike.items():
        if not codes:
            continue
        held = fields_table(scope, {code: fields[code] for code in codes})
        wanted = insert(held).values(rows)
        anew = {f"c_{code}": wanted.excluded[f"c_{code}"] for code in codes}
        session.execute(wanted.on_conflict_do_update(index_elements=["registrant_id"], set_=anew))


def refuse_broken(
    session: Session, scope: Scope, fields: Fields, registrant_ids: Collection[int]
) -> None:
    """Refuse what breaks a rule of the fields, once it is written.

    Raises:
        ValueMissing, RuleBroken
    """
    for broken in broken_rules(session, scope, fields, registrant_ids)[:1]:
        if broken.is_missing:
            raise ValueMissing(field=broken.field.label)
        agreed = _("what is filled in does not fit the rest; look at it again")
        raise RuleBroken(field=broken.field.label, refusal=broken.field.refusal or agreed)


def fill_in(session: Session, number: str, said: Mapping[str, Any], *, actor: Actor) -> Registrant:
    """Fill in own fields of a household or a person; an empty answer takes away what stood there,
    and what is not named stays.

    Raises:
        Forbidden, RegistrantUnknown, NotFilledIn, ValueMisfit, ValueRefused, ValueMissing,
        RuleBroken
    """
    actor.require(May.WRITE_REGISTRANTS)
    registrant = registrant_by_number(session, number, actor=actor)
    group = registrant.kind is RegistrantKind.GROUP
    scope = Scope.GROUP if group else Scope.INDIVIDUAL
    fields = known_fields(session, scope)
    for code in said:
        if code not in fields or fields[code].computed:
            raise NotFilledIn(field=code)
    held = _with_kept(session, registrant, scope, fields)
    taken = {code: each for code, each in held.items() if code in said}
    values = values_said(taken, said)
    with audit.act(session, actor, "registrants.fill_in", registrant) as figures:
        write_values(session, scope, fields, {registrant.id: values})
        refuse_broken(session, scope, fields, [registrant.id])
        figures.update(fields=len(values))
    return registrant


def _with_kept(
    session: Session, registrant: Registrant, scope: Scope, fields: Fields
) -> dict[str, Takes]:
    """What each field takes; of one with a word list also what stands there, retired meanwhile."""
    taken = takings(session, fields)
    listed = {code: fields[code] for code, takes in taken.items() if takes.words is not None}
    if not listed:
        return taken
    held = fields_table(scope, listed)
    kept = session.execute(select(held).where(held.c.registrant_id == registrant.id)).mappings()
    for code, value in (kept.first() or {}).items():
        if value and code.startswith("c_"):
            own = value if isinstance(value, list) else [value]
            takes = taken[code.removeprefix("c_")]
            taken[code.removeprefix("c_")] = replace(takes, words={*(takes.words or ()), *own})
    return taken
