"""A new person in a household that is registered already."""

from datetime import date

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from registry.models.fields import Scope
from registry.models.registrants import Registrant, RegistrantKind
from registry.permissions import May
from registry.queries.fields import own_fields, takings
from registry.queries.vocabularies import codes
from registry.services.field_values import refuse_broken, values_said, write_values
from registry.services.identifier_types import refuse_misfits
from registry.services.memberships import Joining, NotAGroup, join
from registry.services.people import (
    BELONGING,
    Person,
    full_name,
    identifiers_said,
    refuse_person,
    said_alone,
)
from registry.services.records import record_of


def add_person(
    session: Session, number: str, person: Person, on: date | None = None, *, actor: Actor
) -> Registrant:
    """Register a person, where the household stands, and let them join it on a day (None: today).

    Raises:
        Forbidden, RegistrantUnknown, NotAGroup; what `people.register` says of a person, and
        `memberships.join` of who joins.
    """
    actor.require(May.WRITE_REGISTRANTS)
    group = record_of(session, number, actor=actor)
    if group.kind is not RegistrantKind.GROUP:
        raise NotAGroup(number=group.number)
    own = own_fields(session)
    refuse_person(person, 1, codes(session), own)
    refuse_misfits(session, identifiers_said(person), RegistrantKind.INDIVIDUAL)
    theirs = values_said(takings(session, own.individuals), person.more)
    made = Registrant(
        kind=RegistrantKind.INDIVIDUAL,
        name=full_name(person),
        name_local=person.more.get("name_local") or None,
        language=person.more.get("language") or None,
        location_id=group.location_id,
        area_id=group.area_id,
        made_by=actor.id,
        registered_on=today(),
    )
    with audit.act(session, actor, "registrants.add", made) as figures:
        session.add(made)
        session.flush()
        session.add_all(said_alone(person, made))
        session.flush()
        write_values(session, Scope.INDIVIDUAL, own.individuals, {made.id: theirs})
        refuse_broken(session, Scope.INDIVIDUAL, own.individuals, [made.id])
        belongs = join(
            session, group.number, made.number, Joining(person.relation, on), actor=actor
        )
        for name in BELONGING:
            if person.more.get(name):
                setattr(belongs, name, person.more[name])
        session.flush()
        figures.update(number=made.number, relation=person.relation)
    return made
