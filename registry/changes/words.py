"""What the fields a change touches are called."""

from core.words import _
from registry.changes.editing import field_labels
from registry.changes.lines import STANDS, STATE


def field_words() -> dict[str, str]:
    """The words of every field of a line, by its code."""
    return {
        "": _("In the household"),
        STANDS: _("Place"),
        STATE: _("State"),
        **field_labels(),
    }


def via_words() -> dict[str, str]:
    """What a request came by."""
    return {
        "registrar": _("written down by a registrar"),
        "grievance": _("from a complaint"),
        "public": _("from the public form"),
        "form": _("from a form filled in on the way"),
    }
