"""The filter language: OGC CQL2, as text or JSON, turned into a condition of SQL.

What a filter may speak of is handed in: a mapping of names to terms. Words are read by `cql2`; what
somebody wrote reaches the database only as bound values, never as SQL.
"""

from core.cql.conditions import condition
from core.cql.reading import FilterTooLong, FilterUnreadable
from core.cql.terms import (
    Condition,
    Kind,
    Lookup,
    NotAlike,
    OperatorUnknown,
    Term,
    TermNotYours,
    Terms,
    TermUnknown,
    WrongKind,
    usable,
)

__all__ = [
    "Condition",
    "FilterTooLong",
    "FilterUnreadable",
    "Kind",
    "Lookup",
    "NotAlike",
    "OperatorUnknown",
    "Term",
    "TermNotYours",
    "TermUnknown",
    "Terms",
    "WrongKind",
    "condition",
    "usable",
]
