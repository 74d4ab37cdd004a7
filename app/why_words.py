"""What is said of a household, or of a person, of whom somebody asks why."""

from typing import Any

from app.pairs import Pairs, filled, said_of
from core.words import _
from programs.models.programs import Target


def words_of(target: Target) -> dict[str, Any]:
    """The sentences about one of those a program is for, by what they are said for."""
    return said_of(target, (_verdicts(), _before(), _listed(), _rules(), _after()))


def _verdicts() -> Pairs:
    return {
        "not_judged": (
            _("It was not judged in this cycle."),
            _("They were not judged in this cycle."),
        ),
        "enrolled": (_("It is enrolled."), _("They are enrolled.")),
        "enrolled_at": (
            filled("It is enrolled, number {rank} in line."),
            filled("They are enrolled, number {rank} in line."),
        ),
        "waits": (
            filled("It is number {rank} in line. {why}."),
            filled("They are number {rank} in line. {why}."),
        ),
        "left_out": (filled("It is left out: {why}."), filled("They are left out: {why}.")),
    }


def _before() -> Pairs:
    return {
        "paused": (_("It is paused in the program."), _("They are paused in the program.")),
        "exited": (_("It has left the program."), _("They have left the program.")),
        "stays": (
            _("It is not paused in the program and has not left it."),
            _("They are not paused in the program and have not left it."),
        ),
        "active": (_("It is in the registry."), _("They are in the registry.")),
        "inactive": (_("It is no longer registered."), _("They are no longer registered.")),
        "declined": (
            _("It does not agree to receive help."),
            _("They, or their household, do not agree to receive help."),
        ),
        "agrees": (
            _("It has not refused to receive help."),
            _("Neither they nor their household have refused to receive help."),
        ),
        "value": (
            filled("Its value on the map is {found}, {needed}."),
            filled("The value of their household on the map is {found}, {needed}."),
        ),
        "no_value": (
            filled("Its value on the map is not known, {needed}."),
            filled("The value of their household on the map is not known, {needed}."),
        ),
        "taken": (
            filled("It is on a list of those taken: {reason}"),
            filled("They are on a list of those taken: {reason}"),
        ),
        "out": (
            filled("It is on a list of those left out: {reason}"),
            filled("They are on a list of those left out: {reason}"),
        ),
    }


def _listed() -> Pairs:
    return {
        "unlisted": (
            _("It is not on the list this cycle started from."),
            _("They count in no household this cycle asks of its list."),
        ),
        "probably": (
            _("It is on the list of this cycle, probably in."),
            _("Their household is on the list of this cycle, probably in."),
        ),
        "in": (
            _("It is on the list of this cycle, in."),
            _("Their household is on the list of this cycle, in."),
        ),
        "probable": (
            _("It is only probably in, and this cycle takes those who surely are."),
            _("Their household is only probably in, and this cycle takes those who surely are."),
        ),
        "outside": (
            _("It stands outside of what the list asked for."),
            _("Their household stands outside of what the list asked for."),
        ),
        "not_observed": (
            _("Nobody could see whether its place is in."),
            _("Nobody could see whether the place of their household is in."),
        ),
        "unlocated": (
            _("It is not known where it stands."),
            _("It is not known where their household stands."),
        ),
    }


def _rules() -> Pairs:
    return {
        "everybody": (
            _("There is no rule: every household of the list is meant."),
            _("There is no rule: every person in a household of the list is meant."),
        ),
        "meets": (_("It meets this."), _("They meet this.")),
        "meets_out": (
            _("It meets all of it and is left out."),
            _("They meet all of it and are left out."),
        ),
        "stays_in": (_("It does not meet all of it."), _("They do not meet all of it.")),
        ">=": (
            filled("{n} and more would leave it out"),
            filled("{n} and more would leave them out"),
        ),
        ">": (
            filled("more than {n} would leave it out"),
            filled("more than {n} would leave them out"),
        ),
        "<=": (
            filled("{n} and less would leave it out"),
            filled("{n} and less would leave them out"),
        ),
        "<": (
            filled("less than {n} would leave it out"),
            filled("less than {n} would leave them out"),
        ),
        "=": (filled("{n} would leave it out"), filled("{n} would leave them out")),
        "<>": (
            filled("anything but {n} would leave it out"),
            filled("anything but {n} would leave them out"),
        ),
    }


def _after() -> Pairs:
    return {
        "served": (
            filled("It is served for the same purpose by {program}."),
            filled("They, or their household, are served for the same purpose by {program}."),
        ),
        "served_unseen": (
            _("It is served for the same purpose by a program you do not see."),
            _(
                "They, or their household, are served for the same purpose by a program you do not "
                "see."
            ),
        ),
        "not_served": (
            _("No other program serves it for the same purpose."),
            _("No other program serves them or their household for the same purpose."),
        ),
    }
