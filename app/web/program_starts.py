"""What a new program can start from: templates that say its purpose, whom and how often it helps.

Amounts are the country's to say; a template has their places ready, and what each is counted by.
Each can be begun for households or for people; the one that is usual comes first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.words import _
from programs.models.programs import Delivery, Target
from programs.queries.approvals import Tier
from programs.queries.gifts import PEOPLE, Gift, Item
from programs.queries.recurrences import Every

FOR_PEOPLE = frozenset({"pension"})  # the templates that are usually for people


@dataclass(frozen=True)
class Begun:
    """A program as a template begins it."""

    name: str
    words: str
    purpose: str
    gift: Gift
    eligibility: str = ""
    every: Every | None = None
    rounds: int | None = None
    signers_needed: int = 1
    tiers: tuple[Tier, ...] = ()


def usual_target(code: str) -> Target:
    """Whom a template is for where nothing else is said."""
    return Target.INDIVIDUAL if code in FOR_PEOPLE else Target.GROUP


def templates(target: Target | None = None) -> dict[str, Begun]:
    """The templates by their codes: as they are for these, or as each usually is."""
    of = {Target.GROUP: _for_households(), Target.INDIVIDUAL: _for_people()}
    return {code: of[target or usual_target(code)][code] for code in of[Target.GROUP]}


def _for_households() -> Mapping[str, Begun]:
    return {
        "emergency": Begun(
            _("Emergency cash"),
            _("Once, soon after a shock: so much a household and so much a person."),
            _("emergency relief"),
            Gift(_("Emergency cash"), Delivery.MOBILE, (Item(""), Item("", PEOPLE)), valid_days=90),
        ),
        "top_up": Begun(
            _("Shock top-up"),
            _("On top of what households of a regular program get, while a shock lasts."),
            _("shock top-up"),
            Gift(_("Top-up"), Delivery.MOBILE, (Item(""),), valid_days=60),
            eligibility="programs >= 1",
            every=Every.MONTHLY,
            rounds=3,
        ),
        "child": Begun(
            _("Child grant"),
            _("Every month, for each child under five."),
            _("child grant"),
            Gift(_("Child grant"), Delivery.BANK, (Item("", "children_under_5"),)),
            eligibility="children_under_5 >= 1",
            every=Every.MONTHLY,
        ),
        "pension": Begun(
            _("Social pension"),
            _("Every month, for each person of sixty or over."),
            _("social pension"),
            Gift(_("Social pension"), Delivery.BANK, (Item("", "over_60"),)),
            eligibility="over_60 >= 1",
            every=Every.MONTHLY,
        ),
        "food": Begun(
            _("Food basket"),
            _("A voucher by the size of the household, cut at a largest one."),
            _("food assistance"),
            Gift(_("Food voucher"), Delivery.VOUCHER, (Item("", PEOPLE),), valid_days=30),
        ),
    }


def _for_people() -> Mapping[str, Begun]:
    return {
        "emergency": Begun(
            _("Emergency cash"),
            _("Once, soon after a shock: so much for each person."),
            _("emergency relief"),
            Gift(_("Emergency cash"), Delivery.MOBILE, (Item(""),), valid_days=90),
        ),
        "top_up": Begun(
            _("Shock top-up"),
            _("On top of what people of a regular program get, while a shock lasts."),
            _("shock top-up"),
            Gift(_("Top-up"), Delivery.MOBILE, (Item(""),), valid_days=60),
            eligibility="programs >= 1",
            every=Every.MONTHLY,
            rounds=3,
        ),
        "child": Begun(
            _("Child grant"),
            _("Every month, to each child under five; their household's account is used."),
            _("child grant"),
            Gift(_("Child grant"), Delivery.BANK, (Item(""),)),
            eligibility="age < 5",
            every=Every.MONTHLY,
        ),
        "pension": Begun(
            _("Social pension"),
            _("Every month, to each person of sixty or over."),
            _("social pension"),
            Gift(_("Social pension"), Delivery.BANK, (Item(""),)),
            eligibility="age >= 60",
            every=Every.MONTHLY,
        ),
        "food": Begun(
            _("Food basket"),
            _("A voucher for each person."),
            _("food assistance"),
            Gift(_("Food voucher"), Delivery.VOUCHER, (Item(""),), valid_days=30),
        ),
    }
