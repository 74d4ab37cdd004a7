"""How registrants are reached."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from registry.models.contacts import Contact, ContactKind


def main_phone() -> ColumnElement[bool]:
    """Whether a contact is the telephone number of whoever it belongs to."""
    return and_(Contact.kind == ContactKind.PHONE, Contact.is_main)


def contacts_of(session: Session, registrant_id: int) -> Sequence[Contact]:
    """The contacts of a registrant, the main ones first; whoever may see it may see them."""
    own = select(Contact).where(Contact.registrant_id == registrant_id)
    return session.scalars(own.order_by(Contact.kind, Contact.is_main.desc(), Contact.id)).all()
