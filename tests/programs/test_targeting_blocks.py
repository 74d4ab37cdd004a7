"""Blocks mean what they say: alternatives of ANDs, judged by the database and by plain Python."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.memberships import CycleMember
from programs.queries.targeting import Block, Rules, either
from programs.services.cycles import enrol
from programs.services.targeting import set_rules
from tests.make.programs import DARA, make_cycle, make_program
from tests.make.registry import make_household, make_person


@dataclass(frozen=True)
class Home:
    """The ages of the members of a household, on the day a cycle starts."""

    ages: tuple[int, ...]


HOMES = [Home(()), Home((3,)), Home((40,)), Home((40, 3)), Home((40, 3, 4)), Home((70, 65, 40))]
HOUSEHOLD: dict[str, Callable[[int], bool]] = {
    "": lambda _n: True,
    "people >= 2": lambda n: n >= 2,
    "people < 3": lambda n: n < 3,
}
MEMBER: dict[str, Callable[[int], bool] | None] = {
    "": None,
    "age < 5": lambda age: age < 5,
    "age >= 60": lambda age: age >= 60,
}

blocks = st.builds(
    Block,
    st.just(""),
    st.sampled_from([*HOUSEHOLD]),
    st.sampled_from([*MEMBER]),
    st.integers(1, 3),
)


def _met(block: Block, home: Home) -> bool:
    of_member = MEMBER[block.member]
    enough = of_member is None or sum(map(of_member, home.ages)) >= block.members
    return HOUSEHOLD[block.household](len(home.ages)) and enough


def _expected(take: list[Block], leave: list[Block], home: Home) -> str:
    if any(_met(block, home) for block in leave):
        return "excluded"
    taken = not take or any(_met(block, home) for block in take)
    return "enrolled" if taken else "rule"


def test_the_database_judges_as_plain_python_does(session: Session) -> None:
    homes = {}
    for home in HOMES:
        household = make_household(session)
        homes[household] = home
        for age in home.ages:
            make_person(session, household, birth_date=date(2026 - age, 1, 1))
    program = make_program(session)
    cycle = make_cycle(session, program, *homes)

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(blocks, max_size=3),
        st.lists(blocks.filter(lambda block: bool(block.household or block.member)), max_size=2),
    )
    def judges_alike(take: list[Block], leave: list[Block]) -> None:
        rules = Rules(take=tuple(take), leave=tuple(leave))
        set_rules(session, program.id, rules, actor=DARA)
        enrol(session, cycle.id, actor=DARA)
        session.expire_all()
        members = session.scalars(select(CycleMember).where(CycleMember.cycle_id == cycle.id))
        found = {m.registrant_id: m.reason or m.state for m in members}
        assert found == {each.id: _expected(take, leave, home) for each, home in homes.items()}

    judges_alike()


@pytest.mark.parametrize(
    ("conditions", "together"),
    [
        ([], ""),
        (["a > 1"], "a > 1"),
        (["a > 1", ""], ""),
        (["a > 1", "b > 2 AND c > 3"], "(a > 1) OR (b > 2 AND c > 3)"),
    ],
)
def test_any_of_some_conditions_is_one_condition(conditions: list[str], together: str) -> None:
    assert either(conditions) == together
