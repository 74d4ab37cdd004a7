"""New programs: what they would come to, how often they come round, and one like another."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import Forbidden
from programs.models.programs import Delivery, ProgramState
from programs.models.recurrences import Recurrence
from programs.queries.amounts import Giving
from programs.queries.approvals import Tier, tiers_of
from programs.queries.foreseen import foreseen
from programs.queries.funds import balance
from programs.queries.gifts import Gift, Item, gifts_of, plain_items
from programs.queries.programs import program_page
from programs.services.programs import BoundToPrograms, add_benefit, duplicate_program
from programs.services.recurrences import Rhythm
from tests.make.geo import make_country
from tests.make.programs import DARA, make_actor, make_family, make_gift, make_program
from tests.make.registry import make_location


def _giving(*gifts: Gift) -> Giving:
    """These benefits in shillings, from today on."""
    return Giving(dict(enumerate(gifts)), "KES", today())


def test_a_program_nobody_has_written_is_reckoned_for_all_it_means(session: Session) -> None:
    for size in (1, 2, 5):
        make_family(session, size)
    gifts = [
        make_gift(fee=Decimal(1)),
        make_gift(items=(Item("3", condition="people > 4"),), cap=None),
    ]

    told = foreseen(session, "people >= 2", _giving(*gifts), actor=DARA)

    # 60 and 90 are due, and 3 more to the last; two times one in fees
    assert [told.meant, told.given, told.amount, told.fees, told.cost] == [2, 2, 153, 2, 155]


def test_who_sees_an_area_is_told_of_its_households(session: Session, visitor: Actor) -> None:
    areas = make_country(session)
    west = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    make_family(session, 3, west)
    make_family(session, 3, make_location(session, 2.5, 0.5, area_id=areas["X21"].id))
    bound = make_actor(81, "West", national=False, area_ids=frozenset({areas["X1"].id}))

    told = foreseen(session, "", _giving(make_gift()), actor=bound)

    assert [told.meant, told.cost] == [1, 70]
    with pytest.raises(Forbidden):
        foreseen(session, "", _giving(make_gift()), actor=visitor)


def test_a_program_like_another_says_and_gives_the_same_from_a_fund_of_its_own(
    session: Session,
) -> None:
    said: dict[str, Any] = {"eligibility": "people > 1", "signers_needed": 2}
    said["purposes"] = ["drought", "food"]
    often: dict[str, Any] = {
        "rhythm": Rhythm("FREQ=MONTHLY", today() - timedelta(days=1), rechecks=False)
    }
    like = make_program(session, fund=500, tiers=(Tier(1, Decimal(9)),), **said, **often)
    seeds = make_gift(name="Seeds", delivery=Delivery.VOUCHER, items=plain_items(7), cap=None)
    add_benefit(session, like.id, seeds, actor=DARA)

    made = duplicate_program(session, like.id, "Next year", actor=DARA)

    assert [made.name, made.purposes, made.eligibility, made.signers_needed] == [
        "Next year",
        ["drought", "food"],
        "people > 1",
        2,
    ]
    kept = session.get_one(Recurrence, made.id)
    assert (kept.rule, kept.rechecks) == ("FREQ=MONTHLY", False)
    assert kept.starts_on > today()
    assert kept.starts_on == program_page(session, like.id, actor=DARA).next_on
    assert (made.state, made.number[-1]) == (ProgramState.DRAFT, "2")
    assert tiers_of(session, made.id) == tiers_of(session, like.id)
    assert [*gifts_of(session, made.id).values()] == [*gifts_of(session, like.id).values()]
    assert balance(session, made.id).free == 0


def test_a_program_like_another_is_made_by_who_may_make_any(
    session: Session, visitor: Actor
) -> None:
    like = make_program(session)
    bound = make_actor(82, "Bound", program_ids=frozenset({like.id}))

    with pytest.raises(Forbidden):
        duplicate_program(session, like.id, "Next", actor=visitor)
    with pytest.raises(BoundToPrograms):
        duplicate_program(session, like.id, "Next", actor=bound)
