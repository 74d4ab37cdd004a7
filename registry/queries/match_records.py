"""The records of the registry as they are compared with one another."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.orm import aliased

from geo.models.locations import Location
from registry.matching.records import APART
from registry.models.accounts import Account, AccountState
from registry.models.contacts import Contact
from registry.models.registrants import (
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from registry.parsing.names import OUTSIDE_LATIN
from registry.queries.names import unread

HEAD = "head"


def match_records(of: Select[Any] | None = None) -> Select[Any]:
    """Active registrants whose names were read: all of them, or those whose ids `of` selects.

    Columns as `registry.matching.records` reads them; a household's sex and birth are its head's.
    """
    own, head, heads = aliased(Individual), aliased(Individual), _heads()
    numbers = _together(Identifier.type.concat(" ").concat(Identifier.key), Identifier)
    reached = _together(Contact.key, Contact)
    paid = _together(Account.key, Account, Account.state == AccountState.VALID)
    columns: list[Any] = [
        *(Registrant.id, Registrant.kind, own.counted_in.label("household")),
        *_names(),
        func.array_to_string(Registrant.bones, " ").label("bones"),
        func.coalesce(own.sex, head.sex).label("sex"),
        func.coalesce(own.birth_date, head.birth_date).label("born"),
        func.coalesce(own.birth_date_exact, head.birth_date_exact).label("exact"),
        *(Registrant.area_id.label("area"), Location.lon, Location.lat),
        numbers.c.together.label("identifiers"),
        reached.c.together.label("contacts"),
        paid.c.together.label("accounts"),
    ]
    found = (
        select(*columns)
        .outerjoin(own, own.registrant_id == Registrant.id)
        .outerjoin(heads, heads.c.group_id == Registrant.id)
        .outerjoin(head, head.registrant_id == heads.c.member_id)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .outerjoin(numbers, numbers.c.registrant_id == Registrant.id)
        .outerjoin(reached, reached.c.registrant_id == Registrant.id)
        .outerjoin(paid, paid.c.registrant_id == Registrant.id)
        .where(Registrant.state == RegistrantState.ACTIVE, ~unread())
    )
    return found if of is None else found.where(Registrant.id.in_(of))


def _names() -> tuple[ColumnElement[Any], ...]:
    """The name in Latin letters, the local one so, and whether the first was written in them.

    What is searched by holds both, one after the other.
    """
    words = func.string_to_array(Registrant.names, " ", type_=ARRAY(TEXT))
    count = func.cardinality(func.string_to_array(func.btrim(Registrant.name), " "))
    alone = Registrant.name_local.is_(None)
    said = func.array_to_string(words[1:count], " ")
    local = func.array_to_string(words[count + 1 : func.cardinality(words)], " ")
    return (
        case((alone, Registrant.names), else_=said).label("said"),
        case((alone, None), else_=local).label("local"),
        Registrant.name.regexp_match(OUTSIDE_LATIN.pattern).is_(False).label("latin"),
    )


def _heads() -> Subquery:
    current = Membership.ended_on.is_(None)
    return (
        select(Membership.group_id, Membership.member_id)
        .where(Membership.kind == HEAD, current)
        .subquery("heads")
    )


def _together(value: Any, table: Any, *conditions: ColumnElement[bool]) -> Subquery:
    """What a table holds of each registrant, put together into one text."""
    ordered = aggregate_order_by(literal(APART), value)
    together = func.string_agg(value, ordered).label("together")
    return (
        select(table.registrant_id, together)
        .where(*conditions)
        .group_by(table.registrant_id)
        .subquery()
    )
