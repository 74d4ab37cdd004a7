"""Money: one column type for every amount, and the one place where amounts are rounded."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import (
    format_currency,
    get_currency_name,
    get_currency_precision,
    list_currencies,
)
from sqlalchemy import ColumnElement, Numeric, func

from core.country import country
from core.errors import Invalid
from core.words import apart, current

Money = Numeric(20, 4)
WRITTEN = re.compile(r"\d{1,15}(\.\d{1,4})?")


class CurrencyUnknown(Invalid):
    """{currency} is not an ISO 4217 currency code; use one such as PHP or USD."""


class CurrencyNotOffered(Invalid):
    """{currency} is not offered here; take one of {offered}, or have it offered under Settings."""


class AmountUnreadable(Invalid):
    """{typed} is not an amount; write digits, such as 2400 or 2400.50."""


def digits_of(currency: str) -> int:
    """Decimal places of the currency's minor unit (ISO 4217): 2 for PHP, 0 for JPY, 3 for KWD.

    Raises:
        CurrencyUnknown: there is no such currency.
    """
    if currency not in list_currencies():
        raise CurrencyUnknown(currency=currency)
    return get_currency_precision(currency)


def refuse_unoffered(currency: str) -> None:
    """Refuse a currency that is none, or that the country does not offer.

    Raises:
        CurrencyUnknown, CurrencyNotOffered
    """
    digits_of(currency)
    offered = country().currencies
    if offered and currency not in offered:
        raise CurrencyNotOffered(currency=currency, offered=", ".join(offered))


def currencies_to_choose() -> list[tuple[str, str]]:
    """The currencies offered, the country's own first, each with its name; none where all are."""
    at = country()
    own_first = sorted(at.currencies, key=lambda code: (code != at.currency, code))
    return [(code, f"{code} {currency_called(code)}") for code in own_first]


def currency_called(currency: str) -> str:
    """The name of a currency in the reader's language."""
    return str(get_currency_name(currency, locale=current().locale))


def rounded(amount: ColumnElement[Any], currency: str) -> ColumnElement[Decimal]:
    """An SQL amount rounded half away from zero to the currency's minor unit."""
    return func.round(amount, digits_of(currency))


def round_to(amount: Decimal, currency: str) -> Decimal:
    """A Python amount, rounded as `rounded` rounds in SQL."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)), ROUND_HALF_UP)


def said(amount: Decimal, currency: str) -> str:
    """The amount in the reader's language, currency code first: PHP 44,802,000 or PHP 12.50."""
    whole = amount == amount.to_integral_value()
    written = format_currency(
        amount,
        currency,
        format="¤¤ #,##0" if whole else "¤¤ #,##0.00",
        locale=current().locale,
        currency_digits=not whole,
    )
    return apart(written)


def amount_of(typed: str) -> Decimal:
    """The amount somebody typed: digits, a point before decimals, spaces where they like.

    Raises:
        AmountUnreadable: it is anything else, a comma included, which nations read in two ways.
    """
    digits = "".join(typed.split())
    if not WRITTEN.fullmatch(digits):
        raise AmountUnreadable(typed=typed.strip() or "“”")
    return Decimal(digits)
