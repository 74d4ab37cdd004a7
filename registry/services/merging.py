"""Making one record of two, and two of one again: what happens to the rows of each.

Part of an act of the programs (programs.services.merging), which know what is being given to whom.
Every change of a row is written down as it was and as it became, so that it can be taken back
while nothing else has touched it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import delete, inspect, or_, select
from sqlalchemy.orm import Session

from core.clock import today
from core.db import Base
from core.errors import Conflict
from registry.models.accounts import Account, AccountState
from registry.models.contacts import Contact
from registry.models.documents import Document
from registry.models.duplicates import Merge, MergeBefore
from registry.models.registrants import (
    Group,
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.models.relationships import Relationship
from registry.models.tags import RegistrantTag
from registry.services.membership_rules import HEAD, HOUSEHOLD
from registry.services.standings import kinds_of

OF_ANYBODY = ("name", "name_local", "language", "settlement", "address")
OF_A_PERSON = (
    *("sex", "birth_date", "family_name", "given_name", "other_names"),
    *("civil_status", "education", "occupation"),
)
OF_A_GROUP = ("stated_size",)
PLACE = "place"
TAKEN = frozenset({*OF_ANYBODY, *OF_A_PERSON, *OF_A_GROUP, PLACE})
"""What can be taken from the record that goes."""
TAGS = "registrant_tags"


class ChangedSince(Conflict):
    """{number} was changed since the two were merged, so they cannot be taken apart any more."""


@dataclass
class Merging:
    """A merge that is being done: who stays, who goes, and what was changed so far."""

    session: Session
    merge: Merge
    kept: Registrant
    gone: Registrant
    befores: dict[tuple[str, int], MergeBefore] = field(default_factory=dict)

    def change(self, row: Base, **values: Any) -> None:
        """Change columns of a row, and write down what they were."""
        key = (row.__tablename__, key_of(row))
        kept = self.befores.get(key)
        if kept is None:
            kept = self._begun(*key)
        before = {name: plain(getattr(row, name)) for name in values}
        kept.before = before | kept.before
        kept.after = kept.after | {name: plain(value) for name, value in values.items()}
        for name, value in values.items():
            setattr(row, name, value)
        self.session.flush()

    def _begun(self, table: str, row_id: int) -> MergeBefore:
        areas = {"area_id": self.kept.area_id, "other_area_id": self.gone.area_id}
        told = {"table_name": table, "row_id": row_id, "before": {}, "after": {}}
        made = MergeBefore(merge_id=self.merge.id, **told, **areas)
        self.session.add(made)
        self.befores[table, row_id] = made
        return made

    def take_tags(self) -> None:
        """Give who stays the tags of who goes."""
        of = {each: select(RegistrantTag.tag).where(RegistrantTag.registrant_id == each.id)
              for each in (self.kept, self.gone)}  # fmt: skip
        theirs = {each: {*self.session.scalars(asked)} for each, asked in of.items()}
        more = sorted(theirs[self.gone] - theirs[self.kept])
        told = {"area_id": self.kept.area_id, "made_by": self.kept.made_by}
        for tag in more:
            self.session.add(RegistrantTag(registrant_id=self.kept.id, tag=tag, **told))
        if more:
            self._begun(TAGS, self.kept.id).after = {"tags": more}


def merge_records(merging: Merging, take: frozenset[str]) -> None:
    """Let one record become a part of another, which takes the fields named in `take` from it."""
    _take_fields(merging, take)
    for row in _own(merging):
        merging.change(row, registrant_id=merging.kept.id, **_told(merging.kept))
    _merge_contacts(merging)
    _merge_accounts(merging)
    _merge_relationships(merging)
    merging.take_tags()
    if merging.gone.kind is RegistrantKind.GROUP:
        _move_members(merging)
    _merge_belonging(merging)
    merging.change(merging.gone, state=RegistrantState.MERGED, merged_into_id=merging.kept.id)


def take_apart(session: Session, merge: Merge, models: Mapping[str, type[Base]]) -> int:
    """Give every row back what it was before a merge; answers how many they are.

    `models` are the tables a merge may have changed, by name.

    Raises:
        ChangedSince
    """
    of = select(MergeBefore).where(MergeBefore.merge_id == merge.id)
    befores = sorted(session.scalars(of), key=_order)
    for each in befores:
        if each.table_name == TAGS:
            _untag(session, each)
            continue
        model = models[each.table_name]
        row = session.get(model, each.row_id, with_for_update=True, populate_existing=True)
        if row is None or any(plain(getattr(row, n)) != v for n, v in each.after.items()):
            raise ChangedSince(number=session.get_one(Registrant, merge.kept_id).number)
        for name, value in each.before.items():
            setattr(row, name, _typed(model, name, value))
        session.flush()
    return len(befores)


def key_of(row: Base) -> int:
    """The key of a row that has one."""
    (key,) = inspect(row).identity or ()
    return int(key)


def plain(value: Any) -> Any:
    """A value as it is kept in JSON."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _typed(model: type[Base], name: str, value: Any) -> Any:
    """A value from JSON as a column holds it."""
    kind = model.__table__.c[name].type.python_type
    if value is None:
        return None
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if issubclass(kind, Enum) else value


