"""Changes that make a group: one that is new, and a household that becomes two."""

from core.errors import Invalid
from core.words import _
from registry.changes.forms import Answer, Ask, Form, Kind, Of, Others, needed, said
from registry.changes.lines import HEAD_OF, Belonging, Edit, Line, Subject
from registry.changes.members import MEMBER, leaves, next_head, relation

HOUSEHOLD = "household"
MORE = 5  # further members of a new group on one form


class NobodyGoes(Invalid):
    """Choose at least one member for the new household, and leave at least one where they are."""


class OneHead(Invalid):
    """The new household needs one head, not {heads}; choose who it is."""


def goes(number: str) -> str:
    """The field that says what a member is in the new household; empty where they stay."""
    return f"goes-{number}"


def _split_asks(subject: Subject) -> list[Ask]:
    return [
        *(
            Ask(goes(each.number), each.name, Answer.CHOICE, listed="relation", blank=_("stays"))
            for each in subject.members
        ),
        next_head(subject),
    ]


def _split_lines(subject: Subject, form: Form, _others: Others) -> list[Line]:
    gone = [each for each in subject.members if said(form, goes(each.number))]
    belongs = {each.id: str(said(form, goes(each.number))) for each in gone}
    if not gone or len(gone) == len(subject.members):
        raise NobodyGoes
    heads = [each for each in gone if belongs[each.id] == HEAD_OF]
    if len(heads) != 1:
        raise OneHead(heads=len(heads))
    made = Line(Edit.NEW_GROUP, other=subject.id, field=subject.kind, after=heads[0].name)
    return [made, *leaves(subject, gone, form), *_joining(gone, belongs)]


def _joining(gone: list[Belonging], belongs: dict[int, str]) -> list[Line]:
    """Those who go join the new household, its head first."""
    in_order = sorted(gone, key=lambda each: belongs[each.id] != HEAD_OF)
    return [
        Line(Edit.JOIN, other=each.id, after=belongs[each.id], registrant_line=0)
        for each in in_order
    ]


def _create_asks(subject: Subject) -> list[Ask]:
    number = _("HG- and eight letters or figures")
    asks = [
        Ask("kind", _("Kind of group"), Answer.CHOICE, HOUSEHOLD, listed="group_kind"),
        Ask("name", _("Name of the group"), Answer.TEXT, subject.name),
        relation("relation", _("What {name} is in it", name=subject.name)),
    ]
    for place in range(1, MORE + 1):
        label = _("Number of a further member")
        asks.append(Ask(f"number-{place}", label, Answer.NUMBER, hint=number))
        asks.append(relation(f"relation-{place}", _("In the group")))
    return asks


def _create_lines(subject: Subject, form: Form, others: Others) -> list[Line]:
    kind = said(form, "kind") or HOUSEHOLD
    name = needed(form, _create_asks(subject)[1])
    belongs = said(form, "relation") or MEMBER
    further = [
        (others[number].id, said(form, f"relation-{place}") or MEMBER)
        for place in range(1, MORE + 1)
        if (number := said(form, f"number-{place}"))
    ]
    return [
        Line(Edit.NEW_GROUP, other=subject.id, field=kind, after=name),
        *(
            Line(Edit.JOIN, other=key, after=relation, registrant_line=0)
            for key, relation in [(subject.id, belongs), *further]
        ),
    ]


SPLIT_HOUSEHOLD = Kind("split_household", Of.HOUSEHOLD, _split_asks, _split_lines)
CREATE_GROUP = Kind(
    "create_group",
    Of.ANYBODY,
    _create_asks,
    _create_lines,
    tuple(f"number-{place}" for place in range(1, MORE + 1)),
)
