"""Numbers as people write them: decimal commas, thousands apart, digits of other scripts, units."""

import math
import re

ZEROS = (  # of scripts that write numbers as ours does, digit by digit
    *(0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6),
    *(0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10),
)
DIGITS: dict[int, str | int | None] = {
    **{zero + digit: str(digit) for zero in ZEROS for digit in range(10)},
    **str.maketrans("\u066b\u066c\u2212\u2013\uff0b\uff0e\uff0c", ".,--+.,"),
}
ETHIOPIC = re.compile("[\u1369-\u137c]+")
ONE, TEN, HUNDRED, MYRIAD = "\u1369", "\u1372", "\u137b", "\u137c"
BLANKS = " \u00a0\u202f\u2009'\u2019"  # what stands between thousands
WRITTEN = re.compile(
    rf"([-+]?)\s*(\d[\d.,{BLANKS}]*|[.,]\d+)(e[-+]?\d+)?\s*(-?)\s*([^\W\d_]{{0,12}}[.²%°]?)",
    re.IGNORECASE,
)
GROUPED = re.compile(rf"\d{{1,3}}([.,{BLANKS}])\d{{3}}(\1\d{{3}})*")


def number_in(cell: str, decimal: str = ".") -> float | None:
    """The number a cell says, where `decimal` is the file's sign; None where it says none.

    Where both signs stand in a cell the later one is the decimal. A minus may stand behind, a unit
    may follow: "6 m", "5 pers.".
    """
    found = _number(cell, decimal)
    return found if found is not None and math.isfinite(found) else None


def western(cell: str) -> str:
    """A cell with the digits of every script as 0 to 9; Ethiopic numbers have no zero, and tens of
    their own."""
    said = cell.translate(DIGITS)
    return said if said.isascii() else ETHIOPIC.sub(lambda found: str(_ethiopic(found[0])), said)


def _ethiopic(number: str) -> int:
    """An Ethiopic number: up to 99 of each hundred, and hundreds of each ten thousand."""
    whole = hundreds = rest = 0
    for sign in number:
        if sign == MYRIAD:
            whole, hundreds, rest = (whole + hundreds + rest or 1) * 10_000, 0, 0
        elif sign == HUNDRED:
            hundreds, rest = hundreds + (rest or 1) * 100, 0
        elif sign >= TEN:
            rest += (ord(sign) - ord(TEN) + 1) * 10
        else:
            rest += ord(sign) - ord(ONE) + 1
    return whole + hundreds + rest


def decimal_in(cell: str) -> str:
    """The decimal sign a number shows; nothing where it may part thousands or there is none."""
    found = WRITTEN.fullmatch(western(cell).strip())
    if not found:
        return ""
    commas, points = found[2].count(","), found[2].count(".")
    if commas and points:
        return max(",.", key=found[2].rfind)
    sign = "," if commas else "."
    alone = commas + points == 1 and not GROUPED.fullmatch(found[2])
    return sign if alone else ""


def _number(cell: str, decimal: str) -> float | None:
    found = WRITTEN.fullmatch(western(cell).strip())
    if not found:
        return None
    minus, digits, power, behind, _unit = found.groups(default="")
    plainly = _without_thousands(digits, decimal)
    try:
        value = float(plainly + power.lower())
    except ValueError:
        return None
    return -value if minus == "-" or behind else value


def _without_thousands(digits: str, decimal: str) -> str:
    other = "." if decimal == "," else ","
    if decimal in digits and other in digits:
        decimal, other = sorted((decimal, other), key=digits.rfind, reverse=True)
    elif digits.count(decimal) > 1 and GROUPED.fullmatch(digits):
        return re.sub(r"\D", "", digits)
    if other in digits and not GROUPED.fullmatch(digits.split(decimal, maxsplit=1)[0]):
        decimal = other if digits.count(other) == 1 and decimal not in digits else decimal
        other = "." if decimal == "," else ","
    for sign in (other, *BLANKS):
        digits = digits.replace(sign, "")
    return digits.replace(decimal, ".")
