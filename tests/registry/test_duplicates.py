"""Looking for duplicates in the registry: what is compared, who sees a pair, what is remembered."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import stand
from core.errors import Forbidden, NotFound
from geo.models.areas import Area
from programs.services.merging import merge, unmerge
from registry.jobs.duplicates import look_for_duplicates
from registry.models.duplicates import DuplicateBlock, DuplicatePair, PairState
from registry.models.registrants import IdentifierState, Registrant, RegistrantState
from registry.queries.duplicates import last_run, pair_by_id, pairs_page
from registry.services.duplicates import DecidedAlready, ask_again, look_for, not_duplicate
from tests.make.jobs import Silent
from tests.make.registry import make_household, make_identifier, make_location, make_person


def local(anybody: Actor, area: Area) -> Actor:
    """Somebody who may do everything, in one area."""
    return Actor(7, "Rana", anybody.permissions, area_ids=frozenset({area.id}))


def found(session: Session, actor: Actor) -> set[frozenset[str]]:
    """The names of each open pair an actor sees."""
    rows = pairs_page(session, actor=actor).rows
    return {frozenset((row.left_name, row.right_name)) for row in rows}


def run(session: Session, actor: Actor) -> dict[str, int]:
    return look_for_duplicates(session, actor=actor, progress=Silent())


def twice(session: Session, one: Area | None = None, other: Area | None = None) -> list[Registrant]:
    """One woman, written down in two households."""
    homes = [make_household(session, name=name) for name in ("Kofi Mensah", "Esi Boateng")]
    areas: list[dict[str, Any]] = [{"area_id": each.id if each else None} for each in (one, other)]
    names = ("Amina Yusuf", "Amina Yussuf")
    return [
        make_person(session, home, name=name, **area)
        for home, name, area in zip(homes, names, areas, strict=True)
    ]


def test_a_double_waits_with_its_reasons_and_what_was_compared(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    twice(session, areas["X11"], areas["X11"])
    make_person(session, name="Grace Wanjiru", birth_date=date(1990, 3, 14))

    told = run(session, anybody)

    (pair,) = pairs_page(session, actor=anybody).rows
    assert {pair.left_name, pair.right_name} == {"Amina Yusuf", "Amina Yussuf"}
    assert set(pair.reasons) == {"alike_name", "same_birth", "same_area"}
    assert told == {"records": 5, "found": 1, "fresh": 1}
    blocks = {each.rule: each for each in session.scalars(select(DuplicateBlock))}
    assert (blocks["named"].groups, blocks["named"].records, blocks["named"].pairs) == (1, 2, 1)


def test_a_household_is_compared_by_its_head_and_its_place(
    session: Session, anybody: Actor
) -> None:
    homes = (("Juma Otieno", 0.5, "Ann Wekesa"), ("Otieno Juma", 0.50005, "Bob Moraa"))
    for name, lon, head in homes:  # 5.6 m at the equator
        home = make_household(session, make_location(session, lon, 0.0), name=name)
        make_person(session, home, relation="head", name=head, birth_date=date(1970, 1, 5))

    run(session, anybody)

    (pair,) = session.scalars(select(DuplicatePair))
    assert pair.same_roof
    assert pair.distance_m == pytest.approx(5.566, abs=0.01)
    assert {"same_name", "same_birth", "same_roof"} <= {*pair.reasons}


def test_one_identifier_of_two_is_proposed_whatever_the_names(
    session: Session, anybody: Actor
) -> None:
    one = make_person(session, name="Rosa Lim", birth_date=None)
    other = make_person(session, name="Teresa Cruz", birth_date=date(1950, 1, 1))
    make_identifier(session, one, "N-100").state = IdentifierState.EXPIRED
    session.flush()
    make_identifier(session, other, "N-100")

    run(session, anybody)

    (pair,) = session.scalars(select(DuplicatePair))
    assert "same_identifier" in pair.reasons
    assert pair.score == pytest.approx(0.9)


def test_who_is_not_active_is_not_compared(session: Session, anybody: Actor) -> None:
    twice(session)[0].state = RegistrantState.EXITED

    run(session, anybody)

    assert found(session, anybody) == set()


def test_two_who_are_two_are_never_proposed_again(session: Session, anybody: Actor) -> None:
    twice(session)
    run(session, anybody)
    (pair,) = session.scalars(select(DuplicatePair))

    not_duplicate(session, pair.id, "Cousins of one name", actor=anybody)
    told = run(session, anybody)

    assert found(session, anybody) == set()
    assert (told["found"], told["fresh"]) == (1, 0)
    assert (pair.state, pair.because) == (PairState.NOT_DUPLICATE, "Cousins of one name")
    with pytest.raises(DecidedAlready):
        not_duplicate(session, pair.id, "", actor=anybody)
    ask_again(session, pair.id, actor=anybody)
    assert len(found(session, anybody)) == 1


def test_a_pair_that_is_alike_no_more_is_taken_away(session: Session, anybody: Actor) -> None:
    one, _other = twice(session)
    run(session, anybody)
    one.name, one.names, one.bones = "Grace Wanjiru", "grace wanjiru", ["grk", "nr"]

    run(session, anybody)

    assert found(session, anybody) == set()


def third(session: Session) -> Registrant:
    """The first of two who are two, once more."""
    home = make_household(session, name="Kofi Mensah again")
    return make_person(session, home, name="Amina Yusuf")


def test_what_was_found_of_two_holds_for_whatever_they_are_merged_into(
    session: Session, anybody: Actor
) -> None:
    one, other = twice(session)
    run(session, anybody)
    (pair,) = session.scalars(select(DuplicatePair))
    not_duplicate(session, pair.id, "Cousins of one name", actor=anybody)
    again, last = third(session), third(session)
    run(session, anybody)
    asked = {(one, again), (one, last), (again, last), (other, again), (other, last)}
    assert open_pairs(session) == {frozenset((a.id, b.id)) for a, b in asked}

    merge(session, again.number, one.number, actor=anybody)
    rows = pairs_page(session, actor=anybody).rows
    shown = {frozenset((row.left_id, row.right_id)) for row in rows}
    assert shown == {frozenset((again.id, last.id)), frozenset((other.id, last.id))}
    run(session, anybody)  # nor does a later run ask
    assert frozenset((other.id, again.id)) not in open_pairs(session)
    merge(session, last.number, again.number, actor=anybody)
    told = run(session, anybody)
    assert (open_pairs(session), told["fresh"]) == (set(), 0)

    unmerge(session, again.number, actor=anybody)
    unmerge(session, one.number, actor=anybody)
    run(session, anybody)
    assert open_pairs(session) == {frozenset((a.id, b.id)) for a, b in asked}


def open_pairs(session: Session) -> set[frozenset[int]]:
    of = select(DuplicatePair).where(DuplicatePair.state == PairState.OPEN)
    return {frozenset((pair.left_id, pair.right_id)) for pair in session.scalars(of)}


def test_only_who_may_see_both_sees_a_pair(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    twice(session, areas["X11"], areas["X21"])
    run(session, anybody)
    (pair,) = session.scalars(select(DuplicatePair))
    west = local(anybody, areas["X1"])

    assert len(found(session, anybody)) == 1
    assert found(session, west) == set()
    assert last_run(session, actor=west).beyond == 1
    assert last_run(session, actor=anybody).beyond == 0
    with pytest.raises(NotFound):
        pair_by_id(session, pair.id, actor=west)
    stand(session, west)
    assert session.scalars(select(DuplicatePair.id)).all() == []


def test_a_pair_follows_those_who_move(
    session: Session, anybody: Actor, areas: dict[str, Area]
) -> None:
    _one, other = twice(session, areas["X11"], areas["X21"])
    run(session, anybody)
    other.area_id = areas["X12"].id
    session.flush()

    stand(session, local(anybody, areas["X1"]))

    assert len(session.scalars(select(DuplicatePair.id)).all()) == 1


def test_who_may_not_decide_looks_for_nothing(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        look_for(session, lambda _done, _total, _note: None, actor=visitor)
    with pytest.raises(Forbidden):
        pairs_page(session, actor=visitor)
