"""The filter language: OGC CQL2, as text or JSON, turned into a condition of SQL.

What a filter may speak of is handed in: a mapping of names to terms. Words are read by `cql2`; what
somebody wrote reaches the database only as bound values, never as SQL.
"""

from core.cql.asking import Asked, asked, condition, counts_members, reckoned
from core.cql.members import over_members
from core.cql.plan import Plan, Source
from core.cql.reading import FilterTooLong, FilterUnreadable, both, tree
from core.cql.terms import (
    Condition,
    Drawn,
    FigureTooLarge,
    Kind,
    Lookup,
    Measured,
    NotAlike,
    OperatorUnknown,
    Over,
    Sourced,
    Term,
    TermMisspelt,
    TermNotYours,
    Terms,
    TermUnknown,
    TermWithheld,
    Through,
    WrongKind,
    usable,
)
from core.cql.times import terms_of_days

__all__ = [
    "Asked",
    "Condition",
    "Drawn",
    "FigureTooLarge",
    "FilterTooLong",
    "FilterUnreadable",
    "Kind",
    "Lookup",
    "Measured",
    "NotAlike",
    "OperatorUnknown",
    "Over",
    "Plan",
    "Source",
    "Sourced",
    "Term",
    "TermMisspelt",
    "TermNotYours",
    "TermUnknown",
    "TermWithheld",
    "Terms",
    "Through",
    "WrongKind",
    "asked",
    "both",
    "condition",
    "counts_members",
    "over_members",
    "reckoned",
    "terms_of_days",
    "tree",
    "usable",
]
