"""Numbers and addresses people are reached and paid by: what is the same of two ways to write one.

The same is told by the SQL function `contact_key` (migration 0025) of what files write.
"""

import re

DIVIDING = re.compile(r"[\s().\-/]")


def contact_key(value: str) -> str:
    """A telephone number or an address without the signs that divide it, in lower case."""
    return value.strip().lower() if "@" in value else DIVIDING.sub("", value).lower()


def account_key(value: str) -> str:
    """An account's number without the signs that divide it, in capitals."""
    return DIVIDING.sub("", value).upper()
