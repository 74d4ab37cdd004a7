"""Public numbers: what people read out instead of keys.

A number is a keyed permutation of the row's key plus a check character, so a million are made in
SQL and cannot collide, and their order tells nothing. The SQL function `public_number(prefix, id,
places)` makes them (migration 0001) as generated columns; this file checks what a person typed.
"""

import secrets

from core.errors import Invalid

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # neither 0 nor O, neither 1 nor I
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


class NumberMistyped(Invalid):
    """{number} is not a valid number; look for two letters changed about or one misread."""


def check_character(body: str) -> str:
    """The Luhn mod 32 check character of `body`: every single misread letter changes it."""
    total = 0
    for place, letter in enumerate(reversed(body)):
        value = _VALUE[letter] * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def understood(typed: str, prefix: str, places: int = 8) -> str:
    """The number somebody typed, read aloud or scanned, in its written form `PREFIX-XXXXXXXX`.

    Spaces, hyphens and lower case are forgiven, and so is a prefix left out.

    Raises:
        NumberMistyped: the length, a letter or the check character does not fit.
    """
    letters = "".join(c for c in typed.upper() if c.isalnum())
    if len(letters) > places:
        letters = letters.removeprefix(prefix)
    fits = len(letters) == places and set(letters) <= _VALUE.keys()
    if not fits or check_character(letters[:-1]) != letters[-1]:
        raise NumberMistyped(number=typed.strip())
    return f"{prefix}-{letters}"


def new_code(places: int = 10) -> str:
    """A code nobody can guess, for what is passed on by address; 10 places hold 50 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(places))
