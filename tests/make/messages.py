"""People who can be written to, and were."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.cycles import Cycle
from programs.models.messages import MessageRun, Occasion
from programs.services.messages import Telling, hand_as_file, queue, write_text
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Registrant
from tests.make.programs import DARA


def make_phone(session: Session, whose: Registrant, number: str = "+254 700 000 001") -> Contact:
    """A telephone of theirs."""
    phone = Contact(registrant_id=whose.id, kind=ContactKind.PHONE, value=number)
    session.add(phone)
    session.flush()
    return phone


def make_told(
    session: Session, cycle: Cycle, *homes: Registrant, text: str = "{name}"
) -> MessageRun:
    """Households that were told by a file that they are enrolled."""
    for number, home in enumerate(homes):
        make_phone(session, home, f"+254 711 000 {number:03}")
    write_text(session, cycle.id, Occasion.ENROLLED, "en", text, actor=DARA)
    queue(session, cycle.id, Telling(Occasion.ENROLLED), actor=DARA)
    run = session.scalars(select(MessageRun).order_by(MessageRun.id.desc()).limit(1)).one()
    hand_as_file(session, run.id, actor=DARA)
    return run
