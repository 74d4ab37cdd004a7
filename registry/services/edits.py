"""What a change does to one record at a time: its lines are text, and the acts there are do them.

Each is a part of the act of applying the change.
"""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from registry.models.contacts import ContactKind
from registry.models.registrants import Group, Individual, Registrant, RegistrantKind
from registry.parsing.abilities import ANSWERS, LEVELS
from registry.permissions import May
from registry.queries.changes import identifiers_of
from registry.queries.contacts import contacts_of
from registry.queries.vocabularies import codes
from registry.services import identifiers
from registry.services.contacts import Said, set_contacts
from registry.services.editing import edit
from registry.services.people import SHOWN, AnswerImpossible, refuse_value, refuse_word

FLAGS = {"yes": True, "no": False}
LEVEL = {str(level): level for level in LEVELS}
CHOICES: dict[str, dict[str, Any]] = {
    "is_partial": FLAGS,
    "has_disability": FLAGS,
    **dict.fromkeys(ANSWERS, LEVEL),
}
NEVER_EMPTY = {"kind", "is_partial"}


def set_field(
    session: Session, registrant: Registrant, field: str, text: str | None, *, actor: Actor
) -> None:
    """Say something else of a registrant; None says nothing of it any more.

    Raises:
        Forbidden, AnswerImpossible, and what `editing.edit` refuses.
    """
    actor.require(May.WRITE_REGISTRANTS)
    if text is None and field in NEVER_EMPTY:
        raise AnswerImpossible(value="", field=field)
    if field == "kind":
        _turn_into(session, registrant, str(text))
    else:
        edit(session, registrant.number, _typed(field, text), actor=actor)


def set_contact(
    session: Session, registrant: Registrant, kind: str, text: str | None, *, actor: Actor
) -> None:
    """Say by which number or address of a kind a registrant is reached first; None is by none.

    Raises:
        Forbidden, PhoneImpossible, EmailImpossible
    """
    actor.require(May.WRITE_REGISTRANTS)
    of_kind = ContactKind(kind)
    others = [
        Said(each.kind, each.value, each.is_main and each.kind is not of_kind, each.messages)
        for each in contacts_of(session, registrant.id)
        if not (each.kind is of_kind and each.is_main)
    ]
    first = [Said(of_kind, text, is_main=True)] if text else []
    same = {each.value for each in first}
    told = [*first, *(each for each in others if each.value not in same)]
    set_contacts(session, registrant.number, told, actor=actor)


def set_identifier(
    session: Session,
    registrant: Registrant,
    kind: str,
    before: str | None,
    after: str | None,
    *,
    actor: Actor,
) -> None:
    """Take back an identifier of a kind, where there is one, and write another down.

    Raises:
        Forbidden, and what `identifiers.add` refuses.
    """
    actor.require(May.WRITE_REGISTRANTS)
    for each in identifiers_of(session, registrant.id):
        if (each.type, each.value) == (kind, before):
            identifiers.revoke(session, registrant.number, each.id, actor=actor)
    if after:
        written = identifiers.Written(kind, after)
        identifiers.add(session, registrant.number, written, actor=actor)


def new_person(session: Session, name: str, beside: Registrant, made_by: int) -> Registrant:
    """Somebody nobody knew yet, who stands where another registrant stands."""
    made = _new(session, RegistrantKind.INDIVIDUAL, name, beside, made_by)
    session.add(Individual(registrant_id=made.id, area_id=made.area_id, made_by=made.made_by))
    session.flush()
    return made


def new_group(
    session: Session, kind: str, name: str, beside: Registrant, made_by: int
) -> Registrant:
    """A group without members yet, which stands where another registrant stands.

    Raises:
        WordUnknown
    """
    refuse_word(codes(session), "group_kind", kind)
    made = _new(session, RegistrantKind.GROUP, name, beside, made_by)
    told = {"area_id": made.area_id, "made_by": made.made_by}
    session.add(Group(registrant_id=made.id, kind=kind, **told))
    session.flush()
    return made


def _new(
    session: Session, kind: RegistrantKind, name: str, beside: Registrant, made_by: int
) -> Registrant:
    refuse_value("name", name)
    made = Registrant(
        kind=kind,
        name=" ".join(name.split()),
        location_id=beside.location_id,
        area_id=beside.area_id,
        made_by=made_by,
        registered_on=today(),
    )
    session.add(made)
    session.flush()
    return made


def _turn_into(session: Session, registrant: Registrant, kind: str) -> None:
    """Let a group be of another kind."""
    refuse_word(codes(session), "group_kind", kind)
    session.get_one(Group, registrant.id).kind = kind
    session.flush()


def _typed(field: str, text: str | None) -> dict[str, Any]:
    """A field as the act that edits takes it; of a birth date also whether it is exact."""
    if field == "birth_date":
        return {field: _born(text), "birth_date_exact": not (text and _is_year(text))}
    if text is None:
        return {field: None}
    if field in CHOICES:
        if text not in CHOICES[field]:
            raise AnswerImpossible(value=text[:SHOWN], field=field)
        return {field: CHOICES[field][text]}
    if field == "stated_size":
        if not text.isdecimal():
            raise AnswerImpossible(value=text[:SHOWN], field=field)
        return {field: int(text)}
    return {field: text}


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == 4


def _born(text: str | None) -> date | None:
    """A birth date; of a year alone its 1 July."""
    if text is None:
        return None
    try:
        return date(int(text), 7, 1) if _is_year(text) else date.fromisoformat(text)
    except ValueError as broken:
        raise AnswerImpossible(value=text[:SHOWN], field="birth_date") from broken
