"""What people write from outside: taken down as it is, with a number and a code to ask by.

Nobody learns from it whether somebody is registered: it names no record until a registrar takes it
up.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.codes import new_code
from core.errors import Invalid
from geo.queries.areas import area_by_pcode
from registry.models.changes import ChangeRequest, ChangeState, Via
from registry.permissions import May

LONGEST = 1000
LONGEST_CONTACT = 200


class NothingWritten(Invalid):
    """Write in your own words what is to be changed."""


class TooMuchWritten(Invalid):
    """Write it in fewer words: 1,000 characters at the most, 200 for how you can be reached."""


@dataclass(frozen=True)
class Outside:
    """What somebody wrote: what is to change, how they are reached, the area they name."""

    text: str
    contact: str = ""
    pcode: str = ""


@dataclass(frozen=True)
class Received:
    """The number and the code its state is asked by; the code is told once and never kept."""

    number: str
    code: str


def receive_request(session: Session, outside: Outside, *, actor: Actor) -> Received:
    """Take down what somebody wrote from outside.

    Raises:
        Forbidden, NothingWritten, TooMuchWritten, PcodeUnknown
    """
    actor.require(May.ASK_CHANGES)
    text, contact = outside.text.strip(), outside.contact.strip()
    if not text:
        raise NothingWritten
    if len(text) > LONGEST or len(contact) > LONGEST_CONTACT or "\0" in text + contact:
        raise TooMuchWritten
    area = area_by_pcode(session, outside.pcode) if outside.pcode else None
    code = new_code()
    request = ChangeRequest(
        kind="",
        state=ChangeState.DRAFT,
        via=Via.PUBLIC,
        why=text,
        contact=contact or None,
        code_digest=hashlib.sha256(code.encode()).digest(),
        area_id=area.id if area else None,
        made_by=actor.id,
    )
    with audit.act(session, actor, "changes.receive", request) as figures:
        session.add(request)
        session.flush()
        figures.update(number=request.number)
    return Received(request.number, code)
