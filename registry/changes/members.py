"""Changes of who belongs to a household: somebody comes, goes, moves, another is its head."""

from core.words import _
from registry.changes.forms import (
    Answer,
    AnswerMissing,
    Ask,
    Form,
    Kind,
    NoSuchMember,
    NothingChanges,
    Of,
    Others,
    needed,
    said,
)
from registry.changes.lines import HEAD_OF, Belonging, Edit, Line, Subject

MEMBER = "member"
OF_NEW = ("sex", "birth_date")


def who(subject: Subject, name: str, label: str, *, nobody: str = "") -> Ask:
    """A question that is answered by one of the members; by nobody, where that has words."""
    options = [(each.number, each.name) for each in subject.members]
    return Ask(name, label, Answer.CHOICE, options=options, blank=nobody)


def relation(name: str, label: str) -> Ask:
    """A question for what somebody is in a household."""
    return Ask(name, label, Answer.CHOICE, MEMBER, listed="relation")


def next_head(subject: Subject) -> Ask:
    """Who follows a head who goes."""
    label = _("Who is head then, if the head goes")
    return who(subject, "next_head", label, nobody=_("nobody yet"))


def member_said(subject: Subject, number: str) -> Belonging:
    """A member by their number.

    Raises:
        NoSuchMember
    """
    found = subject.member(number)
    if found is None:
        raise NoSuchMember(number=number)
    return found


def leaves(subject: Subject, gone: list[Belonging], form: Form) -> list[Line]:
    """Members go; where the head goes, who is named follows."""
    lines = [
        Line(Edit.LEAVE, subject.id, each.id, before=each.relation, after=None) for each in gone
    ]
    number = said(form, "next_head")
    if number and subject.head in gone:
        follows = member_said(subject, number)
        if follows in gone:
            raise NoSuchMember(number=number)
        lines.append(becomes(subject, follows, HEAD_OF))
    return lines


def becomes(subject: Subject, member: Belonging, relation: str) -> Line:
    """A member becomes something else in their household."""
    return Line(Edit.SET_MEMBER, subject.id, member.id, "", member.relation, relation)


def _add_asks(_subject: Subject) -> list[Ask]:
    number = _("HG- and eight letters or figures; leave it empty for somebody who has none yet")
    return [
        Ask("number", _("Their number"), Answer.NUMBER, hint=number),
        Ask("name", _("Name, of somebody who is not registered yet")),
        Ask("sex", _("Sex"), Answer.CHOICE, listed="sex", blank=_("not known")),
        Ask("birth_date", _("Birth date"), Answer.BORN, hint=_("As 1990-03-14, or the year alone")),
        relation("relation", _("In the household")),
    ]


def _add_lines(subject: Subject, form: Form, others: Others) -> list[Line]:
    belongs = said(form, "relation") or MEMBER
    if number := said(form, "number"):
        return [Line(Edit.JOIN, subject.id, others[number].id, after=belongs)]
    name = said(form, "name")
    if name is None:
        raise AnswerMissing(question=_("Their number"))
    told = [
        Line(Edit.SET, field=field, after=said(form, field), registrant_line=0)
        for field in OF_NEW
        if said(form, field)
    ]
    made = Line(Edit.NEW_REGISTRANT, other=subject.id, after=name)
    return [made, *told, Line(Edit.JOIN, subject.id, after=belongs, other_line=0)]


def _remove_asks(subject: Subject) -> list[Ask]:
    return [who(subject, "member", _("Who leaves")), next_head(subject)]


def _remove_lines(subject: Subject, form: Form, _others: Others) -> list[Line]:
    number = needed(form, _remove_asks(subject)[0])
    return leaves(subject, [member_said(subject, number)], form)


def _transfer_asks(subject: Subject) -> list[Ask]:
    return [
        who(subject, "member", _("Who moves")),
        Ask("to", _("Number of the other household"), Answer.NUMBER),
        relation("relation", _("In the other household")),
        next_head(subject),
    ]


def _transfer_lines(subject: Subject, form: Form, others: Others) -> list[Line]:
    asks = _transfer_asks(subject)
    moves = member_said(subject, needed(form, asks[0]))
    to = others[needed(form, asks[1])]
    belongs = said(form, "relation") or MEMBER
    return [*leaves(subject, [moves], form), Line(Edit.JOIN, to.id, moves.id, after=belongs)]


def _head_asks(subject: Subject) -> list[Ask]:
    return [
        who(subject, "member", _("Who becomes the head")),
        relation("former", _("What the head of today is to the new one")),
    ]


def _head_lines(subject: Subject, form: Form, _others: Others) -> list[Line]:
    new = member_said(subject, needed(form, _head_asks(subject)[0]))
    if new.relation == HEAD_OF:
        raise NothingChanges
    former = said(form, "former") or MEMBER
    steps_down = [becomes(subject, subject.head, former)] if subject.head else []
    return [*steps_down, becomes(subject, new, HEAD_OF)]


ADD_MEMBER = Kind("add_member", Of.HOUSEHOLD, _add_asks, _add_lines, ("number",))
REMOVE_MEMBER = Kind("remove_member", Of.HOUSEHOLD, _remove_asks, _remove_lines)
TRANSFER_MEMBER = Kind("transfer_member", Of.HOUSEHOLD, _transfer_asks, _transfer_lines, ("to",))
CHANGE_HEAD = Kind("change_head", Of.HOUSEHOLD, _head_asks, _head_lines)
