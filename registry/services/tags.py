"""Words that mark registrants."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.db import changed
from registry.models.tags import RegistrantTag
from registry.permissions import May
from registry.queries.vocabularies import codes
from registry.services.people import refuse_word
from registry.services.records import record_of


def set_tags(
    session: Session, number: str, tags: Collection[str], *, actor: Actor
) -> frozenset[str]:
    """Mark a registrant with these words of the list and no others.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, WordUnknown
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = record_of(session, number, actor=actor)
    wanted = frozenset(tags)
    held = frozenset(
        session.scalars(select(RegistrantTag.tag).where(RegistrantTag.registrant_id == found.id))
    )
    words = codes(session)
    for tag in wanted - held:
        refuse_word(words, "tag", tag)
    with audit.act(session, actor, "tags.set", found) as figures:
        gone = delete(RegistrantTag).where(RegistrantTag.registrant_id == found.id)
        changed(session, gone.where(RegistrantTag.tag.in_(held - wanted)))
        told = {"area_id": found.area_id, "made_by": found.made_by}
        session.add_all(
            RegistrantTag(registrant_id=found.id, tag=tag, **told) for tag in wanted - held
        )
        session.flush()
        figures.update(number=found.number, tags=", ".join(sorted(wanted)))
    return wanted
