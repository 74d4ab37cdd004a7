"""The registry as files that can be imported again: a row a household, or a person.

Columns are named as the fields of an import. Who has no code is named by number, so that the same
row is known again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, and_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.bulk import as_text
from core.country import country
from geo.models.areas import Area
from geo.models.locations import Location
from geo.queries.reach import within_reach
from registry.checking.fields import FIELDS, called
from registry.models.fields import FieldType, Scope
from registry.models.imports import ImportKind
from registry.models.registrants import (
    Group,
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from registry.queries.consents import SHARING, declined
from registry.queries.fields import Fields, Known, fields_table

YES, NO = literal("yes"), literal("no")


def registered_rows(kind: ImportKind, own: Fields, *, actor: Actor) -> Select[Any]:
    """All active households, or all active people, in the order of their numbers; beside the usual
    what own fields say, under their codes, but for those that need more than the actor has.

    Who declined to be taken along in files is not among them.
    """
    found: Select[Any] = _households() if kind is ImportKind.HOUSEHOLDS else _people()
    found = _with_own(found, kind, own, actor)
    return found.where(
        Registrant.state == RegistrantState.ACTIVE,
        within_reach(actor, Registrant.area_id),
        Registrant.id.not_in(declined(SHARING)),
    ).order_by(Registrant.id)


@dataclass(frozen=True)
class Offered:
    """A column that can be taken along: its heading, what it is called, whether it always is."""

    name: str
    called: str
    always: bool


def columns_offered(kind: ImportKind, own: Fields, *, actor: Actor) -> list[Offered]:
    """The columns there are, own fields among them."""
    always = columns_needed(kind)
    columns = registered_rows(kind, own, actor=actor).selected_columns.keys()
    return [
        Offered(name, own[name].label if name in own else called(name), name in always)
        for name in columns
    ]


def columns_needed(kind: ImportKind) -> set[str]:
    """The columns by which rows are known again."""
    return {field.name for field in FIELDS[kind] if field.required}


def _with_own(found: Select[Any], kind: ImportKind, own: Fields, actor: Actor) -> Select[Any]:
    told = {
        code: each
        for code, each in own.items()
        if not each.computed and (each.needs is None or actor.may(each.needs))
    }
    if not told:
        return found
    held = fields_table(Scope.GROUP if kind is ImportKind.HOUSEHOLDS else Scope.INDIVIDUAL, told)
    cells = (_cell(held.c[f"c_{code}"], each).label(code) for code, each in told.items())
    return found.add_columns(*cells).outerjoin(held, held.c.registrant_id == Registrant.id)


def _cell(value: Any, known: Known) -> ColumnElement[Any]:
    """A value as an import reads it, whatever the language."""
    told: dict[FieldType, Callable[[Any], ColumnElement[Any]]] = {
        FieldType.TEXT: as_text,
        FieldType.WORDS: lambda codes: func.array_to_string(codes, ","),
        FieldType.FLAG: lambda said: case((said.is_(True), YES), (said.is_(False), NO)),
        FieldType.DATE: lambda day: func.to_char(day, "YYYY-MM-DD"),
    }
    writes = told.get(known.type)
    cell: ColumnElement[Any] = writes(value) if writes else value
    return cell


def _households() -> Select[Any]:
    taken = func.timezone(country().timezone, Location.taken_at)
    return (
        select(
            _key(Registrant).label("code"),
            Area.pcode.label("area_pcode"),
            as_text(Registrant.settlement).label("settlement"),
            cast(Location.lon, Float).label("longitude"),
            cast(Location.lat, Float).label("latitude"),
            Location.accuracy_m.label("accuracy_m"),
            Location.source.label("location_source"),
            func.to_char(taken, "YYYY-MM-DD").label("located_on"),
            Group.stated_size.label("size"),
            case((Group.is_partial, literal("partial")), else_=literal("complete")).label("roster"),
            as_text(Registrant.address).label("address"),
            as_text(Registrant.phone).label("phone"),
        )
        .join(Group, Group.registrant_id == Registrant.id)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .outerjoin(Area, Area.id == Registrant.area_id)
        .where(Group.kind == "household")
    )


def _people() -> Select[Any]:
    household, first = aliased(Registrant), _first_identifier()
    belongs = and_(Membership.member_id == Registrant.id, Membership.ended_on.is_(None))
    return (
        select(
            _key(Registrant).label("code"),
            _key(household).label("household_code"),
            as_text(Registrant.name).label("name"),
            as_text(Registrant.name_local).label("name_local"),
            as_text(Individual.given_name).label("given_name"),
            as_text(Individual.other_names).label("other_names"),
            as_text(Individual.family_name).label("family_name"),
            Individual.sex.label("sex"),
            func.to_char(Individual.birth_date, "YYYY-MM-DD").label("birth_date"),
            case(
                (and_(Individual.birth_date.is_not(None), Individual.birth_date_exact), YES),
                (Individual.birth_date.is_not(None), NO),
            ).label("birth_date_exact"),
            Membership.kind.label("relation"),
            first.c.type.label("id_type"),
            first.c.value.label("id_number"),
            case(
                (Individual.has_disability.is_(True), YES),
                (Individual.has_disability.is_(False), NO),
            ).label("disability"),
            Individual.civil_status.label("civil_status"),
        )
        .join(Individual, Individual.registrant_id == Registrant.id)
        .join(Membership, belongs)
        .join(household, household.id == Membership.group_id)
        .join(Group, and_(Group.registrant_id == household.id, Group.kind == "household"))
        .outerjoin(first, first.c.registrant_id == Registrant.id)
    )


def _first_identifier() -> Any:
    """Of each person the identifier that was given first and still holds."""
    return (
        select(Identifier.registrant_id, Identifier.type, cast(Identifier.value, String))
        .ext(distinct_on(Identifier.registrant_id))
        .where(Identifier.state == "valid")
        .order_by(Identifier.registrant_id, Identifier.id)
        .subquery()
    )


def _key(registrant: Any) -> ColumnElement[str]:
    key: ColumnElement[str] = func.coalesce(registrant.code, registrant.number)
    return key
