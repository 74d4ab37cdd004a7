"""Columns of texts written as COPY reads them, whole columns together.

Row by row the driver spends ten times as long on them, most of it on arrays.
"""

import re
from collections.abc import Iterable, Sequence

NULL = "\\N"
Texts = Sequence[str | None]

_ESCAPED = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_OF_TEXTS = str.maketrans(_ESCAPED)
# Within an array a backslash and a quotation mark are written with a backslash, which COPY doubles.
_OF_ELEMENTS = str.maketrans({**_ESCAPED, "\\": r"\\\\", '"': r"\\" + '"'})
_SIGNS = re.compile(r'[\\\t\n\r"]')


def as_texts(column: Texts) -> list[str]:
    """Texts, or None for NULL."""
    if _are_plain(column):
        return [NULL if text is None else text for text in column]
    return [NULL if text is None else text.translate(_OF_TEXTS) for text in column]


def as_arrays(columns: Sequence[Texts], rows: int) -> list[str]:
    """One array a row, with an element of each column."""
    if not columns:
        return ["{}"] * rows
    return [f"{{{','.join(row)}}}" for row in zip(*map(_elements, columns), strict=True)]


def as_array(texts: Iterable[str]) -> str:
    """One array of some texts."""
    return f"{{{','.join(_elements(list(texts)))}}}"


def as_lines(columns: Sequence[Sequence[str]]) -> str:
    """Columns that are written already, as the lines of a COPY."""
    return "".join(f"{line}\n" for line in map("\t".join, zip(*columns, strict=True)))


def _elements(column: Texts) -> list[str]:
    if _are_plain(column):
        return ["NULL" if text is None else f'"{text}"' for text in column]
    return ["NULL" if text is None else f'"{text.translate(_OF_ELEMENTS)}"' for text in column]


def _are_plain(column: Texts) -> bool:
    """Whether no text has a sign that means something to COPY, all looked at together."""
    return not _SIGNS.search("".join(filter(None, column)))