def _order(before: MergeBefore) -> tuple[bool, bool, str, int]:
    """Heads come back last, so that no household ever has two; who went, before all of it."""
    heads = before.before.get("kind") == HEAD or "ended_on" in before.before
    return before.table_name == "memberships", heads, before.table_name, before.row_id


def _untag(session: Session, before: MergeBefore) -> None:
    of = (RegistrantTag.registrant_id == before.row_id, RegistrantTag.tag.in_(before.after["tags"]))
    session.execute(delete(RegistrantTag).where(*of))


def _told(kept: Registrant) -> dict[str, Any]:
    return {"area_id": kept.area_id, "made_by": kept.made_by}


def _take_fields(merging: Merging, take: frozenset[str]) -> None:
    kept, gone = merging.kept, merging.gone
    named = {"name", "name_local"} & take
    values = {name: getattr(gone, name) for name in OF_ANYBODY if name in take}
    if named:
        values |= {"names": gone.names, "bones": gone.bones, "name_local": gone.name_local}
    if PLACE in take:
        values |= {"location_id": gone.location_id, "area_id": gone.area_id}
    if values:
        merging.change(kept, **values)
    for model, names in ((Individual, OF_A_PERSON), (Group, OF_A_GROUP)):
        mine, theirs = (merging.session.get(model, each.id) for each in (kept, gone))
        said = {name: getattr(theirs, name) for name in names if name in take}
        if "birth_date" in said and isinstance(theirs, Individual):
            said["birth_date_exact"] = theirs.birth_date_exact
        if said and mine is not None:
            merging.change(mine, **said)


def _own(merging: Merging) -> Iterable[Identifier | Document]:
    """What is told of who goes, and can as well be told of who stays."""
    for model in (Identifier, Document):
        yield from _of_both(merging, model)[1]


def _merge_contacts(merging: Merging) -> None:
    """Numbers and addresses who stays does not have yet; their main ones stay the main ones."""
    mine, theirs = _of_both(merging, Contact)
    known = {(each.kind, each.key) for each in mine}
    mains = {each.kind for each in mine if each.is_main}
    for each in theirs:
        if (each.kind, each.key) not in known:
            main = each.is_main and each.kind not in mains
            _hand_over(merging, each, is_main=main)


def _merge_accounts(merging: Merging) -> None:
    mine, theirs = _of_both(merging, Account)
    valid = [each for each in mine if each.state is AccountState.VALID]
    known, has_main = {each.key for each in valid}, any(each.is_main for each in valid)
    for each in theirs:
        if each.state is not AccountState.VALID or each.key not in known:
            _hand_over(merging, each, is_main=each.is_main and not has_main)


