"""Registering a household: who belongs to it, where it stands, how it is reached, in one act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Invalid
from geo.models.areas import Area
from geo.models.locations import Location
from registry.models.fields import Scope
from registry.models.registrants import (
    Group,
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
)
from registry.parsing.abilities import ANSWERS, LEVELS
from registry.permissions import May
from registry.queries.fields import Fields, Own, own_fields, takings
from registry.queries.vocabularies import codes
from registry.services import places
from registry.services.contacts import contacts_said
from registry.services.field_values import refuse_broken, values_said, write_values
from registry.services.identifier_types import refuse_misfits
from registry.services.membership_rules import HEAD, GroupKind, Standing, faults_of
from registry.services.place_looks import look_at_new
from registry.services.places import Place

MEMBER = "member"
NOBODYS: dict[str, int | None] = {"area_id": None, "made_by": None}
OF_WORDS = {"sex": "sex", "civil_status": "civil_status", "id_type": "id_type"}
CONTACTS = ("phone", "email")
NAMED = ("name_local", "language")
PARTS = ("family_name", "given_name", "other_names")
PERSONAL = (*PARTS, "civil_status", "education", "occupation", "has_disability", *ANSWERS)
BELONGING = ("is_principal", "is_alternate", "is_caretaker", "note")
FLAGS = frozenset({"has_disability", "is_partial", "is_principal", "is_alternate", "is_caretaker"})
LONGEST, SHOWN = 300, 60  # characters of a line of text, and of one that is told back
MOST = 10_000  # people of one household
OF_A_PERSON = frozenset({*NAMED, *PERSONAL, *BELONGING, *CONTACTS, "id_type", "id_number"})
OF_A_GROUP = frozenset({"settlement", "address", "language", "is_partial", *CONTACTS})


class NobodyNamed(Invalid):
    """A household is registered with at least one person; write down whom you talk to."""


class NameMissing(Invalid):
    """Person {number} has no name; write one down, or take the row away."""


class BornInFuture(Invalid):
    """{name} cannot be born after today; look at the birth date."""


class WordUnknown(Invalid):
    """ "{word}" is not in the word list "{list}"; choose one of its words."""


class FieldUnknown(Invalid):
    """There is no field "{field}"; look at its name."""


class AnswerImpossible(Invalid):
    """ "{value}" is no answer to "{field}"; choose one of those that are offered."""


class IdentifierHalfSaid(Invalid):
    """An identifier needs its kind and its number; write down both, or neither."""


class SizeImpossible(Invalid):
    """The number of people stated is less than those who are named, or above 10,000; correct it."""


@dataclass(frozen=True)
class Person:
    """One person as they are registered.

    `more` says other things by their field: parts of the name, contacts (`phone`, `email`), an
    identifier (`id_type`, `id_number`), answers to the Washington Group (`wg_seeing` and so on).
    """

    name: str
    relation: str = MEMBER
    sex: str | None = None
    birth_date: date | None = None
    exact: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Household:
    """A household, or another group, as it is registered; `more` as with a person."""

    people: Sequence[Person]
    place: Place = Place()  # noqa: RUF009 - it is frozen
    kind: str = "household"
    stated_size: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    code: str | None = None


def register(session: Session, household: Household, *, actor: Actor) -> Registrant:
    """Register a household with its people and its place; answers the household.

    Raises:
        Forbidden; NobodyNamed, NameMissing, BornInFuture, WordUnknown, FieldUnknown,
        AnswerImpossible, IdentifierHalfSaid, SizeImpossible, PhoneImpossible, IdentifierMisfit,
        CheckDigitWrong, IdentifierOfGroups, IdentifierOfPeople: a field is wrong.
        SecondHead, TwoReceive: as the rules of memberships say.
        HalfAPoint, PointBeyondTheGlobe, AccuracyImpossible, PcodeUnknown, PlaceBeyondReach
        Conflict: the code or an identifier is somebody else's.
    """
    actor.require(May.WRITE_REGISTRANTS)
    own = own_fields(session)
    _refuse_faults(session, household, own)
    more = _own_said(session, household, own)
    area = places.area_of(session, household.place, actor=actor)
    group = _group(household, area, actor)
    with audit.act(session, actor, "registrants.register", group) as figures:
        stands = places.written_down(session, household.place, area)
        group.location_id = stands.id if stands else None
        people = [_registrant(each, group) for each in household.people]
        session.add_all([group, *people])
        session.flush()
        session.add_all(_said_of(household, group))
        session.flush()
        for person, registrant in zip(household.people, people, strict=True):
            session.add_all(_said_of_person(person, registrant, group))
        session.flush()
        write_values(session, Scope.GROUP, own.groups, {group.id: more[0]})
        theirs = {each.id: said for each, said in zip(people, more[1:], strict=True)}
        write_values(session, Scope.INDIVIDUAL, own.individuals, theirs)
        refuse_broken(session, Scope.GROUP, own.groups, [group.id])
        refuse_broken(session, Scope.INDIVIDUAL, own.individuals, [each.id for each in people])
        look_at_new(session, select(Location.id).where(Location.id == group.location_id))
        figures.update(number=group.number, members=len(people))
    return group


def _own_said(session: Session, household: Household, own: Own) -> list[dict[str, Any]]:
    """What own fields say of the household, and then of each of its people."""
    of_group, of_people = takings(session, own.groups), takings(session, own.individuals)
    return [
        values_said(of_group, household.more),
        *(values_said(of_people, person.more) for person in household.people),
    ]


def _refuse_faults(session: Session, household: Household, own: Own) -> None:
    places.refuse_impossible(household.place)
    if not household.people:
        raise NobodyNamed
    if not len(household.people) <= (household.stated_size or len(household.people)) <= MOST:
        raise SizeImpossible
    words = codes(session)
    refuse_value("kind", household.kind)
    refuse_word(words, "group_kind", household.kind)
    refuse_value("code", household.code)
    refuse_fields(household.more, OF_A_GROUP, own.groups)
    contacts_said(0, household.more, NOBODYS)
    for number, person in enumerate(household.people, 1):
        refuse_person(person, number, words, own)
    said = [each for person in household.people for each in identifiers_said(person)]
    refuse_misfits(session, said, RegistrantKind.INDIVIDUAL)
    after = [
        Standing(
            0,
            number,
            person.relation,
            principal=bool(person.more.get("is_principal")),
            alternate=bool(person.more.get("is_alternate")),
        )
        for number, person in enumerate(household.people, 1)
    ]
    for fault in faults_of((), after, {0: GroupKind(household.kind)}):
        raise fault


def refuse_person(
    person: Person, number: int, words: Mapping[str, frozenset[str]], own: Own
) -> None:
    """Refuse what cannot be said of a person, the `number`th of those who are written down."""
    refuse_value("name", person.name)
    refuse_fields(person.more, OF_A_PERSON, own.individuals)
    if not full_name(person):
        raise NameMissing(number=number)
    if person.birth_date and person.birth_date > today():
        raise BornInFuture(name=full_name(person))
    contacts_said(0, person.more, NOBODYS)
    refuse_word(words, "relation", person.relation)
    said = {"sex": person.sex, **person.more}
    for name, listed in OF_WORDS.items():
        if said.get(name):
            refuse_word(words, listed, str(said[name]))
    if bool(said.get("id_type")) != bool(said.get("id_number")):
        raise IdentifierHalfSaid


def refuse_fields(more: Mapping[str, Any], known: frozenset[str], own: Fields) -> None:
    """Refuse fields nobody knows, and values that are none of theirs."""
    for name, value in more.items():
        if name in own and not own[name].computed:
            continue
        if name not in known:
            raise FieldUnknown(field=name)
        refuse_value(name, value)


def refuse_value(name: str, value: Any) -> None:
    """Refuse a value that is none of the field's."""
    if value is not None and not _fits(name, value):
        raise AnswerImpossible(value=str(value)[:SHOWN], field=name)


