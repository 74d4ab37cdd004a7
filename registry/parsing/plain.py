"""Texts as they are compared: without case, accents, blanks and signs, in any script."""

import re
import unicodedata
from functools import lru_cache

SIGNS = re.compile(r"[\W_]+")
# What people write where they have nothing to write; signs alone (-, ?, ...) are plainly empty.
NOTHING = frozenset({"", "na", "nan", "null", "none", "nil", "nd", "sansobjet", "noaplica"})
LONGEST = 16  # letters, signs round them included


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """A text without case, accents, spaces and signs."""
    return SIGNS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def says_nothing(cell: str) -> bool:
    """Whether a cell that is no free text holds but a dash, n/a, NULL or the like."""
    if len(cell) > LONGEST or cell[:1].isdigit() or cell[-1:].isdigit():
        return False
    return plain(cell) in NOTHING
