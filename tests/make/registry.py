"""Small makers of believable registrants."""

import io
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.storage import keep_personal
from geo.models.locations import Location, LocationSource
from registry.models.consents import Consent
from registry.models.documents import Document
from registry.models.registrants import (
    Group,
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
)

_codes = count(1)


def make_household(session: Session, location: Location | None = None, **given: Any) -> Registrant:
    """A household without members, or with `group_kind` a group of another kind."""
    said = {name: given.pop(name) for name in ("stated_size", "is_partial") if name in given}
    group = given.pop("group_kind", "household")
    household = _registrant(
        session, RegistrantKind.GROUP, location, "Household of Amina Doro", given
    )
    session.add(Group(registrant_id=household.id, kind=group, **said))
    session.flush()
    return household


def make_person(
    session: Session,
    household: Registrant | None = None,
    sex: str | None = "female",
    birth_date: date | None = date(1990, 3, 14),
    relation: str = "child",
    **given: Any,
) -> Registrant:
    """An individual, a member of the household if one is given, who stands where it does."""
    detail = {name: given.pop(name) for name in ("has_disability", "wg_seeing") if name in given}
    if household is not None:
        stands = {"location_id": household.location_id, "area_id": household.area_id}
        given = {**stands, **given}
    person = _registrant(session, RegistrantKind.INDIVIDUAL, None, "Neema Doro", given)
    session.add(Individual(registrant_id=person.id, sex=sex, birth_date=birth_date, **detail))
    if household is not None:
        join(session, person, household, relation)
    session.flush()
    return person


def join(
    session: Session, person: Registrant, group: Registrant, relation: str = "child"
) -> Membership:
    """Make a person a current member of a group."""
    membership = Membership(group_id=group.id, member_id=person.id, kind=relation)
    session.add(membership)
    session.flush()
    return membership


def make_location(session: Session, lon: float, lat: float, **given: Any) -> Location:
    """A place measured by GPS, accurate to 5 m unless said otherwise."""
    said = {"source": LocationSource.GPS, "accuracy_m": 5.0, **given}
    location = Location(lon=lon, lat=lat, **said)
    session.add(location)
    session.flush()
    return location


def _registrant(
    session: Session,
    kind: RegistrantKind,
    location: Location | None,
    name: str,
    given: dict[str, Any],
) -> Registrant:
    said = {"name": name, "code": f"T-{next(_codes)}", **given}
    if location is not None:
        said |= {"location_id": location.id, "area_id": location.area_id}
    registrant = Registrant(kind=kind, **said)
    session.add(registrant)
    session.flush()
    return registrant


def make_identifier(session: Session, registrant: Registrant, value: str) -> Identifier:
    """A valid national ID."""
    identifier = Identifier(registrant_id=registrant.id, type="national_id", value=value)
    session.add(identifier)
    session.flush()
    return identifier


def registered(session: Session, code: str = "H1") -> Registrant:
    """The registrant of a code."""
    return session.scalars(select(Registrant).where(Registrant.code == code)).one()


def place_of(session: Session, code: str = "H1") -> Location | None:
    """Where the registrant of a code stands."""
    return session.get(Location, registered(session, code).location_id or 0)


def make_document(session: Session, registrant: Registrant) -> Document:
    """A paper of one page that says nothing."""
    kept = keep_personal(io.BytesIO(b"%PDF-1.4"))
    said = {"sha256": kept.sha256, "bytes": kept.size, "media": "application/pdf"}
    document = Document(registrant_id=registrant.id, kind="letter", name="a.pdf", **said)
    session.add(document)
    session.flush()
    return document


def make_consent(session: Session, registrant: Registrant, **given: Any) -> Consent:
    """They agree to receive help, since March."""
    said = {"purpose": "assistance", "given_on": date(2026, 3, 1), **given}
    consent = Consent(registrant_id=registrant.id, **said)
    session.add(consent)
    session.flush()
    return consent
