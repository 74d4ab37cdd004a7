"""How registrants are reached: their telephone numbers and addresses."""

from collections.abc import Mapping
from typing import Any

from core.errors import Invalid
from core.settings import settings
from registry.models.contacts import Contact, ContactKind
from registry.parsing.phones import dialled


class EmailImpossible(Invalid):
    """{typed} is no e-mail address; it has a name, an @ and a domain, such as amina@example.org."""


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
    number = dialled(typed, settings().phone_region)
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
