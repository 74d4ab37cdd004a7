"""What every change of the registry is made of: lines of ten kinds, each with before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

BELONGS, HEAD_OF, STANDS, STATE = "belongs", "head", "place", "state"
OWN = "own."  # before the code of a field the installation added


class Edit(StrEnum):
    """One thing that is done to one registrant."""

    SET = "set"
    SET_CONTACT = "set_contact"
    SET_IDENTIFIER = "set_identifier"
    NEW_REGISTRANT = "new_registrant"
    NEW_GROUP = "new_group"
    JOIN = "join"
    LEAVE = "leave"
    SET_MEMBER = "set_member"
    MOVE_TO = "move_to"
    SET_STATE = "set_state"


OF_MEMBERS = frozenset({Edit.JOIN, Edit.LEAVE, Edit.SET_MEMBER})


@dataclass(frozen=True)
class Line:
    """One thing to do: to whom, what it is today and what it becomes, each as text or nothing.

    Of what is done to a member, `registrant` is the group and `other` the member, by their keys.
    Whoever is made by an earlier line of the same request has no key yet: `registrant_line` and
    `other_line` are the places of that line among all of them, from 0.
    """

    edit: Edit
    registrant: int | None = None
    other: int | None = None
    field: str = ""
    before: str | None = None
    after: str | None = None
    registrant_line: int | None = None
    other_line: int | None = None

    @property
    def about(self) -> tuple[int | None, str]:
        """What it changes, so that two requests which change the same are told apart from others.

        A person belongs in one way to all their groups, and a group has one head.
        """
        if self.edit is Edit.SET_MEMBER and self.after == HEAD_OF:
            return self.registrant, HEAD_OF
        if self.edit in OF_MEMBERS:
            return self.other, BELONGS
        return self.registrant, self.field


@dataclass(frozen=True)
class Belonging:
    """One membership of today: of whom in whose group, as what."""

    id: int
    number: str
    name: str
    relation: str


@dataclass(frozen=True)
class OwnField:
    """A field the installation added, as a form of change asks it; `now` is what it says today."""

    name: str
    label: str
    type: str
    now: str | None
    hint: str = ""
    listed: str = ""


@dataclass(frozen=True)
class Subject:
    """A registrant as a form of change sees it: fields as text, and who belongs to whom.

    `own` are the fields of an installation's own, whose values stand in `fields` under their names.
    `kind` is `individual`, or what the group is. `belongs_to` are groups, `members` are members.
    """

    id: int
    number: str
    name: str
    kind: str
    fields: dict[str, str | None]
    contacts: dict[str, str]
    identifiers: dict[str, str]
    place: str | None = None
    own: Sequence[OwnField] = ()
    members: Sequence[Belonging] = ()
    belongs_to: Sequence[Belonging] = ()

    @property
    def is_group(self) -> bool:
        """Whether it is a group."""
        return self.kind != "individual"

    def member(self, number: str) -> Belonging | None:
        """Somebody who belongs to it, by their number."""
        return next((each for each in self.members if each.number == number), None)

    @property
    def head(self) -> Belonging | None:
        """Its head today."""
        return next((each for each in self.members if each.relation == HEAD_OF), None)
