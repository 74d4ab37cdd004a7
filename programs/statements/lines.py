"""The lines of a provider's file: references, words and amounts as they are compared with ours."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.codes import NumberMistyped, understood
from geo.tables import Table
from programs.statements.words import (
    AMOUNT,
    OUTCOME,
    REASON,
    REFERENCE,
    THEIR_NUMBER,
    Rejection,
    plainly,
    rejection_meant,
)
from registry.parsing.figures import western

MOST = 200  # letters that are kept of a cell
BESIDE = re.compile(r"[^\d.,-]")
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+")
WRITTEN = re.compile(r"-?\d{1,15}(\.\d{1,4})?0*")


@dataclass(frozen=True)
class Line:
    """One row of a provider's file; `word` is what it says became of the order, plainly written."""

    number: int
    reference: str
    said: str
    word: str
    amount: Decimal | None
    has_amount: bool
    reason: str
    rejection: Rejection
    their_number: str


def lines_of(table: Table, mapping: Mapping[str, str]) -> Iterator[Line]:
    """The rows of a table as lines, where `mapping` says which column holds what."""
    places = {field: table.columns.index(column) for field, column in mapping.items()}
    for number, cells, _over in table.rows:
        said = {field: (cells[at] or "").strip()[:MOST] for field, at in places.items()}
        amount = said.get(AMOUNT, "")
        yield Line(
            number=number,
            reference=reference_in(said[REFERENCE]),
            said=said.get(OUTCOME, ""),
            word=plainly(said.get(OUTCOME, "")),
            amount=amount_in(amount),
            has_amount=bool(amount),
            reason=said.get(REASON, ""),
            rejection=rejection_meant(said.get(REASON, "")),
            their_number=said.get(THEIR_NUMBER, ""),
        )


def reference_in(cell: str) -> str:
    """Our reference as it is written here; what is none of ours stays as it stands."""
    try:
        return understood(cell, "ERN", 10)
    except NumberMistyped:
        return cell.upper()


def amount_in(cell: str) -> Decimal | None:
    """The amount a cell says: "70", "KES 1,200.50", "1.200,50", "1 200"; None where it says none.

    Of two signs the later one stands before the decimals; one comma with three digits behind it
    parts thousands.
    """
    digits = BESIDE.sub("", western(cell).replace("\u2212", "-"))
    comma, point = digits.rfind(","), digits.rfind(".")
    is_decimal = comma > point >= 0 or (point < 0 <= comma and not THOUSANDS.fullmatch(digits))
    if is_decimal:
        digits = digits.replace(".", "").replace(",", ".")
    digits = digits.replace(",", "")
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    return Decimal(digits) if WRITTEN.fullmatch(digits) else None
