"""Telephone numbers as people write them, in the one form that is kept (ITU-T E.164)."""

from dataclasses import dataclass

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    parse,
    region_code_for_number,
)

from core.errors import Invalid
from registry.parsing.figures import DIGITS

ABROAD = "00"  # dialled before the number of a country nearly everywhere (ITU-T E.123)


class PhoneImpossible(Invalid):
    """{typed} is no telephone number; write it with + and the number of its country."""


@dataclass(frozen=True)
class Phone:
    """A telephone number, such as +254712345678, and its country (ISO 3166-1) where that shows."""

    value: str
    region: str | None


def dialled(typed: str, region: str = "") -> Phone:
    """The number somebody typed; without a + or 00 it is one of `region`, a country.

    Raises:
        PhoneImpossible
    """
    plain = typed.translate(DIGITS).strip()
    abroad = plain.startswith(ABROAD) and not plain.startswith(ABROAD + "0")
    try:
        number = parse("+" + plain.removeprefix(ABROAD) if abroad else plain, region or None)
    except NumberParseException as broken:
        raise PhoneImpossible(typed=typed) from broken
    if not is_possible_number(number):
        raise PhoneImpossible(typed=typed)
    return Phone(format_number(number, PhoneNumberFormat.E164), region_code_for_number(number))
