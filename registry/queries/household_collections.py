"""The registered households as a collection of points, for maps made elsewhere.

Only for who may see exact places and read the registry; nobody's name is in it.
"""

from collections.abc import Collection as Some
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import Kind, Term
from core.words import _
from geo.models.areas import Area
from geo.models.locations import Location
from geo.permissions import May as Geo
from geo.queries.features import Collection
from geo.queries.queryables import area_terms, place_terms
from registry.models.fields import Scope
from registry.models.registrants import Group, Registrant, RegistrantState
from registry.permissions import May
from registry.queries.consents import SHARING, declined
from registry.queries.fields import Fields, fields_table
from registry.queries.people import HOUSEHOLD
from registry.queries.queryables import own_terms
from registry.queries.reach import people_within_reach
from registry.queries.tiles import STREET

HOUSEHOLDS = "households"


def sees_households(actor: Actor) -> bool:
    """Whether an actor may be shown where single households stand."""
    return actor.may(Geo.EXACT_LOCATIONS) and actor.may(May.READ_REGISTRANTS)


def households_title() -> str:
    return _("Registered households, where they stand")


def every_household(actor: Actor, own: Fields) -> Collection:
    """The active households with a point within reach, drawn from street zoom on; without those who
    do not agree to be shown to others.

    What own fields say of them is told beside, those that need more left out.

    Raises:
        Forbidden
    """
    actor.require(Geo.EXACT_LOCATIONS)
    actor.require(May.READ_REGISTRANTS)
    seen = {code: each for code, each in own.items() if each.needs is None or actor.may(each.needs)}
    held = fields_table(Scope.GROUP, seen)
    rows = (
        select(Registrant.id)
        .join(Group, Group.registrant_id == Registrant.id)
        .join(Location, Location.id == Registrant.location_id)
        .outerjoin(Area, Area.id == Registrant.area_id)
        .outerjoin(held, held.c.registrant_id == Registrant.id)
        .where(Location.lon.is_not(None), Group.kind == HOUSEHOLD)
        .where(Registrant.state == RegistrantState.ACTIVE)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
        .where(Registrant.id.not_in(declined(SHARING)))
    )
    return Collection(
        HOUSEHOLDS,
        households_title(),
        rows,
        Registrant.number,
        Location.point,
        {
            "number": Registrant.number,
            "pcode": Area.pcode,
            "area": Area.name,
            "accuracy_m": Location.accuracy_m,
            "source": Location.source,
            "taken_at": Location.taken_at,
            **{code: held.c[f"c_{code}"] for code, each in seen.items() if not each.computed},
        },
        {**_terms(), **own_terms(seen, held)},
        first_zoom=STREET,
    )


def _terms() -> dict[str, Any]:
    exact = Geo.EXACT_LOCATIONS
    return {
        "geometry": Term(Location.point, Kind.GEOMETRY, _("Where it stands"), exact),
        "number": Term(Registrant.number, Kind.TEXT, _("Number of the household"), exact),
        "accuracy_m": Term(Location.accuracy_m, Kind.NUMBER, _("Accuracy in metres"), exact),
        **area_terms(Registrant.area_id),
        **place_terms(Registrant.location_id),
    }


def keys_of(session: Session, numbers: Some[str]) -> list[int]:
    """The keys of registrants by their numbers, for the looks at them."""
    return list(session.scalars(select(Registrant.id).where(Registrant.number.in_(numbers))))
