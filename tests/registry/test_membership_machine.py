"""Whatever acts are done in whatever order, the rules of households hold."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import Refusal
from programs.services.changes import apply_change
from programs.services.merging import merge, unmerge
from programs.services.registrants import erase, exit_registry, readmit
from registry.models.registrants import (
    Group,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.queries.people import composition
from registry.services.membership_rules import DEEPEST
from registry.services.memberships import Joining, change_head, join, leave, transfer
from registry.services.people import Household, Person, register
from tests.make.changes import HANA, make_approved_change
from tests.make.registry import make_household
from tests.together import undone

LIFE = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
GROUP, PERSON = RegistrantKind.GROUP, RegistrantKind.INDIVIDUAL
PICK = st.integers(0, 30)
RELATIONS = st.sampled_from(["head", "spouse", "child", "member"])
DAYS = st.integers(-3, 400)


class Households(RuleBasedStateMachine):
    """Groups of one registry, in one another too, changed by whoever may, in any order."""

    def __init__(self, session: Session, actor: Actor) -> None:
        super().__init__()
        self.session, self.actor = session, actor
        self.before = undone(session)
        self.before.__enter__()

    def teardown(self) -> None:
        self.before.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        """Two households of two, and a farm."""
        for name in ("Doro", "Sen"):
            people = [Person(f"A {name}", "head"), Person(f"B {name}", "child")]
            register(self.session, Household(people), actor=self.actor)
        for kind, name in (("farm", "Farm"), ("farm", "Mill"), ("association", "Union")):
            make_household(self.session, group_kind=kind, name=name)

    def _any(self, pick: int, kind: RegistrantKind | None = None) -> str:
        numbers = select(Registrant.number).order_by(Registrant.id)
        if kind:
            numbers = numbers.where(Registrant.kind == kind)
        found = self.session.scalars(numbers).all()
        return found[pick % len(found)]

    def _member(self, pick: int) -> tuple[str, str]:
        """A group and one of its members today, or two numbers of whoever, where nobody is one."""
        current = self._current()
        if not current:
            return self._any(pick, GROUP), self._any(pick)
        found = sorted(current, key=lambda each: each.id)[pick % len(current)]
        of = {found.group_id, found.member_id}
        rows = self.session.execute(
            select(Registrant.id, Registrant.number).where(Registrant.id.in_(of))
        )
        numbers = dict(rows.all())
        return numbers[found.group_id], numbers[found.member_id]

    @rule(heads=st.integers(0, 2), people=st.integers(0, 3))
    def a_household_comes(self, heads: int, people: int) -> None:
        told = [Person(f"C{n}", "head" if n < heads else "child") for n in range(people)]
        self._try(lambda: register(self.session, Household(told), actor=self.actor))

    @rule(group=PICK, member=PICK, kind=RELATIONS, ago=DAYS)
    def somebody_joins(self, group: int, member: int, kind: str, ago: int) -> None:
        joining = Joining(kind, self._day(ago))
        numbers = self._any(group, GROUP), self._any(member)
        self._try(lambda: join(self.session, *numbers, joining, actor=self.actor))

    @rule(member=PICK, follows=PICK, named=st.booleans(), ago=st.sampled_from([0, 0, -1, 30]))
    def somebody_leaves(self, member: int, follows: int, named: bool, ago: int) -> None:
        numbers = self._member(member)
        head = self._any(follows, PERSON) if named else ""
        day = self._day(ago)
        self._try(lambda: leave(self.session, *numbers, day, head, actor=self.actor))

    @rule(member=PICK, former=RELATIONS)
    def the_head_changes(self, member: int, former: str) -> None:
        numbers = self._member(member)
        self._try(lambda: change_head(self.session, *numbers, former, actor=self.actor))

    @rule(member=PICK, group=PICK, kind=RELATIONS)
    def somebody_moves(self, member: int, group: int, kind: str) -> None:
        numbers = self._any(member, PERSON), self._any(group, GROUP)
        self._try(lambda: transfer(self.session, *numbers, Joining(kind), actor=self.actor))

    @rule(group=PICK, within=PICK)
    def a_group_joins_a_group(self, group: int, within: int) -> None:
        numbers = self._any(within, GROUP), self._any(group, GROUP)
        self._try(lambda: join(self.session, *numbers, Joining(), actor=self.actor))

    @rule(member=PICK, follows=PICK)
    def a_household_is_split(self, member: int, follows: int) -> None:
        home, goes = self._member(member)
        answers = {f"goes-{goes}": "head", "next_head": self._any(follows, PERSON)}
        self._try(lambda: self._change("split_household", home, answers))

    @rule(kind=st.sampled_from(["household", "farm", "association"]), begins=PICK, more=PICK)
    def a_group_is_made(self, kind: str, begins: int, more: int) -> None:
        answers = {"kind": kind, "name": "New", "relation": "member", "number-1": self._any(more)}
        self._try(lambda: self._change("create_group", self._any(begins), answers))

    @rule(kept=PICK, gone=PICK)
    def two_records_are_one(self, kept: int, gone: int) -> None:
        numbers = self._any(kept), self._any(gone)
        self._try(lambda: merge(self.session, *numbers, actor=self.actor))

    @rule(gone=PICK)
    def they_are_two_again(self, gone: int) -> None:
        merged = select(Registrant.number).where(Registrant.state == RegistrantState.MERGED)
        found = self.session.scalars(merged.order_by(Registrant.id)).all()
        number = found[gone % len(found)] if found else self._any(gone)
        self._try(lambda: unmerge(self.session, number, actor=self.actor))

    def _change(self, kind: str, number: str, answers: dict[str, str]) -> None:
        made = make_approved_change(self.session, kind, number, answers=answers)
        apply_change(self.session, made.number, actor=HANA)

    @rule(who=PICK)
    def somebody_leaves_the_registry(self, who: int) -> None:
        number = self._any(who)
        self._try(lambda: exit_registry(self.session, number, "moved away", actor=self.actor))

    @rule(who=PICK)
    def somebody_comes_back(self, who: int) -> None:
        number = self._any(who)
        self._try(lambda: readmit(self.session, number, actor=self.actor))

    @rule(who=PICK)
    def somebody_is_erased(self, who: int) -> None:
        number = self._any(who)
        self._try(lambda: erase(self.session, number, "they asked", actor=self.actor))

    def _day(self, ago: int) -> date:
        return today() - timedelta(days=ago)

    def _try(self, act: Callable[[], object]) -> None:
        """Do an act, or be refused with a sentence; then nothing of it stays."""
        try:
            with self.session.begin_nested():
                act()
                self.session.flush()
        except Refusal:
            self.session.expire_all()

    def _current(self) -> list[Membership]:
        self.session.flush()
        current = select(Membership).where(Membership.ended_on.is_(None))
        return list(self.session.scalars(current.execution_options(populate_existing=True)))

    def _households(self) -> set[int]:
        of = select(Group.registrant_id).where(Group.kind == "household")
        return set(self.session.scalars(of))

    @invariant()
    def a_group_has_one_head_at_the_most(self) -> None:
        heads = Counter(each.group_id for each in self._current() if each.kind == "head")
        assert all(count == 1 for count in heads.values())

    @invariant()
    def nobody_is_in_two_households(self) -> None:
        households = self._households()
        theirs = Counter(m.member_id for m in self._current() if m.group_id in households)
        assert all(count == 1 for count in theirs.values())

    @invariant()
    def a_household_is_made_of_people(self) -> None:
        groups = set(self.session.scalars(select(Group.registrant_id)))
        households = self._households()
        assert not [
            m for m in self._current() if m.member_id in groups and m.group_id in households
        ]

    @invariant()
    def no_group_stands_within_itself_nor_deeper_than_eight(self) -> None:
        groups = set(self.session.scalars(select(Group.registrant_id)))
        above: dict[int, set[int]] = {}
        for each in self._current():
            if each.member_id in groups:
                above.setdefault(each.member_id, set()).add(each.group_id)

        def height(group: int, below: frozenset[int]) -> int:
            assert group not in below
            return 1 + max((height(a, below | {group}) for a in above.get(group, ())), default=0)

        assert all(height(group, frozenset()) <= DEEPEST + 1 for group in groups)

    @invariant()
    def who_was_merged_or_erased_belongs_to_nothing(self) -> None:
        gone = (RegistrantState.MERGED, RegistrantState.ERASED)
        states = dict(self._states())
        assert not [each for each in self._current() if states[each.member_id] in gone]

    @invariant()
    def a_person_stands_where_their_household_stands(self) -> None:
        stands = dict(self.session.execute(select(Registrant.id, Registrant.location_id)).all())
        households = self._households()
        apart = [m for m in self._current() if m.group_id in households]
        assert not [m for m in apart if stands[m.member_id] != stands[m.group_id]]

    @invariant()
    def everybody_counts_where_a_plain_count_finds_them(self) -> None:
        counted = select(Individual.registrant_id, Individual.counted_in)
        assert dict(self.session.execute(counted).all()) == self._recounted()

    @invariant()
    def the_people_of_all_groups_are_those_who_count(self) -> None:
        counted = Counter(group for group in self._recounted().values() if group)
        people = composition(today())
        asked = select(people.c.registrant_id, people.c.people).where(people.c.people > 0)
        assert dict(self.session.execute(asked).all()) == dict(counted)

    def _states(self) -> list[tuple[int, RegistrantState]]:
        return list(self.session.execute(select(Registrant.id, Registrant.state)).all())

    def _recounted(self) -> dict[int, int | None]:
        """The group each person counts in, by the words of the domain."""
        state = dict(self._states())
        households = self._households()
        found: dict[int, int | None] = {}
        for person in self.session.scalars(select(Individual.registrant_id)):
            groups = [
                m.group_id
                for m in self._current()
                if m.member_id == person and state[m.group_id] is RegistrantState.ACTIVE
            ]
            groups.sort(key=lambda group: (group not in households, group))
            counts = groups and state[person] is RegistrantState.ACTIVE
            found[person] = groups[0] if counts else None
        return found


def test_the_rules_hold_under_any_acts_in_any_order(session: Session, anybody: Actor) -> None:
    class Here(Households):
        def __init__(self) -> None:
            super().__init__(session, anybody)

    run_state_machine_as_test(Here, settings=LIFE)