def _fits(name: str, value: Any) -> bool:
    """Whether a value is of the field's kind: yes or no, a number that answers, a line of text."""
    if name in FLAGS:
        return isinstance(value, bool)
    if name in ANSWERS:
        return not isinstance(value, bool) and value in LEVELS
    return isinstance(value, str) and len(value) <= LONGEST and "\0" not in value


def refuse_word(words: Mapping[str, frozenset[str]], listed: str, code: str) -> None:
    """A list that nobody has filled yet takes any word."""
    if code not in words.get(listed, {code}):
        raise WordUnknown(word=code, list=listed)


def full_name(person: Person) -> str:
    """The name somebody is called by: as it was given, else made of its parts."""
    parts = (person.more.get(part) for part in ("given_name", "other_names", "family_name"))
    return " ".join((person.name or " ".join(filter(None, parts))).split())


def _group(household: Household, area: Area | None, actor: Actor) -> Registrant:
    """A group bears the name of its head, else of whoever was named first."""
    head = next((p for p in household.people if p.relation == HEAD), household.people[0])
    more = household.more
    return Registrant(
        kind=RegistrantKind.GROUP,
        code=household.code or None,
        name=full_name(head),
        name_local=head.more.get("name_local") or None,
        language=more.get("language") or None,
        settlement=more.get("settlement") or None,
        address=more.get("address") or None,
        area_id=area.id if area else None,
        made_by=actor.id,
        registered_on=today(),
    )


