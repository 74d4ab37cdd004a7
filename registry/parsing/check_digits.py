"""Check digits of identifiers: whether the last signs follow from the others."""

from collections.abc import Callable

# The dihedral group D5 and the permutations of Verhoeff's scheme
# (J. Verhoeff, Error Detecting Decimal Codes, Mathematical Centre Tract 29, 1969).
_D5 = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_TURN = "1576283094"


def luhn(value: str) -> bool:
    """Whether the last digit is Luhn's of those before (ISO/IEC 7812-1, annex B)."""
    digits = [int(sign) for sign in value if sign.isdecimal()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return bool(digits) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def mod97(value: str) -> bool:
    """Whether the last two digits are those of ISO 7064 MOD 97-10; letters count from A = 10."""
    signs = [sign for sign in value.upper() if sign.isalnum() and sign.isascii()]
    return bool(signs) and int("".join(str(int(sign, 36)) for sign in signs)) % 97 == 1


def verhoeff(value: str) -> bool:
    """Whether the last digit is Verhoeff's of those before."""
    check = 0
    digits = [int(sign) for sign in value if sign.isdecimal()]
    for place, digit in enumerate(reversed(digits)):
        check = int(_D5[check][_turned(digit, place % 8)])
    return bool(digits) and check == 0


def _turned(digit: int, times: int) -> int:
    for _time in range(times):
        digit = int(_TURN[digit])
    return digit


CHECKS: dict[str, Callable[[str], bool]] = {"luhn": luhn, "mod97": mod97, "verhoeff": verhoeff}
"""By the name that rules of identifiers use."""
