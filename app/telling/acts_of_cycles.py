"""What acts on the members of programs, and around cycles, are called."""

from core.words import _

Words = dict[str, str]


def acts_of_cycles() -> Words:
    """What is done with members, and around cycles."""
    return {
        "memberships.set_aside": _("Found somebody not eligible any more"),
        "memberships.duplicated": _("Found somebody to be the same as another in a program"),
        "memberships.paused_many": _("Paused members of a program"),
        "memberships.exited_many": _("Ended the part of members in a program"),
        "memberships.set_aside_many": _("Found members not eligible any more"),
        "memberships.duplicated_many": _("Found members to be the same as others"),
        "memberships.take_back_many": _("Took members back into a program"),
        "memberships.export": _("Took the members of a program along"),
        "conditions.set": _("Said what a program asks of its members"),
        "recurrences.set": _("Said when the cycles of a program begin"),
        "programs.archive": _("Put a program into the archive"),
        "programs.restore": _("Took a program out of the archive"),
        "cycles.expire": _("Let expire what was past its last day"),
        "cycles.close": _("Closed a cycle"),
        "cycles.follow_up": _("Started a cycle for those who got nothing"),
        "cycles.accept_overlap": _("Said why two programs may serve the same"),
    }