def _registrant(person: Person, group: Registrant) -> Registrant:
    """A person stands where the household stands."""
    return Registrant(
        kind=RegistrantKind.INDIVIDUAL,
        name=full_name(person),
        name_local=person.more.get("name_local") or None,
        language=person.more.get("language") or None,
        location_id=group.location_id,
        area_id=group.area_id,
        made_by=group.made_by,
        registered_on=group.registered_on,
    )


def _said_of(household: Household, group: Registrant) -> list[Any]:
    partial = household.more.get("is_partial")
    if partial is None:
        partial = (household.stated_size or 0) > len(household.people)
    told = _told_of(group)
    return [
        Group(
            registrant_id=group.id,
            kind=household.kind,
            stated_size=household.stated_size,
            is_partial=bool(partial),
            **told,
        ),
        *contacts_said(group.id, household.more, told),
    ]


def _said_of_person(person: Person, registrant: Registrant, group: Registrant) -> list[Any]:
    """The rows that say of a person what was said, as they belong to a group."""
    more = person.more
    belongs = Membership(
        group_id=group.id,
        member_id=registrant.id,
        kind=person.relation,
        started_on=group.registered_on,
        **{name: more[name] for name in BELONGING if more.get(name)},
        **_told_of(group),
    )
    return [*said_alone(person, registrant, counted_in=group.id), belongs]


def said_alone(person: Person, registrant: Registrant, counted_in: int | None = None) -> list[Any]:
    """The rows that say of a person what was said of them alone."""
    more, told = person.more, _told_of(registrant)
    born = person.birth_date
    if born is not None and not person.exact:
        born = born.replace(month=7, day=1)
    said: list[Any] = [
        Individual(
            registrant_id=registrant.id,
            sex=person.sex or None,
            birth_date=born,
            birth_date_exact=person.exact,
            counted_in=counted_in,
            **{name: more[name] for name in PERSONAL if more.get(name) not in (None, "")},
            **told,
        ),
        *contacts_said(registrant.id, more, told),
    ]
    said += [
        Identifier(registrant_id=registrant.id, type=kind, value=number, **told)
        for kind, number in identifiers_said(person)
    ]
    return said


def identifiers_said(person: Person) -> list[tuple[str, str]]:
    """The kinds and numbers of the identifiers that were said of a person."""
    number = str(person.more.get("id_number") or "").strip()
    return [(str(person.more["id_type"]), number)] if number else []


def _told_of(registrant: Registrant) -> dict[str, Any]:
    """What every row that tells of a registrant brings along."""
    return {"area_id": registrant.area_id, "made_by": registrant.made_by}
