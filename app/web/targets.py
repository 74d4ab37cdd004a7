"""What those a program is for are called: households or people, each in whole sentences."""

from typing import Any

from app.pairs import Pairs, filled, said_of, several
from app.web.targets_given import checked, giving, members, simulated
from core.words import _
from programs.models.programs import Target
from registry.models.filters import Subject


def called(target: Target) -> dict[str, Any]:
    """The sentences about whom a program is for, by what they are said for.

    One that counts is called with the count and its other parts, as `core.words.counted` is.
    """
    parts = (_names(), _judging(), _rules(), giving(), members(), simulated(), checked())
    return said_of(target, parts)


def target_names() -> dict[str, str]:
    """Whom a program may be for."""
    return {
        Target.GROUP.value: _("households"),
        Target.INDIVIDUAL.value: _("people, each on their own"),
    }


def _names() -> Pairs:
    return {
        "many": (_("Households"), _("People")),
        "one": (_("Household"), _("Person")),
        "subject": (Subject.HOUSEHOLDS.value, Subject.PEOPLE.value),
        "for_whom": (_("for households"), _("for people")),
        "every": (
            _("Every household of a cycle's list."),
            _("Every person in a household of a cycle's list."),
        ),
        "all_meant": (
            _("There is no rule: every household of a list is helped."),
            _("There is no rule: every person in a household of a list is helped."),
        ),
        "of_list_help": (
            _("Of the households on a list, help"),
            _("Of the people in the households on a list, help"),
        ),
        "nobody": (
            _("No household of this kind stands in the areas you see."),
            _("No person of this kind stands in the areas you see."),
        ),
    }


def _judging() -> Pairs:
    return {
        "enrol": (_("Enrol the households"), _("Enrol the people")),
        "enrol_next": (_("Next: enrol the households"), _("Next: enrol the people")),
        "enrol_words": (
            _(
                "Each household of the list is enrolled, or left out with the reason. A program "
                "manager does it."
            ),
            _(
                "Each person in a household of the list is enrolled, or left out with the reason. "
                "A program manager does it."
            ),
        ),
        "judges_again": (
            _(
                "Judges every household anew, by the rule and the registry of now. Amounts have to "
                "be prepared again."
            ),
            _(
                "Judges every person anew, by the rule and the registry of now. Amounts have to be "
                "prepared again."
            ),
        ),
        "of_list": (_("Households of the list"), _("People of the list")),
        "of_cycle": (_("Households of the cycle"), _("People of the cycle")),
        "of_cycle_numbered": (
            filled("Households of cycle {number}"),
            filled("People of cycle {number}"),
        ),
        "were_judged": (
            _("Each time its households were judged"),
            _("Each time its people were judged"),
        ),
        "all_were_meant": (
            _("Every household of the list was meant."),
            _("Every person in a household of the list was meant."),
        ),
        "first_run": (
            _("Enrolling the households of the cycle is the first run."),
            _("Enrolling the people of the cycle is the first run."),
        ),
        "changed": (
            several("{count} household changed", "{count} households changed"),
            several("{count} person changed", "{count} people changed"),
        ),
        "stand_as_before": (
            several(
                "{count} household stands as before.",
                "{count} households stand as before.",
            ),
            several("{count} person stands as before.", "{count} people stand as before."),
        ),
        "were_enrolled": (
            several(
                "{enrolled} of {count} household was enrolled.",
                "{enrolled} of {count} households were enrolled.",
            ),
            several(
                "{enrolled} of {count} person was enrolled.",
                "{enrolled} of {count} people were enrolled.",
            ),
        ),
        "act_enrolled": (
            several(
                "enrolled {households} of {count} household.",
                "enrolled {households} of {count} households.",
            ),
            several(
                "enrolled {households} of {count} person.",
                "enrolled {households} of {count} people.",
            ),
        ),
        "act_asked": (
            several(
                "asked for signatures over {count} household.",
                "asked for signatures over {count} households.",
            ),
            several(
                "asked for signatures over {count} person.",
                "asked for signatures over {count} people.",
            ),
        ),
        "act_overlap": (
            filled("said why another program may serve its households, too: {reason}"),
            filled("said why another program may serve its people, too: {reason}"),
        ),
        "drafted": (
            several(
                "{count} household is in a draft of another program of the same purpose, too: "
                "{programs}.",
                "{count} households are in a draft of another program of the same purpose, too: "
                "{programs}.",
            ),
            several(
                "{count} person, or their household, is in a draft of another program of the same "
                "purpose, too: {programs}.",
                "{count} people, or their households, are in a draft of another program of the "
                "same purpose, too: {programs}.",
            ),
        ),
    }


def _rules() -> Pairs:
    return {
        "alternatives": (
            _(
                "Of the households of a cycle's list, those that meet any of the alternatives, and "
                "nothing that leaves out."
            ),
            _(
                "Of the people in the households of a cycle's list, those who meet any of the "
                "alternatives, and nothing that leaves out."
            ),
        ),
        "block": (_("The household"), _("The person")),
        "most": (_("Households at most"), _("People at most")),
        "most_by_area": (_("Households at most by area"), _("People at most by area")),
        "so_many": (
            several("{count} household", "{count} households"),
            several("{count} person", "{count} people"),
        ),
        "these_are": (_("These households are"), _("These people are")),
        "on_list": (
            several(
                "{count} household is on the list.",
                "{count} households are on the list.",
            ),
            several("{count} person is on the list.", "{count} people are on the list."),
        ),
        "none_seen": (
            filled("No household you see: {named}."),
            filled("No person you see: {named}."),
        ),
        "none_seen_more": (
            filled("No household you see: {named} and {more} more."),
            filled("No person you see: {named} and {more} more."),
        ),
        "rule_such_as": (
            _("For example: people >= 5 AND (children_under_5 > 0 OR over_60 > 0)"),
            _("For example: age >= 60 AND group_of(people >= 5)"),
        ),
    }
