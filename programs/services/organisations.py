"""Organisations: who runs programs."""

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Invalid
from programs.models.organisations import Organisation
from programs.permissions import May

KINDS = ("government", "agency", "ngo")


class OrganisationIncomplete(Invalid):
    """An organisation needs a name, and its kind is government, agency or ngo; fill in both."""


def create_organisation(session: Session, name: str, kind: str, *, actor: Actor) -> Organisation:
    """Add an organisation.

    Raises:
        Forbidden, OrganisationIncomplete; Conflict where the name is taken.
    """
    actor.require(May.WRITE_ORGANISATIONS)
    if not name.strip() or kind not in KINDS:
        raise OrganisationIncomplete
    organisation = Organisation(name=name.strip(), kind=kind)
    with audit.act(session, actor, "organisations.create", organisation) as figures:
        session.add(organisation)
        figures.update(name=organisation.name, kind=kind)
    return organisation
