"""What is done to one record at a time, each a part of an act of somebody else's.

Values come as text, as people and files write them; what cannot be one is refused.
"""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Invalid
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import (
    Group,
    Identifier,
    IdentifierState,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
)
from registry.parsing.abilities import ANSWERS, LEVELS
from registry.queries.vocabularies import codes
from registry.services import contacts
from registry.services.membership_rules import HEAD
from registry.services.names import name_them
from registry.services.people import (
    LONGEST,
    MOST,
    SHOWN,
    AnswerImpossible,
    BornInFuture,
    FieldUnknown,
    WordUnknown,
)

NAMES = ("name", "name_local")
OF_ALL = ("language", "settlement", "address")
OF_GROUPS = ("kind", "stated_size", "is_partial")
OF_PEOPLE = (
    *("family_name", "given_name", "other_names", "sex", "birth_date", "civil_status"),
    *("education", "occupation", "has_disability", *ANSWERS),
)
WORDS = {"kind": "group_kind", "sex": "sex", "civil_status": "civil_status"}
FLAGS = {"yes": True, "no": False}
NEVER_EMPTY = {"kind", "is_partial"}


class NameEmpty(Invalid):
    """Nobody is kept without a name; write the one they go by."""


def set_field(session: Session, registrant: Registrant, field: str, text: str | None) -> None:
    """Say something else of a registrant; None says nothing of it any more.

    Raises:
        FieldUnknown, AnswerImpossible, WordUnknown, BornInFuture, NameEmpty
    """
    if field in NAMES:
        _rename(session, registrant, field, text)
    elif field in OF_ALL:
        setattr(registrant, field, _line(field, text))
    elif field in OF_GROUPS and registrant.kind is RegistrantKind.GROUP:
        setattr(session.get_one(Group, registrant.id), field, _value(session, field, text))
    elif field in OF_PEOPLE and registrant.kind is RegistrantKind.INDIVIDUAL:
        person = session.get_one(Individual, registrant.id)
        setattr(person, field, _value(session, field, text))
        if field == "birth_date":
            person.birth_date_exact = text is None or not _is_year(text)
    else:
        raise FieldUnknown(field=field)
    session.flush()


def set_contact(session: Session, registrant: Registrant, kind: str, text: str | None) -> None:
    """Say by which number or address of a kind a registrant is reached first; None is by none.

    Raises:
        PhoneImpossible, EmailImpossible
    """
    of_kind = ContactKind(kind)
    own = select(Contact).where(Contact.registrant_id == registrant.id, Contact.kind == of_kind)
    known = session.scalars(own).all()
    for each in known:
        if each.is_main:
            session.delete(each)
    session.flush()
    if text is None:
        return
    made = contacts.phone(text) if of_kind is ContactKind.PHONE else contacts.email(text)
    same = next((each for each in known if not each.is_main and each.value == made.value), made)
    same.is_main, same.registrant_id = True, registrant.id
    same.area_id, same.made_by = registrant.area_id, registrant.made_by
    session.add(same)
    session.flush()


def set_identifier(
    session: Session, registrant: Registrant, kind: str, before: str | None, after: str | None
) -> None:
    """Take back an identifier of a kind, where there is one, and write another down.

    Raises:
        WordUnknown, AnswerImpossible
    """
    if kind not in codes(session).get("id_type", {kind}):
        raise WordUnknown(word=kind, list="id_type")
    own = select(Identifier).where(
        Identifier.registrant_id == registrant.id,
        Identifier.type == kind,
        Identifier.state == IdentifierState.VALID,
    )
    for each in session.scalars(own):
        if each.value == before:
            each.state = IdentifierState.REVOKED
    session.flush()
    number = _line("id_number", after)
    if number is not None:
        told = {"area_id": registrant.area_id, "made_by": registrant.made_by}
        session.add(Identifier(registrant_id=registrant.id, type=kind, value=number, **told))
        session.flush()


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
    known = _word(session, "kind", kind)
    made = _new(session, RegistrantKind.GROUP, name, beside, made_by)
    told = {"area_id": made.area_id, "made_by": made.made_by}
    session.add(Group(registrant_id=made.id, kind=known, **told))
    session.flush()
    return made


def _new(
    session: Session, kind: RegistrantKind, name: str, beside: Registrant, made_by: int
) -> Registrant:
    made = Registrant(
        kind=kind,
        name=_name(name),
        location_id=beside.location_id,
        area_id=beside.area_id,
        made_by=made_by,
        registered_on=today(),
    )
    session.add(made)
    session.flush()
    return made


def _rename(session: Session, registrant: Registrant, field: str, text: str | None) -> None:
    """Call somebody by another name, and the groups they are head of."""
    name = _name(text) if field == "name" else registrant.name
    local = _line(field, text) if field == "name_local" else registrant.name_local
    leads = select(Registrant).join(Membership, Membership.group_id == Registrant.id)
    heads = (Membership.member_id == registrant.id, Membership.kind == HEAD)
    led = session.scalars(leads.where(*heads, Membership.ended_on.is_(None))).all()
    for each in (registrant, *led):
        name_them(each, name, local)


def _name(text: str | None) -> str:
    line = _line("name", " ".join((text or "").split()))
    if line is None:
        raise NameEmpty
    return line


def _value(session: Session, field: str, text: str | None) -> Any:
    """A value of a field of groups or people."""
    if text is None:
        if field in NEVER_EMPTY:
            raise AnswerImpossible(value="", field=field)
        return None
    if field in WORDS:
        return _word(session, field, text)
    if field == "birth_date":
        return _born(text)
    if field in ("is_partial", "has_disability"):
        return _one_of(field, text, FLAGS)
    if field in ANSWERS:
        return _one_of(field, text, {str(level): level for level in LEVELS})
    return _size(text) if field == "stated_size" else _line(field, text)


def _line(field: str, text: str | None) -> str | None:
    if text is not None and (len(text) > LONGEST or "\0" in text):
        raise AnswerImpossible(value=text[:SHOWN], field=field)
    return text or None


def _word(session: Session, field: str, code: str) -> str:
    if code not in codes(session).get(WORDS[field], {code}):
        raise WordUnknown(word=code[:SHOWN], list=WORDS[field])
    return code


def _one_of(field: str, text: str, values: dict[str, Any]) -> Any:
    if text not in values:
        raise AnswerImpossible(value=text[:SHOWN], field=field)
    return values[text]


def _size(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text[:SHOWN]) <= MOST):
        raise AnswerImpossible(value=text[:SHOWN], field="stated_size")
    return int(text)


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == 4


def _born(text: str) -> date:
    """A birth date; of a year alone its 1 July."""
    try:
        day = date(int(text), 7, 1) if _is_year(text) else date.fromisoformat(text)
    except ValueError as broken:
        raise AnswerImpossible(value=text[:SHOWN], field="birth_date") from broken
    if day > today():
        raise BornInFuture(name=text)
    return day
