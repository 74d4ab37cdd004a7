"""Making one record of two: what goes over, what stays, and taking them apart again."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.db import stand
from core.errors import Forbidden
from programs.models.entitlements import Entitlement
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.services.merging import (
    GoneIsServed,
    KeptHasLeft,
    KeptWentOn,
    KindsDiffer,
    MergedElsewhere,
    NotMerged,
    SameRecord,
    merge,
    unmerge,
)
from programs.services.registrants import NotInRegistry, ReasonNames, erase
from registry.models.contacts import Contact, ContactKind
from registry.models.documents import Document
from registry.models.registrants import (
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from registry.models.relationships import Relationship
from registry.models.tags import RegistrantTag
from registry.queries.registrants import registered
from registry.services.merging import ChangedSince
from tests.make.geo import make_country
from tests.make.programs import DARA, make_approved, make_family, make_prepared, make_program
from tests.make.registry import join, make_household, make_identifier, make_location, make_person

TABLES = (
    *("registrants", "individuals", "groups", "memberships", "identifiers", "contacts"),
    *("relationships", "registrant_tags", "documents", "program_memberships"),
)


def everything(session: Session) -> dict[str, list[Any]]:
    """All that is told of anybody, row by row."""
    session.flush()
    rows = {name: text(f"select to_jsonb(t) from {name} t order by 1") for name in TABLES}  # noqa: S608
    return {name: list(session.scalars(asked)) for name, asked in rows.items()}


def told_of(session: Session, person: Registrant, phone: str, tag: str) -> None:
    """An identifier, a telephone, a paper and a tag."""
    make_identifier(session, person, f"N-{phone}")
    said = {"registrant_id": person.id, "kind": ContactKind.PHONE, "is_main": True}
    session.add(Contact(value=phone, **said))
    session.add(Contact(value="0700 999", **{**said, "is_main": False}))
    session.add(RegistrantTag(registrant_id=person.id, tag=tag))
    session.add(Document(registrant_id=person.id, kind="other", name=phone, bytes=1, media="a/b"))
    session.flush()


def two(session: Session) -> tuple[Registrant, Registrant, Registrant, Registrant]:
    """A woman written down twice: as a daughter in one household, as the head of another."""
    first, second = (make_household(session, name=name) for name in ("Kofi Mensah", "A Yusuf"))
    kept = make_person(session, first, name="Amina Yusuf", birth_date=date(1990, 3, 14))
    gone = make_person(session, second, relation="head", name="A Yusuf", birth_date=None)
    told_of(session, kept, "0700 111", "displaced")
    told_of(session, gone, "0700 222", "pregnant")
    return kept, gone, first, second


def current(session: Session, person: Registrant) -> set[int]:
    of = select(Membership.group_id).where(
        Membership.member_id == person.id, Membership.ended_on.is_(None)
    )
    return {*session.scalars(of)}


def test_what_is_told_of_who_goes_is_told_of_who_stays(session: Session) -> None:
    kept, gone, first, _second = two(session)
    farm = make_household(session, group_kind="farm", name="Farm")
    join(session, gone, farm, "member")

    merge(session, kept.number, gone.number, actor=DARA)

    mine = select(Identifier.value).where(Identifier.registrant_id == kept.id)
    assert {*session.scalars(mine)} == {"N-0700 111", "N-0700 222"}
    phones = select(Contact.value, Contact.is_main).where(Contact.registrant_id == kept.id)
    assert {tuple(row) for row in session.execute(phones)} == {
        ("0700 111", True),
        ("0700 222", False),
        ("0700 999", False),
    }
    tags = select(RegistrantTag.tag).where(RegistrantTag.registrant_id == kept.id)
    assert {*session.scalars(tags)} == {"displaced", "pregnant"}
    papers = select(Document.name).where(Document.registrant_id == kept.id)
    assert len(session.scalars(papers).all()) == 2
    assert current(session, kept) == {first.id, farm.id}
    assert current(session, gone) == set()


def test_the_other_number_leads_to_who_stays(session: Session) -> None:
    kept, gone, *_homes = two(session)

    merge(session, kept.number, gone.number, actor=DARA)

    found = registered(session, gone.number, actor=DARA)
    assert gone.state is RegistrantState.MERGED
    assert found.merged_into is kept


def test_only_what_was_chosen_is_taken_from_who_goes(session: Session) -> None:
    kept, gone, *_homes = two(session)
    session.get_one(Individual, gone.id).birth_date = date(1991, 3, 14)
    session.get_one(Individual, gone.id).sex = "male"

    merge(session, kept.number, gone.number, frozenset({"birth_date"}), actor=DARA)

    said = session.get_one(Individual, kept.id)
    assert (kept.name, said.birth_date, said.sex) == ("Amina Yusuf", date(1991, 3, 14), "female")


def test_taken_apart_both_are_what_they_were(session: Session) -> None:
    kept, gone, first, _second = two(session)
    make_person(session, first, relation="head", name="Kofi Mensah")
    session.add(Relationship(from_id=gone.id, to_id=first.id, kind="guardian"))
    before = everything(session)
    take = frozenset({"name", "birth_date", "place"})
    merge(session, kept.number, gone.number, take, actor=DARA)
    assert everything(session) != before

    unmerge(session, gone.number, actor=DARA)

    session.expire_all()
    assert everything(session) == before
    merge(session, gone.number, kept.number, actor=DARA)  # and the other way round


def test_two_households_become_one_with_one_head(session: Session) -> None:
    here, there = make_location(session, 0.5, 0.5), make_location(session, 0.6, 0.5)
    kept, gone = make_family(session, 2, here), make_family(session, 3, there)
    before = everything(session)

    merge(session, kept.number, gone.number, actor=DARA)

    members = select(Membership).where(
        Membership.group_id == kept.id, Membership.ended_on.is_(None)
    )
    kinds = [each.kind for each in session.scalars(members)]
    assert sorted(kinds) == ["child", "child", "child", "head", "member"]
    places = select(Registrant.location_id).join(Membership, Membership.member_id == Registrant.id)
    assert {*session.scalars(places)} == {here.id}
    counted = select(Individual.counted_in)
    session.expire_all()
    assert {*session.scalars(counted)} == {kept.id}
    unmerge(session, gone.number, actor=DARA)
    session.expire_all()
    assert everything(session) == before


def test_who_is_the_head_twice_in_one_household_stays_its_head(session: Session) -> None:
    home = make_household(session)
    gone = make_person(session, home, relation="head", name="Amina Yusuf")
    kept = make_person(session, home, relation="child", name="Amina Yusuf")
    before = everything(session)

    merge(session, kept.number, gone.number, actor=DARA)

    of = select(Membership).where(Membership.ended_on.is_(None))
    assert [(each.member_id, each.kind) for each in session.scalars(of)] == [(kept.id, "head")]
    unmerge(session, gone.number, actor=DARA)
    session.expire_all()
    assert everything(session) == before


def test_money_and_cycles_stay_with_the_number_they_were_given_under(session: Session) -> None:
    kept, gone = make_family(session, 2), make_family(session, 2)
    program = make_program(session)
    cycle = make_approved(session, program, gone)
    with pytest.raises(GoneIsServed):
        merge(session, kept.number, gone.number, actor=DARA)
    session.execute(text("update cycles set state = 'ended'"))
    session.expire_all()

    merge(session, kept.number, gone.number, actor=DARA)

    of = select(CycleMember.registrant_id).where(CycleMember.cycle_id == cycle.id)
    assert [*session.scalars(of)] == [gone.id]
    assert [*session.scalars(select(Entitlement.registrant_id))] == [gone.id]
    place = session.scalars(select(ProgramMembership)).one()
    assert (place.registrant_id, place.state) == (kept.id, MembershipState.ENROLLED)


def test_of_two_places_in_a_program_one_is_duplicated(session: Session) -> None:
    kept, gone = make_family(session, 2), make_family(session, 2)
    make_approved(session, make_program(session), kept, gone)
    session.execute(text("update cycles set state = 'ended'"))
    session.expire_all()

    merge(session, kept.number, gone.number, actor=DARA)

    states = {each.registrant_id: each.state for each in session.scalars(select(ProgramMembership))}
    assert states == {kept.id: MembershipState.ENROLLED, gone.id: MembershipState.DUPLICATED}


def test_what_was_changed_meanwhile_is_not_taken_apart(session: Session) -> None:
    kept, gone, *_homes = two(session)
    merge(session, kept.number, gone.number, frozenset({"name"}), actor=DARA)
    kept.name = "Amina Diallo"
    session.flush()

    with pytest.raises(ChangedSince):
        unmerge(session, gone.number, actor=DARA)


def test_a_cycle_that_took_in_who_stayed_is_built_on(session: Session) -> None:
    kept, gone = make_family(session, 2), make_family(session, 2)
    merge(session, kept.number, gone.number, actor=DARA)
    make_prepared(session, make_program(session), kept)
    session.execute(text("update cycles set created_at = now() + interval '1 second'"))

    with pytest.raises(ChangedSince):
        unmerge(session, gone.number, actor=DARA)


def test_erasing_forgets_what_a_merge_kept(session: Session) -> None:
    kept, gone, *_homes = two(session)
    merge(session, kept.number, gone.number, frozenset({"name"}), actor=DARA)

    erase(session, kept.number, "Asked for it", actor=DARA)

    assert session.scalar(text("select count(*) from merge_befores")) == 0
    assert gone.name == gone.number  # it was the same person
    with pytest.raises(NotMerged):
        unmerge(session, gone.number, actor=DARA)


def three(session: Session) -> tuple[Registrant, Registrant, Registrant]:
    """One woman, written down three times, with a telephone and a tag of each."""
    found = [make_person(session, name=f"Amina Yusuf {n}") for n in "ABC"]
    for n, each in enumerate(found):
        told_of(session, each, f"0700 11{n}", f"tag{n}")
    return found[0], found[1], found[2]


def test_three_records_become_one_and_are_taken_apart_one_by_one(session: Session) -> None:
    kept, second, third = three(session)
    before = everything(session)
    for gone in (second, third):
        merge(session, kept.number, gone.number, actor=DARA)
    found = registered(session, kept.number, actor=DARA)
    assert [row.number for row in found.merged_here] == [third.number, second.number]

    for gone in (second, third):  # not the last first
        unmerge(session, gone.number, actor=DARA)

    session.expire_all()
    assert everything(session) == before
    assert registered(session, kept.number, actor=DARA).merged_here == []


def test_a_chain_of_merges_leads_to_its_end_and_is_undone_from_there(session: Session) -> None:
    last, middle, first = three(session)
    before = everything(session)
    merge(session, middle.number, first.number, actor=DARA)
    merge(session, last.number, middle.number, actor=DARA)
    assert registered(session, first.number, actor=DARA).merged_into is last
    assert registered(session, middle.number, actor=DARA).merged_into is last

    with pytest.raises(KeptWentOn, match=middle.number):
        unmerge(session, first.number, actor=DARA)
    unmerge(session, middle.number, actor=DARA)
    unmerge(session, first.number, actor=DARA)

    session.expire_all()
    assert everything(session) == before


def test_merges_never_go_round_in_a_circle(session: Session) -> None:
    one, other, *_homes = two(session)
    merge(session, one.number, other.number, actor=DARA)

    with pytest.raises(NotInRegistry):
        merge(session, other.number, one.number, actor=DARA)


def test_who_left_the_registry_is_not_taken_apart_until_they_are_back(session: Session) -> None:
    kept, gone, *_homes = two(session)
    merge(session, kept.number, gone.number, actor=DARA)
    kept.state = RegistrantState.EXITED
    session.flush()

    with pytest.raises(KeptHasLeft):
        unmerge(session, gone.number, actor=DARA)


def test_who_sees_only_one_of_both_takes_nothing_apart(session: Session) -> None:
    areas = make_country(session)
    kept, gone, *_homes = two(session)
    kept.area_id, gone.area_id = areas["X21"].id, areas["X11"].id
    session.flush()
    merge(session, kept.number, gone.number, actor=DARA)
    west = replace(DARA, national=False, area_ids=frozenset({areas["X1"].id}))
    stand(session, west)

    with pytest.raises(MergedElsewhere):
        unmerge(session, gone.number, actor=west)
    assert registered(session, gone.number, actor=west).merged_into is None


def test_erasing_somebody_erases_what_was_merged_into_them(session: Session) -> None:
    last, middle, first = three(session)
    stranger = make_person(session, name="Grace Wanjiru")
    merge(session, middle.number, first.number, actor=DARA)
    merge(session, last.number, middle.number, actor=DARA)

    with pytest.raises(ReasonNames):
        erase(session, last.number, f"{first.name} asked for it", actor=DARA)
    erase(session, last.number, "Asked for it", actor=DARA)

    for each in (last, middle, first):
        assert (each.name, each.names, each.state) == (each.number, None, RegistrantState.ERASED)
    assert stranger.name == "Grace Wanjiru"
    with pytest.raises(NotMerged):
        unmerge(session, middle.number, actor=DARA)


def test_what_cannot_be_merged_is_refused(session: Session) -> None:
    kept, gone, first, _second = two(session)
    nobody = DARA.__class__(1, "Nobody", frozenset())
    with pytest.raises(Forbidden):
        merge(session, kept.number, gone.number, actor=nobody)
    with pytest.raises(SameRecord):
        merge(session, kept.number, kept.number, actor=DARA)
    with pytest.raises(KindsDiffer):
        merge(session, kept.number, first.number, actor=DARA)
    with pytest.raises(NotMerged):
        unmerge(session, gone.number, actor=DARA)
    merge(session, kept.number, gone.number, actor=DARA)
    with pytest.raises(NotInRegistry):
        merge(session, kept.number, gone.number, actor=DARA)
