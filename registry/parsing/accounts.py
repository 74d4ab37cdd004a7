"""Accounts as people write them: an IBAN, the number of a bank of the country, or of a wallet."""

from dataclasses import dataclass

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from core.errors import Invalid
from registry.parsing.figures import DIGITS
from registry.parsing.numbers import account_key

LETTERS = 2  # an IBAN begins with those of its country
SHORTEST, LONGEST = 4, 34


class IbanWrong(Invalid):
    """{typed} looks like an IBAN and is none: a sign is wrong or missing; read it again."""


class AccountImpossible(Invalid):
    """{typed} is no account number; it has 4 to 34 letters and figures."""


@dataclass(frozen=True)
class BankAccount:
    """An account number in the form that is kept, and its bank where the number tells it."""

    value: str
    bank: str | None = None


def bank_account(typed: str) -> BankAccount:
    """The account somebody typed; what begins as an IBAN has to be one.

    Raises:
        IbanWrong, AccountImpossible
    """
    key = account_key(typed.translate(DIGITS))
    if not (SHORTEST <= len(key) <= LONGEST and key.isascii() and key.isalnum()):
        raise AccountImpossible(typed=typed[:LONGEST])
    if not (key[:LETTERS].isalpha() and key[LETTERS : LETTERS + 2].isdecimal()):
        return BankAccount(key)
    try:
        iban = IBAN(key)
    except (SchwiftyException, ValueError) as broken:
        raise IbanWrong(typed=typed[:LONGEST]) from broken
    return BankAccount(str(iban), iban.bank_name or None)
