"""Paging: lists are read page by page after a key, never by offset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, SQLColumnExpression
from sqlalchemy.orm import Session

T = TypeVar("T")
PAGE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list and the key the next one starts after, if there is more."""

    rows: Sequence[T]
    after: Any | None = None


def page_of(
    session: Session,
    query: Select[*tuple[Any, ...]],
    key: SQLColumnExpression[Any],
    after: Any = None,
    size: int = PAGE,
) -> Page[Any]:
    """The rows of `query` whose `key` comes after `after`, in the order of `key`.

    `key` is unique and must be the last column the query selects.
    """
    if after is not None:
        query = query.where(key > after)
    rows = session.execute(query.order_by(key).limit(size + 1)).all()
    return Page(rows[:size], rows[size - 1][-1] if len(rows) > size else None)
