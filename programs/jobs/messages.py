"""Messages handed to a gateway: written down as `sending` first, so that none goes out twice."""

from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import transaction
from core.errors import Invalid
from core.jobs import Progress, work
from core.settings import settings
from programs.messaging.gateway import Gateway, Handed
from programs.models.messages import MessageState
from programs.permissions import May
from programs.services.messages import claim, letters, mark

BECOMES = {Handed.SENT: MessageState.SENT, Handed.FAILED: MessageState.FAILED}


class NoGateway(Invalid):
    """No gateway for messages is configured; take them along as a file instead."""


@work
def hand_messages(
    _session: Session, *, actor: Actor, progress: Progress, run_id: int
) -> dict[str, Any]:
    """Hand messages to the gateway.

    Some at a time are claimed and committed as `sending` before the first of them goes out. What
    has no clear answer stays so: it is in doubt, and nobody but a person sends it again.
    """
    actor.require(May.SEND_MESSAGES)
    if not settings().message_gateway:
        raise NoGateway
    gateway = Gateway(settings().message_gateway, settings().message_gateway_key)
    handed = 0
    while True:
        with transaction(actor) as before:
            ids = claim(before, run_id, actor=actor)
        if not ids:
            return {"handed": handed}
        with transaction(actor) as reading:
            ready = letters(reading, run_id, ids, actor=actor)
        found = {each.id: gateway.hand(each.reference, each.phone, each.text) for each in ready}
        found |= {key: Handed.FAILED for key in ids if key not in found}
        with transaction(actor) as after:
            for answer, state in BECOMES.items():
                mark(after, [k for k, each in found.items() if each is answer], state, actor=actor)
        handed += len(ids)
        progress.report(handed, 0)
