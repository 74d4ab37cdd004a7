"""What stands on and beside a record: changing a person, contacts, identifiers, accounts, ties."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.actor import PLATFORM, Actor
from core.audit import AuditEntry, FieldChange
from core.clock import today
from core.errors import Forbidden, Refusal
from geo.models.areas import Area
from registry.jobs.identifiers import expire_identifiers
from registry.models.accounts import Account, AccountKind
from registry.models.contacts import Contact, ContactKind
from registry.models.identifier_types import CheckDigit
from registry.models.registrants import (
    Group,
    Identifier,
    IdentifierState,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
)
from registry.models.relationships import Relationship
from registry.models.tags import RegistrantTag
from registry.parsing.accounts import AccountImpossible, IbanWrong
from registry.parsing.languages import LanguageUnknown
from registry.parsing.phones import PhoneImpossible
from registry.queries.identifiers import anything_expired
from registry.queries.records import beside
from registry.services import accounts, contacts, identifiers, people, relationships
from registry.services.contacts import ContactImpossible, EmailImpossible, Said
from registry.services.editing import NothingChanged, edit
from registry.services.identifier_types import (
    CheckDigitWrong,
    ExampleMisfit,
    IdentifierMisfit,
    IdentifierOfGroups,
    IdentifierOfPeople,
    KindUnknown,
    MonthsImpossible,
    PatternUnreadable,
    Rule,
    set_rule,
)
from registry.services.identifiers import NeverGood, NotGoodAnyMore, Written
from registry.services.membership_rules import SecondHead
from registry.services.newcomers import add_person
from registry.services.people import Household, Person, register
from registry.services.records import RecordClosed
from registry.services.tags import set_tags
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.registry import make_household, make_location, make_person

IBAN = "GB82 WEST 1234 5698 7654 32"  # of the standard's own registry
DAY = date(2020, 1, 31)


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """Amina and her child, at a point in X11."""
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_household(session, place, name="Amina Doro", stated_size=2)
    make_person(session, home, relation="head", name="Amina Doro")
    make_person(session, home, name="Idris Doro", sex="male", birth_date=date(2021, 7, 1))
    return home


@pytest.fixture
def amina(session: Session, home: Registrant) -> Registrant:
    of = select(Registrant).where(Registrant.kind == RegistrantKind.INDIVIDUAL)
    return session.scalars(of.where(Registrant.name == "Amina Doro")).one()


def test_fields_of_a_person_are_changed_by_one_act_that_tells_each(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    said = {"sex": "female", "occupation": " fisher ", "wg_walking": 3, "language": "sw"}
    differed = edit(session, amina.number, said, actor=anybody)

    person = session.get_one(Individual, amina.id)
    session.refresh(person)
    assert differed == ["language", "occupation", "wg_walking"]
    assert (person.occupation, person.disabled, amina.language) == ("fisher", True, "sw")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.figures["changed_fields"]) == ("registrants.edit", 3)
    told = session.scalars(select(FieldChange.after).where(FieldChange.entry_id == entry.id))
    assert {**{k: v for each in told if each for k, v in each.items()}} == {
        "language": "sw",
        "occupation": "fisher",
        "wg_walking": 3,
    }


def test_a_household_bears_the_new_name_of_its_head(
    session: Session, home: Registrant, amina: Registrant, anybody: Actor
) -> None:
    edit(session, amina.number, {"name": "Amina  Sen"}, actor=anybody)

    assert (amina.name, home.name) == ("Amina Sen", "Amina Sen")
    assert home.names == "amina sen"


def test_a_household_says_its_size_and_where_it_is(
    session: Session, home: Registrant, anybody: Actor
) -> None:
    edit(
        session,
        home.number,
        {"stated_size": 5, "address": "12 Quay", "is_partial": True},
        actor=anybody,
    )

    group = session.get_one(Group, home.id)
    assert (group.stated_size, group.is_partial, home.address) == (5, True, "12 Quay")


WRONG: list[tuple[dict[str, Any], type[Refusal]]] = [
    ({"name": " "}, people.NameMissing),
    ({"sex": "dog"}, people.WordUnknown),
    ({"birth_date": date(9999, 1, 1)}, people.BornInFuture),
    ({"birth_date": "1990"}, people.AnswerImpossible),
    ({"wg_seeing": 5}, people.AnswerImpossible),
    ({"language": "xx-yy"}, LanguageUnknown),
    ({"stated_size": 2}, people.FieldUnknown),
    ({"state": "erased"}, people.FieldUnknown),
    ({"name": "Amina Doro"}, NothingChanged),
]


@pytest.mark.parametrize(("said", "fault"), WRONG)
def test_what_is_wrong_changes_nothing(
    session: Session,
    amina: Registrant,
    anybody: Actor,
    said: dict[str, Any],
    fault: type[Refusal],
) -> None:
    with pytest.raises(fault):
        edit(session, amina.number, said, actor=anybody)

    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_person_who_came_later_belongs_to_the_household_and_counts_in_it(
    session: Session, home: Registrant, anybody: Actor
) -> None:
    born = add_person(
        session, home.number, Person("Zuri Doro", "child", "female", DAY), DAY, actor=anybody
    )
    session.expire_all()

    member = session.scalars(select(Membership).where(Membership.member_id == born.id)).one()
    assert (member.kind, member.started_on) == ("child", DAY)
    assert (born.location_id, born.area_id) == (home.location_id, home.area_id)
    assert session.get_one(Individual, born.id).counted_in == home.id
    with pytest.raises(SecondHead):
        add_person(session, home.number, Person("Sefu Doro", "head"), actor=anybody)


def test_ways_to_reach_somebody_are_said_as_a_whole(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    phones = [Said(ContactKind.PHONE, "+254 712 345 678"), Said(ContactKind.PHONE, "+254712345679")]
    contacts.set_contacts(session, amina.number, phones, actor=anybody)
    first = session.scalars(select(Contact.id).where(Contact.is_main)).one()

    said = [
        Said(ContactKind.PHONE, "+254712345678", messages=True),
        Said(ContactKind.PHONE, "+254712345670", is_main=True),
        Said(ContactKind.EMAIL, "amina@example.org"),
        Said(ContactKind.OTHER, " "),
    ]
    kept = contacts.set_contacts(session, amina.number, said, actor=anybody)

    assert {(each.value, each.is_main, each.messages) for each in kept} == {
        ("+254712345670", True, False),
        ("+254712345678", False, True),
        ("amina@example.org", True, False),
    }
    assert first in {each.id for each in kept}  # what stayed the same is the same row


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (Said(ContactKind.PHONE, "12"), PhoneImpossible),
        (Said(ContactKind.EMAIL, "amina"), EmailImpossible),
        (Said(ContactKind.OTHER, "x" * 301), ContactImpossible),
    ],
)
def test_a_way_that_cannot_be_is_refused(
    session: Session, amina: Registrant, anybody: Actor, said: Said, fault: type[Refusal]
) -> None:
    with pytest.raises(fault):
        contacts.set_contacts(session, amina.number, [said], actor=anybody)


def test_an_iban_is_read_and_one_wrong_digit_is_refused(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    account = accounts.add(
        session, amina.number, accounts.Written(AccountKind.BANK, IBAN), actor=anybody
    )
    assert account.value == "GB82WEST12345698765432"
    assert account.is_main

    for typed, fault in (
        (IBAN[:-1] + "3", IbanWrong),
        ("ab", AccountImpossible),
    ):
        with pytest.raises(fault):
            accounts.add(
                session, amina.number, accounts.Written(AccountKind.BANK, typed), actor=anybody
            )


def test_when_the_main_account_is_closed_the_next_is_the_main_one(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    bank = accounts.Written(AccountKind.BANK, IBAN)
    wallet = accounts.Written(AccountKind.WALLET, "+254 712 345 678", provider="Lenepay")
    first = accounts.add(session, amina.number, bank, actor=anybody)
    second = accounts.add(session, amina.number, wallet, actor=anybody)
    assert (first.is_main, second.is_main, second.value) == (True, False, "+254712345678")

    accounts.close(session, amina.number, first.id, actor=anybody)
    session.expire_all()

    assert (first.state.value, second.is_main) == ("closed", True)
    with pytest.raises(accounts.AccountClosed):
        accounts.close(session, amina.number, first.id, actor=anybody)
    accounts.add(session, amina.number, bank, actor=anybody)  # a closed one may be opened again
    assert session.scalar(select(func.count()).select_from(Account)) == 3


def test_who_does_not_pay_sees_the_last_signs_of_an_account(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    accounts.add(session, amina.number, accounts.Written(AccountKind.BANK, IBAN), actor=anybody)
    reads = Actor(1, "Rana", frozenset({"registrant:read"}), national=True)

    (shown,) = beside(session, amina, actor=reads).accounts
    assert shown.value == "•••• 5432"
    assert beside(session, amina, actor=anybody).accounts[0].value == "GB82WEST12345698765432"


def test_an_identifier_keeps_to_the_rule_of_its_kind(
    session: Session, home: Registrant, amina: Registrant, anybody: Actor
) -> None:
    rule = Rule("[0-9]{11}", "79927398713", CheckDigit.LUHN, RegistrantKind.INDIVIDUAL, 24)
    set_rule(session, "national_id", rule, actor=anybody)

    for value, fault in (("7992739871", IdentifierMisfit), ("79927398710", CheckDigitWrong)):
        with pytest.raises(fault):
            identifiers.add(session, amina.number, Written("national_id", value), actor=anybody)
    with pytest.raises(IdentifierOfPeople):
        identifiers.add(session, home.number, Written("national_id", "79927398713"), actor=anybody)
    good = Written("national_id", " 79927398713 ", issued_on=DAY)
    made = identifiers.add(session, amina.number, good, actor=anybody)

    assert made.expires_on == date(2022, 1, 31)  # two years on
    assert made.state is IdentifierState.EXPIRED  # so it is over
    more = {"id_type": "national_id", "id_number": "12"}
    with pytest.raises(IdentifierMisfit):
        register(session, Household([Person("Rana", "head", more=more)]), actor=anybody)


def test_an_expired_identifier_frees_its_number(
    session: Session, home: Registrant, amina: Registrant, anybody: Actor
) -> None:
    held = Identifier(
        registrant_id=amina.id, type="passport", value="P-1", expires_on=date(2021, 1, 1)
    )
    good = Identifier(registrant_id=amina.id, type="passport", value="P-2", expires_on=today())
    session.add_all([held, good])
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        identifiers.add(session, home.number, Written("passport", "P-1"), actor=anybody)

    assert anything_expired(session)
    assert expire_identifiers(session, actor=PLATFORM, progress=Silent()) == {"rows": 1}
    assert not anything_expired(session)
    assert expire_identifiers(session, actor=PLATFORM, progress=Silent()) == {"rows": 0}
    assert (held.state, good.state) == (IdentifierState.EXPIRED, IdentifierState.VALID)
    identifiers.add(session, home.number, Written("passport", "P-1"), actor=anybody)
    identifiers.revoke(session, amina.number, good.id, actor=anybody)
    with pytest.raises(NotGoodAnyMore):
        identifiers.revoke(session, amina.number, good.id, actor=anybody)
    ahead = Written("passport", "P-9", issued_on=date(9999, 1, 1))
    with pytest.raises(NeverGood):
        identifiers.add(session, amina.number, ahead, actor=anybody)


@pytest.mark.parametrize(
    ("code", "rule", "fault"),
    [
        ("library_card", Rule(), KindUnknown),
        ("passport", Rule(pattern="["), PatternUnreadable),
        ("passport", Rule(pattern="x" * 201), PatternUnreadable),
        ("passport", Rule(pattern="[0-9]+", example="A1"), ExampleMisfit),
        ("passport", Rule(example="12", check_digit=CheckDigit.VERHOEFF), ExampleMisfit),
        ("passport", Rule(months_valid=0), MonthsImpossible),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(
    session: Session, anybody: Actor, code: str, rule: Rule, fault: type[Refusal]
) -> None:
    with pytest.raises(fault):
        set_rule(session, code, rule, actor=anybody)


def test_a_kind_for_groups_is_not_given_to_a_person(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    set_rule(session, "case_number", Rule(registrant_kind=RegistrantKind.GROUP), actor=anybody)

    with pytest.raises(IdentifierOfGroups):
        identifiers.add(session, amina.number, Written("case_number", "7"), actor=anybody)


def test_a_tie_is_one_row_and_told_from_both_sides(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    idris = session.scalars(select(Registrant).where(Registrant.name == "Idris Doro")).one()
    relationships.relate(session, idris.number, amina.number, "guardian", DAY, actor=anybody)

    assert [(t.kind, t.name) for t in beside(session, idris, actor=anybody).ties] == [
        ("guardian", "Amina Doro")
    ]
    (seen,) = beside(session, amina, actor=anybody).ties
    assert (seen.kind, seen.name, seen.started_on) == ("ward", "Idris Doro", DAY)
    with pytest.raises(IntegrityError), session.begin_nested():
        relationships.relate(session, amina.number, idris.number, "ward", actor=anybody)
    relationships.end(session, amina.number, seen.id, actor=anybody)
    assert session.scalars(select(Relationship.ended_on)).all() == [today()]
    with pytest.raises(relationships.TieEnded):
        relationships.end(session, idris.number, seen.id, actor=anybody)


def test_a_tie_that_is_its_own_inverse_is_the_same_from_either_side(
    session: Session, amina: Registrant, anybody: Actor
) -> None:
    sister = make_person(session, name="Halima Doro")
    relationships.relate(session, sister.number, amina.number, "sibling", actor=anybody)

    with pytest.raises(IntegrityError), session.begin_nested():
        relationships.relate(session, amina.number, sister.number, "sibling", actor=anybody)
    assert [t.kind for t in beside(session, amina, actor=anybody).ties] == ["sibling"]
    with pytest.raises(relationships.TieToThemselves):
        relationships.relate(session, amina.number, amina.number, "sibling", actor=anybody)
    with pytest.raises(relationships.TieUnknown):
        relationships.relate(session, amina.number, sister.number, "boss", actor=anybody)


def test_tags_are_words_of_the_list(session: Session, home: Registrant, anybody: Actor) -> None:
    set_tags(session, home.number, ["displaced", "returnee"], actor=anybody)
    set_tags(session, home.number, ["displaced", "visit_again"], actor=anybody)

    kept = session.scalars(select(RegistrantTag.tag).order_by(RegistrantTag.tag))
    assert kept.all() == ["displaced", "visit_again"]
    with pytest.raises(people.WordUnknown):
        set_tags(session, home.number, ["tall"], actor=anybody)


def test_who_was_erased_is_changed_no_more(
    session: Session, amina: Registrant, anybody: Actor, visitor: Actor
) -> None:
    with pytest.raises(Forbidden):
        edit(session, amina.number, {"occupation": "fisher"}, actor=visitor)
    amina.state = "erased"  # type: ignore[assignment]
    session.flush()
    with pytest.raises(RecordClosed):
        edit(session, amina.number, {"occupation": "fisher"}, actor=anybody)
