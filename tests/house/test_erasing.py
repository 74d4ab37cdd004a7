"""Erasing reaches every column that may tell of somebody, or it is written here why it does not."""

from sqlalchemy import ARRAY, JSON, Column, Date, DateTime, Enum, String

from app.everything import tables_about
from registry.services.registrants import TOLD, TOLD_OF_PEOPLE

TELLING = (String, Date, DateTime, JSON, ARRAY)

DELETED = frozenset(  # whole rows, told of in tests/programs/test_retention.py and test_registrants
    {
        *("consents", "visits", "visit_answers", "identifiers", "contacts", "accounts"),
        *("registrant_tags", "documents", "former_places", "relationships", "locations"),
        *("duplicate_pairs", "merge_befores", "group_fields", "individual_fields"),
        *("change_answers", "change_documents", "submission_files"),
        *("holdings", "scores", "import_befores", "import_matches"),
    }
)
EMPTIED = {
    "registrants": {"name", *TOLD},
    "individuals": {*TOLD_OF_PEOPLE},
    "memberships": {"note"},
    "program_memberships": {"reason"},
    "payments": {"said"},
    "payment_events": {"said"},
    "verification_samples": {"note", "settled_because"},
    "field_changes": {"before", "after"},
    "change_requests": {"why", "contact_key", "decided_because", "source_number"},
    "change_lines": {"before_key", "after_key"},
    "submissions": {"sha256"},
    "import_rows": {"household_key", "person_key", "id_key", "cells", "faulted"},
}
STAYS = {
    "registrants": {"number", "registered_on", "exited_on"},  # that there was somebody, and when
    "groups": {"kind"},
    "memberships": {"kind", "started_on", "ended_on"},  # of numbers that name nobody any more
    "roster_members": {"grade"},  # what a list was signed over
    "entitlements": {"ern", "valid_until"},  # money and goods stay accounted for
    "payments": {"reference", "provider_reference", "claimed_at"},
    "payment_events": {"at", "reference", "provider_reference"},
    "vouchers": {"code", "expires_on"},
    "program_memberships": {"changed_at", "cause"},  # a word of a list, of a number
    "field_changes": {"at", "table_name"},  # digests prove that there was a change
    "looks": {"at", "actor_name", "what", "subject", "registrant_ids", "purpose", "address"},
    "import_rows": {"warnings", "errors"},  # codes of findings
    "merges": {"undone_at"},
    "submissions": {"instance_id", "form", "version"},  # so that none is taken in a second time
    "change_requests": {
        *("number", "kind", "on_day", "asked_at", "local_at", "national_at", "applied_at"),
    },
    "verification_samples": {"stratum", "asked_at"},  # what an estimate rests on
    "messages": {"language", "handed_at"},  # that somebody was told; neither what nor where
    "reconciliation_rows": {"reference", "said", "word", "reason", "their_number"},  # of money
    "change_lines": {"field", "about"},  # which field was changed, not to what
}
"""Columns that stay, by table, and why."""


def _tells(column: Column[object]) -> bool:
    kept = isinstance(column.type, Enum) or column.name in {"id", "created_at"}
    return isinstance(column.type, TELLING) and not kept


def test_every_column_that_may_tell_of_somebody_is_emptied_or_listed_with_its_reason() -> None:
    left = {
        f"{table.name}.{column.name}"
        for table in tables_about([1])
        for column in table.columns
        if table.name not in DELETED and _tells(column)
        if column.name not in EMPTIED.get(table.name, set()) | STAYS.get(table.name, set())
    }

    assert left == set()


def test_nothing_is_listed_that_is_no_column() -> None:
    tables = {table.name: {*table.columns.keys()} for table in tables_about([1])}
    listed = {
        (name, column) for group in (EMPTIED, STAYS) for name in group for column in group[name]
    }

    assert {f"{n}.{c}" for n, c in listed if c not in tables.get(n, set())} == set()
    assert tables.keys() >= DELETED
