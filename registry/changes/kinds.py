"""Every kind of change there is, by its name."""

from core.errors import NotFound
from core.words import _
from registry.changes.editing import EDIT_GROUP, EDIT_IDENTIFIER, EDIT_INDIVIDUAL
from registry.changes.forms import Kind
from registry.changes.groups import CREATE_GROUP, SPLIT_HOUSEHOLD
from registry.changes.leaving import EXIT_REGISTRANT
from registry.changes.members import ADD_MEMBER, CHANGE_HEAD, REMOVE_MEMBER, TRANSFER_MEMBER
from registry.changes.merging import MERGE_REGISTRANTS
from registry.changes.moving import MOVE_HOUSE

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        EDIT_INDIVIDUAL,
        EDIT_GROUP,
        EDIT_IDENTIFIER,
        ADD_MEMBER,
        REMOVE_MEMBER,
        TRANSFER_MEMBER,
        CHANGE_HEAD,
        SPLIT_HOUSEHOLD,
        CREATE_GROUP,
        MOVE_HOUSE,
        EXIT_REGISTRANT,
        MERGE_REGISTRANTS,
    )
}


class KindUnknown(NotFound):
    """There is no kind of change called "{kind}"; choose one of the list."""


def kind_named(name: str) -> Kind:
    """A kind of change by its name.

    Raises:
        KindUnknown
    """
    if name not in KINDS:
        raise KindUnknown(kind=name)
    return KINDS[name]


def kind_words() -> dict[str, str]:
    """What each kind is called."""
    return {
        "edit_individual": _("Correct what is said of a person"),
        "edit_group": _("Correct what is said of a household"),
        "edit_identifier": _("Change an identifier"),
        "add_member": _("Somebody joins"),
        "remove_member": _("Somebody leaves"),
        "transfer_member": _("Somebody moves to another household"),
        "change_head": _("Another head"),
        "split_household": _("Split a household"),
        "create_group": _("Make a group"),
        "exit_registrant": _("Leave the registry"),
        "merge_registrants": _("Put two records together"),
        "move_house": _("Move house"),
    }
