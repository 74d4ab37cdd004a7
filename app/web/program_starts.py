"""What a new program can start from: templates that say its purpose, whom and how often it helps.

Amounts are the country's to say; a template has their places ready, and what each is counted by.
"""

from dataclasses import dataclass

from core.words import _
from programs.models.programs import Delivery
from programs.queries.approvals import Tier
from programs.queries.gifts import PEOPLE, Gift, Item
from programs.queries.recurrences import Every


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


def templates() -> dict[str, Begun]:
    """The templates by their codes."""
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
