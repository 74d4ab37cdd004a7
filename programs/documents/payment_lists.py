"""The workbook of a payment list: one sheet of orders, one of sums."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from core.errors import Invalid

MOST_ROWS = 1_048_575  # of a worksheet, without its header
WIDTHS = (16, 14, 32, 14, 24, 14, 9, 10)


class TooManyOrders(Invalid):
    """A worksheet holds {most} orders and this list has more; take the CSV instead."""


def write_workbook(
    path: Path,
    header: Sequence[str],
    orders: Iterable[Sequence[object]],
    *,
    amount_at: int,
    made_at: datetime,
) -> tuple[int, Decimal]:
    """Write the orders, then their number and sum; the same orders are the same bytes.

    `amount_at` is the place of the amount in an order. Memory does not grow with the list. Answers
    how many orders were written and the sum of their amounts.

    Raises:
        TooManyOrders: a worksheet cannot hold them.
    """
    count, total = 0, Decimal(0)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        sheet, bold = book.add_worksheet("Orders"), book.add_format({"bold": True})
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, bold)
        for count, order in enumerate(orders, 1):
            if count > MOST_ROWS:
                raise TooManyOrders(most=MOST_ROWS)
            total += _write_order(sheet, count, order, amount_at)
        sums = book.add_worksheet("Sums")
        sums.write_row(0, 0, ("orders", "total"), bold)
        sums.write_row(1, 0, (count, total))
    return count, total


def lock(path: Path, password: str) -> None:
    """Lock a workbook with a password, as office programs do (ECMA-376, agile encryption)."""
    open_ = path.read_bytes()
    with path.open("wb") as locked:
        OOXMLFile(BytesIO(open_)).encrypt(password, locked)


def _write_order(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, order: Sequence[object], amount_at: int
) -> Decimal:
    for column, value in enumerate(order):
        if column == amount_at:
            sheet.write_number(row, column, value)
        else:  # as text, so that no name is ever taken for a formula
            sheet.write_string(row, column, "" if value is None else str(value))
    amount = order[amount_at]
    return amount if isinstance(amount, Decimal) else Decimal(str(amount))