def _of_both(merging: Merging, model: Any) -> tuple[list[Any], list[Any]]:
    """The rows of who stays, and of who goes."""
    of = (
        select(model).where(model.registrant_id == each.id).order_by(model.id)
        for each in (merging.kept, merging.gone)
    )
    mine, theirs = ([*merging.session.scalars(asked)] for asked in of)
    return mine, theirs


def _hand_over(merging: Merging, row: Any, **values: Any) -> None:
    merging.change(row, registrant_id=merging.kept.id, **_told(merging.kept), **values)


def _merge_relationships(merging: Merging) -> None:
    """Ties to others; one between the two, or that who stays has as well, stays where it is."""
    kept, gone = merging.kept.id, merging.gone.id
    of = or_(*(side.in_([kept, gone]) for side in (Relationship.from_id, Relationship.to_id)))
    ties = merging.session.scalars(select(Relationship).where(of).order_by(Relationship.id)).all()
    known = {(each.from_id, each.to_id, each.kind) for each in ties if each.ended_on is None}
    for each in ties:
        ends = {"from_id": each.from_id, "to_id": each.to_id}
        become = {name: kept if end == gone else end for name, end in ends.items()}
        tie = (become["from_id"], become["to_id"], each.kind)
        if become == ends or tie[0] == tie[1] or (each.ended_on is None and tie in known):
            continue
        merging.change(each, **become)


def _move_members(merging: Merging) -> None:
    """Who lives in the household that goes lives in the one that stays, and stands there."""
    kept, gone = merging.kept, merging.gone
    mine, theirs = (_memberships(merging, Membership.group_id, each) for each in (kept, gone))
    there = {each.member_id for each in mine if each.ended_on is None}
    has = {name: any(getattr(each, name) and each.ended_on is None for each in mine)
           for name in ("is_principal", "is_alternate")}  # fmt: skip
    has_head = any(each.kind == HEAD and each.ended_on is None for each in mine)
    for each in theirs:
        if each.ended_on is None and each.member_id in there | {kept.id}:
            merging.change(each, ended_on=today())
            continue
        values = {name: getattr(each, name) and not had for name, had in has.items()}
        if each.kind == HEAD and each.ended_on is None and has_head:
            values["kind"] = "member"
        merging.change(each, group_id=kept.id, **_told(kept), **values)
        member = merging.session.get_one(Registrant, each.member_id)
        if each.ended_on is None and member.location_id == gone.location_id:
            stands = {"location_id": kept.location_id, "area_id": kept.area_id}
            merging.change(member, **stands)


def _merge_belonging(merging: Merging) -> None:
    """Who goes belonged where who stays does: twice to no group, and to no second household."""
    kept, gone = merging.kept, merging.gone
    mine, theirs = (_memberships(merging, Membership.member_id, each) for each in (kept, gone))
    current = [each for each in mine if each.ended_on is None]
    kinds = kinds_of(merging.session, {each.group_id for each in (*mine, *theirs)})
    at_home = any(kinds[each.group_id].code == HOUSEHOLD for each in current)
    for each in theirs:
        again = next((m for m in current if m.group_id == each.group_id), None)
        second = at_home and kinds[each.group_id].code == HOUSEHOLD
        if each.ended_on is not None or not (again or second or each.group_id == kept.id):
            merging.change(each, member_id=kept.id)
            continue
        was_head = each.kind == HEAD
        merging.change(each, ended_on=today())
        if again and was_head:
            merging.change(again, kind=HEAD)


def _memberships(merging: Merging, side: Any, of: Registrant) -> list[Membership]:
    """The memberships in a group, or of a member; the ended ones too."""
    asked = select(Membership).where(side == of.id).order_by(Membership.id)
    return [*merging.session.scalars(asked)]
