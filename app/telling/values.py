"""What a field or a figure holds, as people write it: money, numbers, days, states in words."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.auth.roles import Role, role_name
from app.telling.states import fixed_words
from core import money
from core.clock import day_said, moment_said
from core.words import _, apart, figure_said
from registry.parsing.findings import finding_name
from registry.queries.fields import Known, written

MONEY = frozenset(
    {
        "amount",
        "redeemed",
        "total",
        "freed",
        "fee",
        "fees",
        "amount_before",
        "covers",
        "from_amount",
        "base",
        "per_member",
        "minimum",
        "cap",
    }
)
DIGESTS = frozenset({"sha256", "digest", "hash", "chain", "key", "logo"})
AS_WRITTEN = frozenset({"number", "code", "reference", "phone", "name", "glide", "version"})
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DECIMAL = re.compile(r"-?\d+\.\d+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*([+-]\d\d:\d\d)?")
SHORT = 12  # characters of a digest that are shown; all of it is in the export

LISTS = {"sex": "sex", "kind": "relation", "type": "id_type"}
"""Which vocabulary the codes of a field are from."""

Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Said:
    """A value in words; `ours` where it is not somebody's own words, which nobody translates."""

    text: str
    ours: bool = True
    code: bool = False
    empty: bool = False


def value_said(name: str, value: Any, currency: str | None, labels: Labels) -> Said:
    """What a field or figure of this name holds; `labels` are the words of the vocabularies."""
    if value in (None, "", [], {}):
        return Said(_("empty"), empty=True)
    if isinstance(value, bool):
        return Said(_("yes") if value else _("no"))
    if name in DIGESTS:
        return Said(shortened(str(value)), ours=False, code=True)
    if name in MONEY and NUMBER.fullmatch(str(value)):
        return _money_said(value, currency)
    return _one_of_few(name, str(value), labels) or _plainly(name, value)


def own_said(field: Known, value: Any, labels: Labels) -> Said:
    """What a field holds that an installation added."""
    if value in (None, [], ""):
        return Said(_("empty"), empty=True)
    return Said(written(field, value, labels), ours=False)


def shortened(digest: str) -> str:
    """The beginning of a digest, enough to tell it from others."""
    return digest if len(digest) <= SHORT else f"{digest[:SHORT]}…"


def _money_said(value: Any, currency: str | None) -> Said:
    amount = Decimal(str(value))
    return Said(money.said(amount, currency) if currency else figure_said(amount))


def _one_of_few(name: str, value: str, labels: Labels) -> Said | None:
    """A state, a kind or a word of a vocabulary; None where it is neither."""
    if name == "roles":
        return Said(", ".join(_role_said(role) for role in value.split(", ") if role))
    if name == "finding":
        return Said(finding_name(value.partition(":")[0]))
    known = fixed_words().get(name, {}).get(value)
    if known is not None:
        return Said(known)
    word = labels.get(LISTS.get(name, ""), {}).get(value)
    return Said(word, ours=False) if word else None


def _role_said(role: str) -> str:
    """A role's name; one of earlier days that is no more has its code."""
    return role_name(Role(role)) if role in set(Role) else role


def _plainly(name: str, value: Any) -> Said:
    """A number grouped, a day or moment as the reader writes it, anything else as it is."""
    if isinstance(value, Mapping | list):
        return Said(
            ", ".join(map(str, value.values() if isinstance(value, Mapping) else value)), ours=False
        )
    if name in AS_WRITTEN or name.endswith("_id"):
        return Said(apart(str(value)), ours=False)
    if isinstance(value, int | float):
        return Said(figure_said(value))
    return _in_writing(value)


def _in_writing(value: str) -> Said:
    """What is written in one of the forms the trail keeps, as the reader writes it.

    Somebody's own words may look like one and be none: the 45th of a month stays as it is.
    """
    with suppress(ValueError):
        if DECIMAL.fullmatch(value):
            return Said(figure_said(Decimal(value)))
        if DAY.fullmatch(value):
            return Said(day_said(date.fromisoformat(value)))
        if MOMENT.fullmatch(value):
            return Said(moment_said(datetime.fromisoformat(value)))
    return Said(value, ours=False)
