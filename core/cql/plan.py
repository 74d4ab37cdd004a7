"""What a filter needs beside its rows: each source joined once, all members counted in one scan.

A term may ask for a source while the filter is understood; whoever runs the filter joins them all.
What is not asked for is not joined.
"""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, Select, column

Source = tuple[FromClause, ColumnElement[bool]]  # what is joined, and on which condition


class Plan:
    """The sources of a filter, and its figures over the members of a row.

    All figures are columns of one scan of the members, which is `within` its own sources.
    """

    def __init__(self) -> None:
        self._sources: dict[Hashable, Source] = {}
        self.figures: list[Label[Any]] = []

    @cached_property
    def within(self) -> "Plan":
        """The sources of the scan of members."""
        return Plan()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for beside the rows."""
        return not self._sources and not self.figures

    def source(self, key: Hashable, make: Callable[[], Source]) -> FromClause:
        """A table, or a query of at most one row for each row of the filter, joined to it."""
        if key not in self._sources:
            self._sources[key] = make()
        return self._sources[key][0]

    def figure(self, told: ColumnElement[Any]) -> ColumnElement[Any]:
        """The column of an aggregate over members; NULL of a row that has none."""
        label = next((each for each in self.figures if each.element.compare(told)), None)
        if label is None:
            label = told.label(f"of_members_{len(self.figures)}")
            self.figures.append(label)
        return column(label.name, told.type)

    def joined(self, query: Select[Any]) -> Select[Any]:
        """A query with the sources of its filter."""
        for table, on in self._sources.values():
            query = query.outerjoin(table, on)
        return query
