"""Check digits, by published examples."""

import pytest

from registry.parsing.check_digits import luhn, mod97, verhoeff


@pytest.mark.parametrize(
    ("check", "good", "wrong"),
    [
        (luhn, "79927398713", "79927398710"),  # the usual example of the scheme
        (luhn, "4539 1488 0343 6467", "8273 1232 7352 0569"),
        (mod97, "794 44", "794 45"),  # ISO 7064's own
        (mod97, "WEST12345698765432GB82", "WEST12345698765432GB83"),  # an IBAN turned round
        (verhoeff, "2363", "2364"),
        (verhoeff, "123451", "123450"),
        (luhn, "0", ""),
    ],
)
def test_the_last_digits_follow_from_the_others(check: object, good: str, wrong: str) -> None:
    assert callable(check)
    assert check(good)
    assert not check(wrong)


def test_two_neighbours_that_changed_places_are_found() -> None:
    assert verhoeff("142857" + "0")
    assert not verhoeff("124857" + "0")
