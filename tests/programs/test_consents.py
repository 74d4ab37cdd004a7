"""Consent: the last answer holds, and taking it back takes effect at every door."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role, permissions_of
from core.actor import Actor
from core.errors import Refusal
from geo.models.areas import Area
from programs.models.entitlements import Entitlement
from programs.models.memberships import CycleMember, LeftOut, MembershipState
from programs.queries.members import members_page
from programs.queries.reach import people_of
from programs.services.cycles import enrol
from programs.services.payments import export_csv, make_payments
from registry.models.consents import Basis, Consent
from registry.models.contacts import Contact, ContactKind
from registry.models.registrants import Membership, Registrant
from registry.queries.consents import (
    ASSISTANCE,
    MESSAGES,
    PICTURES,
    SHARING,
    declined,
    declines,
)
from registry.queries.documents import PicturesDeclined, shown_document
from registry.queries.household_collections import every_household
from registry.queries.registrants import (
    RegistrantUnknown,
    registered,
    registrant_by_number,
    registrants_page,
)
from registry.queries.timeline import timeline
from registry.services import documents, visits
from registry.services.consents import (
    Given,
    NeverHeld,
    NotByConsent,
    NotGiven,
    TooLongSaid,
    give,
    withdraw,
)
from registry.services.contacts import MessagesDeclined, Said, set_contacts
from registry.services.documents import Brought
from registry.services.memberships import InTheFuture
from registry.services.people import WordUnknown
from registry.services.rosters import export
from registry.services.visits import Found
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    FINN,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_program,
    make_roster,
)
from tests.make.registry import make_location

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def homes(session: Session, areas: dict[str, Area]) -> list[Registrant]:
    """Two families of two in X11."""
    places = [make_location(session, lon, 1.0, area_id=areas["X11"].id) for lon in (0.4, 0.6)]
    return [make_family(session, 2, place) for place in places]


def numbers_declined(session: Session) -> set[str]:
    of = select(Registrant.number).where(Registrant.id.in_(declined(SHARING)))
    return set(session.scalars(of))


def refuse(session: Session, home: Registrant) -> Consent:
    """They agreed to be shown to partners, and took it back."""
    made = give(session, home.number, Given(SHARING), actor=DARA)
    return withdraw(session, home.number, made.number, "We move", actor=DARA)


def test_the_last_answer_holds_for_a_household_and_its_members(
    session: Session, homes: list[Registrant]
) -> None:
    home, other = homes
    assert numbers_declined(session) == set()
    made = give(session, home.number, Given(SHARING), actor=DARA)
    assert numbers_declined(session) == set()

    withdraw(session, home.number, made.number, actor=DARA)
    members = select(Registrant.number).join(Membership, Membership.member_id == Registrant.id)
    living = set(session.scalars(members.where(Membership.group_id == home.id)))
    assert numbers_declined(session) == {home.number, *living}
    assert len(living) == 2

    give(session, home.number, Given(SHARING), actor=DARA)
    give(session, other.number, Given("assistance", agrees=False), actor=DARA)
    assert numbers_declined(session) == set()
    give(session, other.number, Given(SHARING, on=YESTERDAY, until=YESTERDAY), actor=DARA)
    assert other.number in numbers_declined(session)


def test_withdrawn_consent_is_not_exported(session: Session, homes: list[Registrant]) -> None:
    home, other = homes
    roster = make_roster(session, *homes)
    refuse(session, home)

    file = io.BytesIO()
    export(session, roster.id, file, actor=DARA)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == [other.number]
    shared = session.scalars(every_household(DARA, {}).rows).all()
    assert shared == [other.id]


def test_withdrawn_consent_is_not_shown_to_partners(
    session: Session, homes: list[Registrant]
) -> None:
    home, other = homes
    program = make_program(session)
    cycle = make_approved(session, program, *homes)
    ids = frozenset({program.id})
    partner = make_actor(
        9,
        "Ines Aro",
        *permissions_of([Role.COORDINATOR]),
        program_ids=ids,
        people=people_of(ids),
    )
    assert registrant_by_number(session, home.number, actor=partner).id == home.id
    refuse(session, home)

    with pytest.raises(RegistrantUnknown):
        registrant_by_number(session, home.number, actor=partner)
    found = registrants_page(session, "Household of Amina", actor=partner).rows
    assert [row.number for row in found] == [other.number]
    assert [row.number for row in members_page(session, cycle.id, actor=partner).rows] == [
        other.number
    ]
    assert registrant_by_number(session, home.number, actor=DARA).id == home.id


def test_withdrawn_assistance_is_left_out_of_the_next_cycle_with_the_reason(
    session: Session, homes: list[Registrant]
) -> None:
    home, other = homes
    program = make_program(session)
    made = give(session, home.number, Given(ASSISTANCE), actor=DARA)
    first = make_cycle(session, program, *homes)
    assert enrol(session, first.id, actor=DARA).households == 2

    withdraw(session, home.number, made.number, actor=DARA)
    second = make_cycle(session, program, *homes)
    assert enrol(session, second.id, actor=DARA).households == 1
    member = session.get_one(CycleMember, (second.id, home.id))
    assert (member.state, member.reason) == (MembershipState.NOT_ELIGIBLE, LeftOut.DECLINED)
    assert session.get_one(CycleMember, (second.id, other.id)).reason is None


def test_a_member_who_wants_no_help_does_not_speak_for_the_household(
    session: Session, homes: list[Registrant]
) -> None:
    person = session.scalars(
        select(Registrant)
        .join(Membership, Membership.member_id == Registrant.id)
        .where(Membership.group_id == homes[0].id)
        .limit(1)
    ).one()
    give(session, person.number, Given(ASSISTANCE, agrees=False), actor=DARA)
    cycle = make_cycle(session, make_program(session), *homes)
    assert enrol(session, cycle.id, actor=DARA).households == 2


def test_withdrawn_messages_are_wanted_nowhere_and_phones_stay_out_of_lists(
    session: Session, homes: list[Registrant]
) -> None:
    home, other = homes
    said = [Said(ContactKind.PHONE, "+254 712 345 678", messages=True)]
    for each in homes:
        set_contacts(session, each.number, said, actor=DARA)
    made = give(session, home.number, Given(MESSAGES), actor=DARA)
    roster = make_roster(session, *homes)
    assert phones(session, roster.id) == {
        home.number: "+254712345678",
        other.number: "+254712345678",
    }

    withdraw(session, home.number, made.number, actor=DARA)
    wanting = select(Contact.registrant_id).where(Contact.messages)
    assert session.scalars(wanting).all() == [other.id]
    assert phones(session, roster.id) == {home.number: "", other.number: "+254712345678"}
    with pytest.raises(MessagesDeclined):
        set_contacts(session, home.number, said, actor=DARA)
    give(session, home.number, Given(MESSAGES), actor=DARA)
    assert set_contacts(session, home.number, said, actor=DARA)[0].messages


def test_withdrawn_pictures_are_not_shown_and_not_taken(
    session: Session, homes: list[Registrant]
) -> None:
    home = homes[0]
    brought = {kind: Brought(kind, kind, io.BytesIO(picture())) for kind in ("picture", "identity")}
    kept = {k: documents.add(session, home.number, b, actor=DARA) for k, b in brought.items()}
    made = give(session, home.number, Given(PICTURES), actor=DARA)
    assert shown_document(session, home.id, kept["picture"].id, actor=DARA)

    withdraw(session, home.number, made.number, actor=DARA)
    with pytest.raises(PicturesDeclined):
        shown_document(session, home.id, kept["picture"].id, actor=DARA)
    assert shown_document(session, home.id, kept["identity"].id, actor=DARA)
    again = Brought("picture", "again", io.BytesIO(picture()))
    with pytest.raises(PicturesDeclined):
        documents.add(session, home.number, again, actor=DARA)
    assert documents.remove(session, home.number, kept["picture"].id, "declined", actor=DARA)


def test_what_a_household_says_of_pictures_holds_for_its_members(
    session: Session, homes: list[Registrant]
) -> None:
    give(session, homes[0].number, Given(PICTURES, agrees=False), actor=DARA)
    living = select(Membership.member_id).where(Membership.group_id == homes[0].id)
    assert {declines(session, each, PICTURES) for each in session.scalars(living)} == {True}
    assert not declines(session, homes[1].id, PICTURES)


def test_what_rests_on_a_law_is_not_declined_when_its_day_is_over(
    session: Session, homes: list[Registrant]
) -> None:
    over = Given(SHARING, basis=Basis.LAW, on=YESTERDAY, until=YESTERDAY)
    give(session, homes[0].number, over, actor=DARA)
    assert numbers_declined(session) == set()


def phones(session: Session, roster_id: int) -> dict[str, str]:
    """By number the phones a list is exported with."""
    file = io.BytesIO()
    export(session, roster_id, file, actor=DARA)
    rows = csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")))
    return {row["number"]: row["phone"].strip("'") for row in rows}


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "JPEG")
    return file.getvalue()


def test_a_member_who_is_not_shown_to_partners_is_on_no_page_of_the_household(
    session: Session, homes: list[Registrant]
) -> None:
    program = make_program(session)
    make_approved(session, program, *homes)
    ids = frozenset({program.id})
    may = permissions_of([Role.COORDINATOR])
    partner = make_actor(9, "Ines Aro", *may, program_ids=ids, people=people_of(ids))
    members = select(Registrant).join(Membership, Membership.member_id == Registrant.id)
    hers, his = session.scalars(members.where(Membership.group_id == homes[0].id)).all()
    visits.add(session, his.number, Found("visit", TODAY), actor=DARA)
    give(session, his.number, Given(SHARING, agrees=False), actor=DARA)

    for actor, seen, told in ((partner, [hers.id], []), (DARA, [hers.id, his.id], [his.number])):
        found = registered(session, homes[0].number, actor=actor)
        assert sorted(each.id for each in found.members) == seen
        happened = timeline(session, found.registrant, actor=actor).told
        assert [each.number for each in happened if each.what == "visits.visit"] == told


def test_what_was_granted_before_is_still_paid(session: Session, homes: list[Registrant]) -> None:
    cycle = make_approved(session, make_program(session), *homes)
    refuse(session, homes[0])

    batch = make_payments(session, cycle.id, actor=FINN)
    export_csv(session, batch.id, actor=FINN)

    assert (batch.orders, int(batch.total)) == (2, 120)  # 40 and twice 10, for two families
    assert session.scalars(select(Entitlement.state).distinct()).all() == ["sent"]


def test_what_rests_on_a_law_is_not_taken_back(session: Session, homes: list[Registrant]) -> None:
    made = give(session, homes[0].number, Given(SHARING, basis=Basis.LAW), actor=DARA)

    with pytest.raises(NotByConsent):
        withdraw(session, homes[0].number, made.number, actor=DARA)
    gone = refuse(session, homes[1])
    with pytest.raises(NotGiven):
        withdraw(session, homes[1].number, gone.number, actor=DARA)
    assert (gone.because, gone.withdrawn_on) == ("We move", TODAY)
    assert gone.number.startswith("CON-")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (Given("dancing"), WordUnknown),
        (Given(SHARING, on=TODAY + timedelta(days=1)), InTheFuture),
        (Given(SHARING, on=TODAY, until=date(2000, 1, 1)), NeverHeld),
        (Given(SHARING, how="x" * 301), TooLongSaid),
        (Given(SHARING, document_id=1 << 40), Refusal),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    session: Session, homes: list[Registrant], given: Given, fault: type[Refusal]
) -> None:
    with pytest.raises(fault):
        give(session, homes[0].number, given, actor=DARA)
    assert session.scalars(select(Consent)).all() == []


def test_a_partner_of_an_area_does_not_see_them_either(
    session: Session, homes: list[Registrant], areas: dict[str, Area]
) -> None:
    partner = Actor(
        9,
        "Ines Aro",
        permissions_of([Role.COORDINATOR]),
        area_ids=frozenset({areas["X1"].id}),
        program_ids=frozenset({1}),
    )
    refuse(session, homes[0])

    with pytest.raises(RegistrantUnknown):
        registrant_by_number(session, homes[0].number, actor=partner)
    assert registrant_by_number(session, homes[1].number, actor=partner).id == homes[1].id
