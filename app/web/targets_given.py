"""What those a program is for are called where something is given, foreseen or asked of them."""

from app.pairs import Pairs, filled, several
from core.words import _


def giving() -> Pairs:
    """What they are due, and how it reaches them."""
    return {
        "due": (
            several("{count} household is due {total}.", "{count} households are due {total}."),
            several("{count} person is due {total}.", "{count} people are due {total}."),
        ),
        "enrolled": (
            several(
                "{count} household is enrolled; its amounts come next.",
                "{count} households are enrolled; their amounts come next.",
            ),
            several(
                "{count} person is enrolled; their amounts come next.",
                "{count} people are enrolled; their amounts come next.",
            ),
        ),
        "given": (
            several(
                "The {count} household is given what the program owes it.",
                "Each of the {count} households is given what the program owes it.",
            ),
            several(
                "The {count} person is given what the program owes them.",
                "Each of the {count} people is given what the program owes them.",
            ),
        ),
        "order_each": (
            _(
                "One order is made for each household. A finance officer does it, who neither "
                "prepared nor signed the cycle."
            ),
            _(
                "One order is made for each person. A finance officer does it, who neither "
                "prepared nor signed the cycle."
            ),
        ),
        "card_each": (
            _("Each household gets a card that can be used once."),
            _("Each person gets a card that can be used once."),
        ),
        "due_to": (_("Due to households"), _("Due to people")),
        "to_them": (_("To households"), _("To people")),
        "average": (_("A household, on average"), _("A person, on average")),
        "of_page": (
            _("Such as ERN-2K7M4P9QAB, from the page of the household."),
            _("Such as ERN-2K7M4P9QAB, from the page of the person."),
        ),
        "each": (_("for each household"), _("for each person")),
        "once": (_("once a household"), _("once a person")),
        "is_given": (
            _("Of several amounts, a household is given"),
            _("Of several amounts, a person is given"),
        ),
        "try_on": (_("Try it on a household"), _("Try it on a person")),
        "number": (_("Number of the household"), _("Number of the person")),
        "condition_such_as": (
            _(
                "“Only where” is a condition in the words of filters, such as "
                "sex_of_head = 'female'."
            ),
            _("“Only where” is a condition in the words of filters, such as sex = 'female'."),
        ),
        "amount_such_as": (
            _(
                "Each is a number, or reckoned from what is known such as 2400 - 10 * people. "
                "Leave a row empty to do without it."
            ),
            _(
                "Each is a number, or reckoned from what is known such as 2400 - 10 * age. Leave a "
                "row empty to do without it."
            ),
        ),
        "sign_for": (
            several(
                "Give {total} to {count} household ({people} people) of the list “{list}”.",
                "Give {total} to {count} households ({people} people) of the list “{list}”.",
            ),
            several(
                "Give {total} to {count} person of the list “{list}”.",
                "Give {total} to {count} people of the list “{list}”.",
            ),
        ),
        "sent_back": (
            filled(
                "It was sent back: {why} Households {old} then, {new} now; {old_total} then, "
                "{new_total} now.",
            ),
            filled(
                "It was sent back: {why} People {old} then, {new} now; {old_total} then, "
                "{new_total} now.",
            ),
        ),
        "came_back": (
            several("What came back: {count} household", "What came back: {count} households"),
            several("What came back: {count} person", "What came back: {count} people"),
        ),
        "counted_for": (
            filled("{amount} was counted for this household."),
            filled("{amount} was counted for this person."),
        ),
    }


