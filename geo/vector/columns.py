"""Columns of tables and layers: found by their names, read as text or as numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid
from geo.crs import Floats

WHOLE = ("OFTInteger", "OFTInteger64")
LONGEST = 1 << 53  # the whole numbers from here on are not all floats


class NoSuchColumn(Invalid):
    """{name} has no column {column}; it has {columns}."""


class NotNumbers(Invalid):
    """{name} holds {value} in the column {column}, which is no number; choose another column."""


@dataclass(frozen=True)
class Column:
    """The values of one column as the file gives them: text, numbers (NaN: none) or times."""

    name: str
    kind: str  # OGR's field type
    values: NDArray[Any]

    @property
    def is_rounded(self) -> bool:
        """Whether whole numbers came as floats (some are missing) that cannot hold them all."""
        floats = self.kind in WHOLE and self.values.dtype.kind == "f"
        return floats and bool((np.abs(self.values) >= LONGEST).any())

    def texts(self) -> list[str]:
        """Every value as text, empty where there is none."""
        kind = self.values.dtype.kind
        if kind == "f" and self.kind in WHOLE:  # whole numbers with gaps
            return ["" if math.isnan(value) else str(int(value)) for value in self.values.tolist()]
        if kind == "f":
            return float_texts(self.values)
        if kind == "M":
            return ["" if text == "NaT" else text for text in self.values.astype(str).tolist()]
        return ["" if value is None else str(value) for value in self.values.tolist()]

    def numbers(self, file: str) -> NDArray[Any]:
        """Every value as a number of its own width, NaN where there is none. Raises NotNumbers."""
        if self.values.dtype.kind in "iuf":
            return self.values
        texts = self.texts()
        found = numbers(texts)
        for text, number in zip(texts, found.tolist(), strict=True):
            if text.strip() and math.isnan(number):
                raise NotNumbers(name=file, value=text[:40], column=self.name)
        return found


def column_of(wanted: str, columns: Sequence[str], file: str, also: str = "") -> str:
    """The column a person means: spelt exactly, or else the only one spelt alike.

    `also` is a column that is there without being listed, the number of a feature. Raises
    NoSuchColumn.
    """
    if wanted in columns or (also and wanted == also):
        return wanted
    alike = [name for name in columns if name.strip().lower() == wanted.strip().lower()]
    if len(alike) != 1:
        raise NoSuchColumn(name=file, column=wanted, columns=", ".join(columns) or "none")
    return alike[0]


def numbers(texts: list[str]) -> Floats:
    """Texts read as numbers, NaN where one is none."""
    return np.fromiter((_number(text) for text in texts), dtype=np.float64, count=len(texts))


def float_texts(values: NDArray[Any]) -> list[str]:
    """Floats in the fewest digits that read back the same in their own width; NaN is empty."""
    wide = values.dtype == np.float64
    texts = map(repr, values.tolist()) if wide else values.astype(str).tolist()
    return ["" if text == "nan" else text for text in texts]


def _number(text: str) -> float:
    try:
        return float("nan" if "_" in text else text)
    except ValueError:
        return float("nan")
