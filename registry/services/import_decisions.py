"""What people decided about the rows of an import, kept while they are checked anew; their counts.

Decisions are by row: what is accepted, left out, taken for somebody registered, or found to be new.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.orm import Session

from registry.models.imports import Import, ImportMatch, ImportRow, Verdict

FRESH = text("drop table if exists decisions")
KEEP = text("""
    create temporary table decisions on commit drop as
    select row_number, accepted, warnings, decided, registrant_id, group_id from import_rows
    where import_id = :import_id and (accepted or decided is not null)
""")
LOOK_AT_DECISIONS = text("analyze decisions")
# Accepted is what was found then; who finds more in the row is asked again.
GIVE = text("""
    update given set accepted = d.accepted and given.warnings <@ d.warnings,
        linked_id = case when d.decided = 'link' then d.registrant_id end,
        linked_group_id = case when d.decided = 'link' then d.group_id end
    from decisions d where d.row_number = given.row_number
""")
GIVE_BACK = text("""
    update import_rows r set decided = d.decided
    from decisions d
    where r.import_id = :import_id and r.row_number = d.row_number and d.decided is not null
      and r.verdict <> 'error'
""")


def keep_decisions(session: Session, found: Import) -> None:
    """Keep what was decided about rows that are about to be forgotten, and tell it to `given`."""
    session.execute(FRESH)
    for step in (KEEP, LOOK_AT_DECISIONS, GIVE):
        session.execute(step, {"import_id": found.id})


def give_back_decisions(session: Session, found: Import) -> None:
    """Decide as before about rows that were written anew; an error is left out in any case."""
    session.execute(GIVE_BACK, {"import_id": found.id})


def forget_rows(session: Session, found: Import) -> None:
    """Drop the rows of an import, and whom they are like."""
    session.execute(delete(ImportMatch).where(ImportMatch.import_id == found.id))
    session.execute(delete(ImportRow).where(ImportRow.import_id == found.id))


def counted(session: Session, found: Import) -> dict[str, Any]:
    """Rows by verdict and by finding; *flagged* has a warning, *good* neither warning nor error."""
    row = ImportRow
    does = func.coalesce(row.decided, row.verdict)
    kinds = (does, row.warnings, row.errors, row.accepted)
    tally = select(*kinds, func.count()).where(row.import_id == found.id).group_by(*kinds)
    sums = ("rows", *(str(verdict) for verdict in Verdict), "flagged", "accepted", "good")
    counts: dict[str, Any] = dict.fromkeys(sums, 0)
    findings: dict[str, int] = {}
    for verdict, warnings, errors, accepted, n in session.execute(tally):
        counts["rows"] += n
        counts[str(verdict)] += n
        counts["flagged"] += n if warnings and not errors else 0
        counts["accepted"] += n if warnings and accepted else 0
        counts["good"] += n if not warnings and not errors else 0
        for finding in (*warnings, *errors):
            findings[finding] = findings.get(finding, 0) + n
    return counts | {"findings": findings, "similar": _undecided(session, found)}


def _undecided(session: Session, found: Import) -> int:
    """How many rows are like somebody registered, and nobody has said whether they are."""
    row, match = ImportRow, ImportMatch
    like = exists().where(match.import_id == row.import_id, match.row_number == row.row_number)
    asked = select(func.count()).where(
        row.import_id == found.id, row.verdict == Verdict.CREATE, row.decided.is_(None), like
    )
    return session.scalar(asked) or 0


def plainly(counts: Mapping[str, Any]) -> dict[str, Any]:
    """The rows by verdict alone."""
    return {name: n for name, n in counts.items() if name != "findings"}
