"""Joining, leaving, moving and being head: each act by hand on small households."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.clock import today
from core.db import stand
from core.errors import Forbidden, Refusal
from geo.models.areas import Area
from registry.models.registrants import (
    FormerPlace,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from registry.queries.registrants import RegistrantUnknown
from registry.services import memberships as acts
from registry.services.membership_rules import (
    EndsBeforeItStarts,
    InTwice,
    InTwoHouseholds,
    SecondHead,
    TakesNoGroups,
    TooDeep,
    WithinItself,
)
from registry.services.memberships import Joining, change_head, join, leave, transfer
from registry.services.records import NotActive
from tests.make.registry import make_household, make_location, make_person

DAY = date(2026, 11, 1)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """Amina, the head, and her children Idris and Sefu, in X11."""
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_household(session, place, name="Amina Doro")
    make_person(session, home, relation="head", name="Amina Doro")
    for name in ("Idris Doro", "Sefu Doro"):
        make_person(session, home, name=name, birth_date=date(2010, 1, 1))
    return home


@pytest.fixture
def other(session: Session, areas: dict[str, Area]) -> Registrant:
    """Halima alone, in X12."""
    place = make_location(session, 1.5, 1.0, area_id=areas["X12"].id)
    other = make_household(session, place, name="Halima Sen")
    make_person(session, other, relation="head", name="Halima Sen")
    return other


def called(session: Session, name: str) -> Registrant:
    person = Registrant.kind == "individual"
    return session.scalars(select(Registrant).where(Registrant.name == name, person)).one()


def members(session: Session, group: Registrant) -> dict[str, str]:
    """The members of a group today and what they are in it."""
    session.flush()
    rows = (
        select(Registrant.name, Membership.kind)
        .join(Membership, Membership.member_id == Registrant.id)
        .where(Membership.group_id == group.id, Membership.ended_on.is_(None))
    )
    return dict(session.execute(rows).all())


def counted_in(session: Session, person: Registrant) -> int | None:
    return session.scalar(
        select(Individual.counted_in).where(Individual.registrant_id == person.id)
    )


def test_who_joins_stands_and_counts_where_the_household_stands(
    session: Session, home: Registrant, anybody: Actor
) -> None:
    old = make_location(session, 3.0, 1.0)
    neema = make_person(session, location_id=old.id, name="Neema Oro")
    made = join(session, home.number, neema.number, Joining("spouse", DAY), actor=anybody)

    assert (made.kind, made.started_on) == ("spouse", DAY)
    assert members(session, home)["Neema Oro"] == "spouse"
    assert (neema.location_id, neema.area_id) == (home.location_id, home.area_id)
    assert session.scalars(select(FormerPlace.location_id)).all() == [old.id]
    assert counted_in(session, neema) == home.id
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("memberships.join", home.id)
    assert entry.figures == {"number": neema.number, "relation": "spouse"}


def test_who_leaves_is_no_member_from_that_day(
    session: Session, home: Registrant, anybody: Actor
) -> None:
    idris = called(session, "Idris Doro")
    leave(session, home.number, idris.number, DAY, actor=anybody)

    assert members(session, home) == {"Amina Doro": "head", "Sefu Doro": "child"}
    assert counted_in(session, idris) is None
    assert (
        session.scalars(select(Membership.ended_on).where(Membership.member_id == idris.id)).one()
        == DAY
    )


def test_a_head_who_leaves_names_the_next_whose_name_the_household_bears(
    session: Session, home: Registrant, anybody: Actor
) -> None:
    amina, sefu = called(session, "Amina Doro"), called(session, "Sefu Doro")
    leave(session, home.number, amina.number, DAY, sefu.number, actor=anybody)

    assert members(session, home) == {"Sefu Doro": "head", "Idris Doro": "child"}
    assert (home.name, home.names) == ("Sefu Doro", "sefu doro")


def test_a_head_who_leaves_without_naming_anybody_leaves_it_without_one(
    session: Session, home: Registrant, anybody: Actor
) -> None:
    leave(session, home.number, called(session, "Amina Doro").number, actor=anybody)

    assert members(session, home) == {"Idris Doro": "child", "Sefu Doro": "child"}


def test_the_head_changes_and_who_was_it_stays(
    session: Session, home: Registrant, anybody: Actor
) -> None:
    sefu = called(session, "Sefu Doro")
    change_head(session, home.number, sefu.number, "parent", actor=anybody)

    assert members(session, home) == {
        "Sefu Doro": "head",
        "Amina Doro": "parent",
        "Idris Doro": "child",
    }
    assert home.name == "Sefu Doro"


def test_who_moves_leaves_one_household_and_joins_the_other_on_one_day(
    session: Session, home: Registrant, other: Registrant, anybody: Actor
) -> None:
    idris = called(session, "Idris Doro")
    joining = Joining("other_relative", DAY)
    transfer(session, idris.number, other.number, joining, actor=anybody)

    assert members(session, home) == {"Amina Doro": "head", "Sefu Doro": "child"}
    assert members(session, other) == {"Halima Sen": "head", "Idris Doro": "other_relative"}
    assert (counted_in(session, idris), idris.area_id) == (other.id, other.area_id)
    days = select(Membership.ended_on, Membership.started_on).where(
        Membership.member_id == idris.id
    )
    assert session.execute(days.order_by(Membership.id)).all() == [(DAY, None), (None, DAY)]


def test_a_farm_takes_households_and_people_of_households(
    session: Session, home: Registrant, other: Registrant, anybody: Actor
) -> None:
    farm = make_household(session, group_kind="farm", name="Farm")
    for number in (other.number, called(session, "Amina Doro").number):
        join(session, farm.number, number, Joining(), actor=anybody)

    assert members(session, farm) == {"Amina Doro": "member", "Halima Sen": "member"}
    assert counted_in(session, called(session, "Amina Doro")) == home.id


def test_groups_stand_within_groups_but_never_within_themselves(
    session: Session, anybody: Actor
) -> None:
    farms = [make_household(session, group_kind="farm", name=f"Farm {n}") for n in range(10)]
    for higher, lower in pairwise(farms[:9]):
        join(session, higher.number, lower.number, Joining(), actor=anybody)
    with pytest.raises(WithinItself):
        join(session, farms[8].number, farms[0].number, Joining(), actor=anybody)
    with pytest.raises(WithinItself):
        join(session, farms[2].number, farms[1].number, Joining(), actor=anybody)
    with pytest.raises(TooDeep):
        join(session, farms[8].number, farms[9].number, Joining(), actor=anybody)


Act = Callable[[Session, Registrant, Registrant, Actor], object]
FAULTS: list[tuple[Act, type[Refusal]]] = [
    (
        lambda s, home, other, a: join(
            s, home.number, called(s, "Halima Sen").number, Joining(), actor=a
        ),
        InTwoHouseholds,
    ),
    (
        lambda s, home, other, a: join(
            s, home.number, called(s, "Idris Doro").number, Joining(), actor=a
        ),
        InTwice,
    ),
    (
        lambda s, home, other, a: join(
            s, home.number, make_person(s).number, Joining("head"), actor=a
        ),
        SecondHead,
    ),
    (
        lambda s, home, other, a: join(s, home.number, other.number, Joining(), actor=a),
        TakesNoGroups,
    ),
    (
        lambda s, home, other, a: join(
            s, called(s, "Idris Doro").number, make_person(s).number, Joining(), actor=a
        ),
        acts.NotAGroup,
    ),
    (
        lambda s, home, other, a: join(
            s, home.number, make_person(s).number, Joining(on=date(9999, 1, 1)), actor=a
        ),
        acts.InTheFuture,
    ),
    (
        lambda s, home, other, a: join(
            s, home.number, make_person(s).number, Joining(on=date(1990, 3, 13)), actor=a
        ),
        acts.BeforeBirth,
    ),
    (
        lambda s, home, other, a: join(
            s, home.number, make_person(s).number, Joining("boss"), actor=a
        ),
        acts.RelationUnknown,
    ),
    (
        lambda s, home, other, a: join(
            s,
            home.number,
            make_person(s, state=RegistrantState.EXITED).number,
            Joining(),
            actor=a,
        ),
        NotActive,
    ),
    (
        lambda s, home, other, a: leave(s, home.number, called(s, "Halima Sen").number, actor=a),
        acts.NotAMember,
    ),
    (
        lambda s, home, other, a: leave(
            s,
            home.number,
            called(s, "Amina Doro").number,
            None,
            called(s, "Halima Sen").number,
            actor=a,
        ),
        acts.NextHeadMissing,
    ),
    (
        lambda s, home, other, a: leave(
            s,
            home.number,
            called(s, "Idris Doro").number,
            None,
            called(s, "Sefu Doro").number,
            actor=a,
        ),
        acts.NextHeadMissing,
    ),
    (
        lambda s, home, other, a: change_head(
            s, home.number, called(s, "Amina Doro").number, actor=a
        ),
        acts.StaysHead,
    ),
    (
        lambda s, home, other, a: change_head(
            s, home.number, called(s, "Idris Doro").number, "head", actor=a
        ),
        acts.RelationUnknown,
    ),
    (
        lambda s, home, other, a: transfer(
            s, make_person(s).number, home.number, Joining(), actor=a
        ),
        acts.NotAMember,
    ),
    (
        lambda s, home, other, a: transfer(
            s, called(s, "Idris Doro").number, home.number, Joining(), "HG-AAAAAAAA", actor=a
        ),
        RegistrantUnknown,
    ),
]


@pytest.mark.parametrize(("act", "fault"), FAULTS)
def test_what_breaks_a_rule_is_refused(
    session: Session,
    home: Registrant,
    other: Registrant,
    anybody: Actor,
    act: Act,
    fault: type[Refusal],
) -> None:
    before = members(session, home), members(session, other)
    with pytest.raises(fault):
        act(session, home, other, anybody)

    assert (members(session, home), members(session, other)) == before
    assert session.scalars(select(AuditEntry)).all() == []


def test_nobody_leaves_before_they_came(session: Session, home: Registrant, anybody: Actor) -> None:
    neema = make_person(session, name="Neema Oro")
    join(session, home.number, neema.number, Joining(on=today()), actor=anybody)
    with pytest.raises(EndsBeforeItStarts):
        leave(session, home.number, neema.number, DAY, actor=anybody)


def test_somebody_of_one_area_changes_nothing_beyond_it(
    session: Session, home: Registrant, areas: dict[str, Area], anybody: Actor
) -> None:
    far = make_household(session, make_location(session, 2.5, 1.0, area_id=areas["X21"].id))
    idris = called(session, "Idris Doro")
    near = replace(anybody, id=51, national=False, area_ids=frozenset({areas["X1"].id}))
    stand(session, near)

    with pytest.raises(RegistrantUnknown):
        transfer(session, idris.number, far.number, Joining(), actor=near)
    leave(session, home.number, idris.number, actor=near)
    assert members(session, home) == {"Amina Doro": "head", "Sefu Doro": "child"}


def test_who_may_not_write_changes_nothing(
    session: Session, home: Registrant, visitor: Actor
) -> None:
    idris = called(session, "Idris Doro").number
    with pytest.raises(Forbidden):
        join(session, home.number, idris, Joining(), actor=visitor)
    with pytest.raises(Forbidden):
        leave(session, home.number, idris, actor=visitor)
    with pytest.raises(Forbidden):
        change_head(session, home.number, idris, actor=visitor)
    with pytest.raises(Forbidden):
        transfer(session, idris, home.number, Joining(), actor=visitor)
