"""With whom a filter is shared, as the page offers it and a form says it."""

from sqlalchemy.orm import Session

from app.auth.roles import GIVES, Role, role_name
from core.actor import Actor
from core.errors import Invalid
from core.words import _
from geo.queries.areas import areas_to_choose
from registry.models.filters import Filter, Shared
from registry.permissions import May


class NobodyChosen(Invalid):
    """Choose with whom the filter is shared."""


def shared_asked(said: str) -> tuple[Shared, str | None]:
    """With whom, as one choice of the form says it: `everybody`, `role:viewer`, `area:X1`.

    Raises:
        NobodyChosen
    """
    kind, _colon, named = said.partition(":")
    if kind == Shared.ROLE and named in list(Role):
        return Shared.ROLE, named
    if kind == Shared.AREA and named:
        return Shared.AREA, named
    if kind in (Shared.ORGANISATION, Shared.EVERYBODY) and not named:
        return Shared(kind), None
    raise NobodyChosen


def sharing_choices(session: Session, actor: Actor) -> dict[str, dict[str, str]]:
    """With whom an actor may share, by group."""
    whole = {Shared.EVERYBODY.value: _("everybody")}
    if actor.organisation_id is not None:
        whole[Shared.ORGANISATION.value] = _("my organisation")
    asking = [role for role in Role if May.COUNT_REGISTRANTS in GIVES[role]]
    roles = {f"{Shared.ROLE}:{role}": role_name(role) for role in asking}
    areas = {
        f"{Shared.AREA}:{area.pcode}": f"{area.name}, {area.above}" if area.above else area.name
        for area in areas_to_choose(session, actor=actor)
    }
    return {_("All together"): whole, _("Who has a role"): roles, _("Who works in an area"): areas}


def shared_said(kept: Filter) -> str:
    """Who may use a filter, in words."""
    named = kept.shared_with or ""
    if kept.shared is Shared.ROLE:
        return role_name(Role(named))
    return {
        Shared.NONE: _("only who made it"),
        Shared.ORGANISATION: _("one organisation"),
        Shared.AREA: _("who works in {area}", area=named),
        Shared.EVERYBODY: _("everybody"),
    }[kept.shared]