def members() -> Pairs:
    """Those who are in the program."""
    return {
        "all_listed": (
            several(
                "The {count} household of this page's question",
                "All {count} households of this page's question",
            ),
            several(
                "The {count} person of this page's question",
                "All {count} people of this page's question",
            ),
        ),
        "become_members": (
            _("Households become members when a cycle enrols them."),
            _("People become members when a cycle enrols them."),
        ),
        "ready_to_leave": (
            _("When a household is ready to leave"),
            _("When a person is ready to leave"),
        ),
        "paused": (
            _("The household was paused; it is given nothing more in this program."),
            _("The person was paused; they are given nothing more in this program."),
        ),
        "has_left": (
            _("The household has left the program."),
            _("The person has left the program."),
        ),
        "judged_again": (
            _("The next cycle will judge this household again."),
            _("The next cycle will judge this person again."),
        ),
        "receives": (_("What it receives"), _("What they receive")),
        "take_back": (_("Take it back"), _("Take them back")),
        "pause_or_leave": (_("Pause it, or let it leave"), _("Pause them, or let them leave")),
        "nothing_more": (
            _(
                "It is given nothing more. What it has not received is cancelled, and its card is "
                "void."
            ),
            _(
                "They are given nothing more. What they have not received is cancelled, and their "
                "card is void."
            ),
        ),
        "pause": (_("Pause it"), _("Pause them")),
        "let_leave": (_("Let it leave"), _("Let them leave")),
        "told_once": (
            _(
                "Each household is told once of each occasion. Who declined being written to is "
                "not."
            ),
            _(
                "Each person is told once of each occasion. Who declined being written to, or "
                "whose household did, is not."
            ),
        ),
        "filled_for": (
            _("In braces in a text, for each household:"),
            _("In braces in a text, for each person:"),
        ),
    }


def simulated() -> Pairs:
    """Those a round would help."""
    return {
        "foreseen_ready": (
            _(
                "Once a currency and an amount are written, the households it would help today, "
                "and what one cycle would cost, stand here."
            ),
            _(
                "Once a currency and an amount are written, the people it would help today, and "
                "what one cycle would cost, stand here."
            ),
        ),
        "means_today": (_("Households it means today"), _("People it means today")),
        "of_all": (
            _("Of all registered households, as if each were on a cycle's list."),
            _("Of all registered people, as if each household were on a cycle's list."),
        ),
        "at_most": (
            several("at most {count} household", "at most {count} households"),
            several("at most {count} person", "at most {count} people"),
        ),
        "helped": (_("Households helped"), _("People helped")),
        "promoted": (
            several(
                "{count} household is enrolled and given {total}.",
                "{count} households are enrolled and given {total}.",
            ),
            several(
                "{count} person is enrolled and given {total}.",
                "{count} people are enrolled and given {total}.",
            ),
        ),
    }


def checked() -> Pairs:
    """Those who received something, and are asked."""
    return {
        "reached": (
            several(
                "{reached} of {count} household in the shock received help.",
                "{reached} of {count} households in the shock received help.",
            ),
            several(
                "{reached} of {count} person in the shock received help.",
                "{reached} of {count} people in the shock received help.",
            ),
        ),
        "to_ask": (
            several(
                "{count} household is said to have received something. Ask some of them.",
                "{count} households are said to have received something. Ask some of them.",
            ),
            several(
                "{count} person is said to have received something. Ask some of them.",
                "{count} people are said to have received something. Ask some of them.",
            ),
        ),
        "drawn_of": (
            several("{count} household of {all}", "{count} households of {all}"),
            several("{count} person of {all}", "{count} people of {all}"),
        ),
        "drawn": (
            several("{count} household was drawn.", "{count} households were drawn."),
            several("{count} person was drawn.", "{count} people were drawn."),
        ),
        "unanswered": (
            several(
                "{count} household was drawn; nobody has answered yet.",
                "{count} households were drawn; nobody has answered yet.",
            ),
            several(
                "{count} person was drawn; nobody has answered yet.",
                "{count} people were drawn; nobody has answered yet.",
            ),
        ),
        "not_asked": (
            several(
                "{count} household has not been asked. Nothing more is written down then.",
                "{count} households have not been asked. Nothing more is written down then.",
            ),
            several(
                "{count} person has not been asked. Nothing more is written down then.",
                "{count} people have not been asked. Nothing more is written down then.",
            ),
        ),
        "act_drew": (
            several(
                "drew {count} household of {all} to be asked.",
                "drew {count} households of {all} to be asked.",
            ),
            several(
                "drew {count} person of {all} to be asked.",
                "drew {count} people of {all} to be asked.",
            ),
        ),
        "no_walk": (
            _("No household of this walk stands in the areas you see."),
            _("No person of this walk stands in the areas you see."),
        ),
    }
