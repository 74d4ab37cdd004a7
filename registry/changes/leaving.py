"""Changes that take somebody out of the registry."""

from typing import Any

from registry.changes.forms import Form, Kind, Of, Others
from registry.changes.lines import STATE, Edit, Line, Subject

ACTIVE, EXITED = "active", "exited"


def _nothing_more(_subject: Subject) -> list[Any]:
    """Why they leave is asked of every change."""
    return []


def _exit_lines(subject: Subject, _form: Form, _others: Others) -> list[Line]:
    return [Line(Edit.SET_STATE, subject.id, field=STATE, before=ACTIVE, after=EXITED)]


EXIT_REGISTRANT = Kind("exit_registrant", Of.ANYBODY, _nothing_more, _exit_lines)
