"""How registrants are reached: their telephone numbers and addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import country
from core.errors import Conflict, Invalid
from registry.models.contacts import Contact, ContactKind
from registry.parsing.phones import dialled
from registry.permissions import May
from registry.queries.consents import MESSAGES, declines
from registry.queries.contacts import contacts_of
from registry.services.records import record_of

LONGEST = 300


class EmailImpossible(Invalid):
    """{typed} is no e-mail address; it has a name, an @ and a domain, such as amina@example.org."""


class ContactImpossible(Invalid):
    """Write this way to reach them in at most 300 signs."""


class MessagesDeclined(Conflict):
    """They do not agree to be written to; ask them first, and write down what they say."""


@dataclass(frozen=True)
class Said:
    """One way to reach somebody, as it was written."""

    kind: ContactKind
    value: str
    is_main: bool = False
    messages: bool = False


def contacts_said(
    registrant_id: int, said: Mapping[str, Any], told: Mapping[str, Any]
) -> list[Contact]:
    """The contacts a form says of somebody, each the main one of its kind.

    Raises:
        PhoneImpossible, EmailImpossible
    """
    found = []
    if typed := str(said.get("phone") or "").strip():
        found.append(phone(typed, is_main=True))
    if typed := str(said.get("email") or "").strip():
        found.append(email(typed, is_main=True))
    for each in found:
        each.registrant_id = registrant_id
        each.area_id, each.made_by = told["area_id"], told["made_by"]
    return found


def phone(typed: str, **said: Any) -> Contact:
    """A telephone number as it is kept.

    Raises:
        PhoneImpossible
    """
    number = dialled(typed, country().phone_region or "")
    return Contact(kind=ContactKind.PHONE, value=number.value, region=number.region, **said)


def email(typed: str, **said: Any) -> Contact:
    """An e-mail address as it is kept.

    Raises:
        EmailImpossible
    """
    name, at, domain = typed.strip().rpartition("@")
    if not (name and at and "." in domain.strip(".")) or any(c.isspace() for c in typed.strip()):
        raise EmailImpossible(typed=typed)
    return Contact(kind=ContactKind.EMAIL, value=typed.strip(), **said)


def set_contacts(
    session: Session, number: str, said: Sequence[Said], *, actor: Actor
) -> Sequence[Contact]:
    """Say by which numbers and addresses somebody is reached, instead of all that was said before.

    The first of a kind is the main one where none is called so. What stays the same stays.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, PhoneImpossible, EmailImpossible,
        ContactImpossible, MessagesDeclined; Conflict: one of them is there twice.
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = record_of(session, number, actor=actor)
    made = [_contact(each) for each in said if each.value.strip()]
    _choose_main(made, [each for each in said if each.value.strip()])
    if any(each.messages for each in made) and declines(session, found.id, MESSAGES):
        raise MessagesDeclined
    held = {(each.kind, each.value): each for each in contacts_of(session, found.id)}
    kept = {key for key in held if key in {(each.kind, each.value) for each in made}}
    with audit.act(session, actor, "contacts.set", found) as figures:
        for key, each in held.items():
            each.is_main = False
            if key not in kept:
                session.delete(each)
        session.flush()
        for each in made:
            stays = held.get((each.kind, each.value))
            if stays is not None:
                stays.is_main, stays.messages = each.is_main, each.messages
                continue
            each.registrant_id, each.area_id, each.made_by = found.id, found.area_id, found.made_by
            session.add(each)
        session.flush()
        figures.update(number=found.number, contacts=len(made))
    return contacts_of(session, found.id)


def _contact(said: Said) -> Contact:
    if said.kind is ContactKind.PHONE:
        return phone(said.value, messages=said.messages)
    if said.kind is ContactKind.EMAIL:
        return email(said.value, messages=said.messages)
    value = " ".join(said.value.split())
    if len(value) > LONGEST:
        raise ContactImpossible
    return Contact(kind=ContactKind.OTHER, value=value, messages=said.messages)


def _choose_main(made: Sequence[Contact], said: Sequence[Said]) -> None:
    """One of each kind is the main one: the first that is called so, else the first."""
    for kind in ContactKind:
        of_kind = [(c, s) for c, s in zip(made, said, strict=True) if c.kind is kind]
        called = next((c for c, s in of_kind if s.is_main), of_kind[0][0] if of_kind else None)
        for contact, _said in of_kind:
            contact.is_main = contact is called
