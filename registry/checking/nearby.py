"""Headings that are nearly those of a field: misspelt, in another number, with a word more.

They are only proposed to a person who maps a file; a check by itself does not take them.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from registry.checking.fields import FIELDS, headings
from registry.checking.mapping import Sample, holds
from registry.checking.words import Words
from registry.parsing.plain import plain, says_nothing

NEAR = 0.84  # how alike a heading is at least, from 0 to 1
SHORTEST = 4  # letters of a heading that may be misspelt


def nearest(
    columns: Sequence[str], mapping: Mapping[str, str], kind: str, sample: Sample, words: Words
) -> dict[str, str]:
    """Columns by field that are headed nearly like it and hold what it asks for, of those columns
    and fields that are in no mapping yet."""
    known, found = headings(), dict[str, str]()
    wanted = {field.name for field in FIELDS[kind]} - mapping.keys()
    for column in columns:
        said = plain(column)
        if column in mapping.values() or len(said) < SHORTEST:
            continue
        for heading in get_close_matches(said, known, n=3, cutoff=NEAR):
            name = next((n for n in known[heading] if n in wanted and n not in found), None)
            cells = [cell for cell in sample.get(column, ()) if not says_nothing(cell)]
            if name and holds(name, cells, words):
                found[name] = column
                break
    return found
