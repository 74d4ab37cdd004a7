"""Numbers as people write them: decimal commas, thousands apart, digits of other scripts, units."""

import math
import re

DIGITS = str.maketrans(
    "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９\u066b\u066c\u2212\u2013\uff0b\uff0e\uff0c",
    "0123456789012345678901234567890123456789.,--+.,",
)
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


def decimal_in(cell: str) -> str:
    """The decimal sign a number shows; nothing where it may part thousands or there is none."""
    found = WRITTEN.fullmatch(cell.translate(DIGITS).strip())
    if not found:
        return ""
    commas, points = found[2].count(","), found[2].count(".")
    if commas and points:
        return max(",.", key=found[2].rfind)
    sign = "," if commas else "."
    alone = commas + points == 1 and not GROUPED.fullmatch(found[2])
    return sign if alone else ""


def _number(cell: str, decimal: str) -> float | None:
    found = WRITTEN.fullmatch(cell.translate(DIGITS).strip())
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
