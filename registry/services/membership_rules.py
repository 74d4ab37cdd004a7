"""What holds of every group and everybody in it, whoever changes it: said in one place.

The acts on memberships, change requests and merges all ask here before they write.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import Conflict, Invalid, Refusal

HEAD, HOUSEHOLD = "head", "household"
DEEPEST = 8  # groups within groups


class SecondHead(Conflict):
    """This household already has a head; say who is head instead, or give another relation."""


class InTwice(Conflict):
    """This person is a member of this group already."""


class InTwoHouseholds(Conflict):
    """This person belongs to another household; move them, so that they leave it the same day."""


class TwoReceive(Conflict):
    """Only one member of a group receives for it, and only one stands in; choose between them."""


class WithinItself(Conflict):
    """A group cannot be a part of itself, nor of a group that is a part of it."""


class TooDeep(Conflict):
    """Groups stand within groups eight deep at the most; put this one higher up."""


class TakesNoGroups(Conflict):
    """Groups of this kind are made of people; choose one that takes groups, such as a family."""


class EndsBeforeItStarts(Invalid):
    """The day somebody left lies before the day they came; correct one of the two."""


@dataclass(frozen=True)
class Standing:
    """One registrant in one group for a time, as the rules look at it."""

    group_id: int
    member_id: int
    kind: str
    started_on: date | None = None
    ended_on: date | None = None
    principal: bool = False
    alternate: bool = False

    @property
    def current(self) -> bool:
        """Whether it holds today."""
        return self.ended_on is None


@dataclass(frozen=True)
class GroupKind:
    """What a group is, as the rules look at it."""

    code: str
    takes_groups: bool = False


def faults_of(
    before: Sequence[Standing], after: Sequence[Standing], kinds: Mapping[int, GroupKind]
) -> list[Refusal]:
    """What a change of memberships would break; what was broken before is not held against it.

    `before` and `after` are all memberships of the groups and people concerned and, where groups
    stand in groups, those of the groups above and below them. `kinds` names all that are groups.
    """
    were = {(type(fault), about) for fault, about in _faults(before, kinds)}
    found = _faults(after, kinds)
    return [fault for fault, about in found if (type(fault), about) not in were]


def _faults(
    standings: Sequence[Standing], kinds: Mapping[int, GroupKind]
) -> Iterator[tuple[Refusal, int]]:
    """What is wrong, and of whom: a group or a member."""
    current = [standing for standing in standings if standing.current]
    yield from _of_groups(current)
    yield from _of_members(current, kinds)
    yield from _of_groups_in_groups(current, kinds)
    for each in standings:
        if each.started_on and each.ended_on and each.ended_on < each.started_on:
            yield EndsBeforeItStarts(), each.member_id


def _of_groups(current: Iterable[Standing]) -> Iterator[tuple[Refusal, int]]:
    by_group: dict[int, list[Standing]] = defaultdict(list)
    for each in current:
        by_group[each.group_id].append(each)
    for group_id, members in by_group.items():
        if sum(each.kind == HEAD for each in members) > 1:
            yield SecondHead(), group_id
        if sum(each.principal for each in members) > 1 or sum(m.alternate for m in members) > 1:
            yield TwoReceive(), group_id


def _of_members(
    current: Iterable[Standing], kinds: Mapping[int, GroupKind]
) -> Iterator[tuple[Refusal, int]]:
    pairs = Counter((each.group_id, each.member_id) for each in current)
    households: dict[int, set[int]] = defaultdict(set)
    for group_id, member_id in pairs:
        if kinds[group_id].code == HOUSEHOLD:
            households[member_id].add(group_id)
    for (_group_id, member_id), times in pairs.items():
        if times > 1:
            yield InTwice(), member_id
    for member_id, theirs in households.items():
        if len(theirs) > 1:
            yield InTwoHouseholds(), member_id


def _of_groups_in_groups(
    current: Iterable[Standing], kinds: Mapping[int, GroupKind]
) -> Iterator[tuple[Refusal, int]]:
    above: dict[int, set[int]] = defaultdict(set)
    for each in current:
        if each.member_id in kinds:
            above[each.member_id].add(each.group_id)
            if not kinds[each.group_id].takes_groups:
                yield TakesNoGroups(), each.member_id
    for group_id in [*above]:
        yield from _of_those_above(group_id, above)


def _of_those_above(group_id: int, above: Mapping[int, set[int]]) -> Iterator[tuple[Refusal, int]]:
    """Whether a group is a part of itself, or stands too deep, going up a step at a time."""
    level: set[int] = {group_id}
    deep = False
    for step in range(DEEPEST + 1):  # groups that stood well may close a ring of one more
        level = {higher for each in level for higher in above.get(each, ())}
        if group_id in level:
            yield WithinItself(), group_id
            return
        deep = bool(level) and step == DEEPEST
    if deep:
        yield TooDeep(), group_id
