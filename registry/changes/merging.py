"""Changes that put two records of one household or person together."""

from core.errors import Invalid
from core.words import _
from registry.changes.editing import OF_GROUP, OF_PERSON, own_names
from registry.changes.forms import Answer, Ask, Form, Kind, Of, Others, needed, said
from registry.changes.leaving import ACTIVE
from registry.changes.lines import STATE, Edit, Line, Subject

MERGED = "merged"


class OneRecord(Invalid):
    """{number} is this record itself; name the other one that is to become a part of it."""


class TwoKinds(Invalid):
    """One is a group and the other a person; only two of a kind are put together."""


def _asks(_subject: Subject) -> list[Ask]:
    yes_no = (("yes", _("yes")), ("no", _("no")))
    return [
        Ask("gone", _("Number of the record that becomes a part of this one"), Answer.NUMBER),
        Ask("take", _("Take what is missing here from it"), Answer.CHOICE, "yes", options=yes_no),
    ]


def _lines(subject: Subject, form: Form, others: Others) -> list[Line]:
    gone = others[needed(form, _asks(subject)[0])]
    if gone.id == subject.id:
        raise OneRecord(number=subject.number)
    if gone.is_group != subject.is_group:
        raise TwoKinds
    names = (*(OF_GROUP if subject.is_group else OF_PERSON), *own_names(subject))
    missing = [
        Line(Edit.SET, subject.id, field=name, before=None, after=gone.fields[name])
        for name in (names if said(form, "take") != "no" else ())
        if not subject.fields.get(name) and gone.fields.get(name)
    ]
    merged = Line(Edit.SET_STATE, gone.id, subject.id, STATE, before=ACTIVE, after=MERGED)
    return [*missing, merged]


MERGE_REGISTRANTS = Kind("merge_registrants", Of.ANYBODY, _asks, _lines, ("gone",))
