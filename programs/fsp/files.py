"""Orders as a file a provider takes: CSV or a workbook, with the columns it wants, in its order."""

from collections.abc import Sequence

from programs.fsp.orders import Order

COLUMNS = ("reference", "name", "account", "provider", "amount", "currency")


def cells_of(order: Order, columns: Sequence[str]) -> list[str]:
    """One order as a line of a file; nothing in it is ever taken for a formula."""
    told = {
        "reference": order.reference,
        "name": _plain(order.name),
        "account": _plain(order.account or ""),
        "provider": _plain(order.provider or ""),
        "amount": str(order.amount),
        "currency": order.currency,
    }
    return [told[column] for column in columns or COLUMNS]


def _plain(text: str) -> str:
    risky = text[:1] in "=+-@\t\r" if text else False
    number = text[1:].isdigit() and text[:1] == "+"
    return f"'{text}" if risky and not number else text
