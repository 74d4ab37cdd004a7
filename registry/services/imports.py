"""Imports of households and people: upload, map, check, review, merge; each step is one act.

Nothing but the merge touches the registry, and a merge may follow only on a person's review.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, any_, func, literal, select, text, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound, Refusal
from core.jobs import Progress
from core.storage import Kept, readable
from core.words import _
from geo.queries.reach import areas_under
from registry.checking.fields import FIELDS, PLACE, Kind, called, missing
from registry.checking.files import sample_of
from registry.checking.mapping import guessed
from registry.checking.nearby import nearest
from registry.checking.own import headed
from registry.models.imports import Import, ImportKind, ImportRow, ImportState, Verdict
from registry.parsing.days import DayOrder
from registry.permissions import May
from registry.queries.import_files import columns_of, table_in, words_of
from registry.queries.imports import ROW, WHY, days_seen, imports_seen
from registry.queries.own_columns import fields_of_file, own_columns
from registry.services.import_decisions import (
    counted,
    forget_rows,
    give_back_decisions,
    keep_decisions,
    plainly,
)
from registry.services.import_staging import stage_file
from registry.services.import_weighing import merge_rows, write_rows

# Only one merge at a time: two files may speak of the same household.
ALONE = text("select pg_advisory_xact_lock(hashtext('registry.imports.merge'))")


@dataclass(frozen=True)
class Meant:
    """What the words of a file mean, by field the codes of its cells plainly written (an empty code
    says nothing), and what is meant of a field where a row says nothing."""

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


class ImportElsewhere(Conflict):
    """This import has gone on meanwhile: it is {state}; reload the page."""


class ColumnMissing(Invalid):
    """Say which column holds: {fields}."""


class ColumnUnknown(Invalid):
    """The file has no column headed {column}; choose one of those it has."""


class DaysUnclear(Invalid):
    """{example} can be read with the day or with the month first; say which it is in this file."""


class ColumnTwice(Invalid):
    """Two fields are read from the column {column}; let it say one thing."""


def upload(session: Session, kept: Kept, name: str, kind: ImportKind, *, actor: Actor) -> Import:
    """Take a stored file in: read its headings and guess what they mean.

    A file headed like one that was mapped before is mapped as that one was.

    Raises:
        Forbidden, and the refusals of `tables.opened` that come at once.
    """
    actor.require(May.IMPORT_REGISTRANTS)
    words = words_of(session)
    with readable(kept.sha256) as path, table_in(path, name) as table:
        columns, sample = table.columns, sample_of(table)
        meant = guessed(columns, sample, table.said, words, Kind(kind))
    known = {each.name for each in FIELDS[kind]}
    own = headed(columns, own_columns(session, kind), meant.fields)
    fields = own | {
        name: column
        for name, column in meant.fields.items()
        if name in known and column not in own.values()
    }
    made = Import(
        kind=kind,
        original_name=name,
        original_sha256=kept.sha256,
        columns=columns,
        mapping=fields | nearest(columns, fields, kind, sample, words),
        words=meant.words,
        uploaded_by=actor.id,
    )
    if (earlier := _remembered(session, kind, columns)) is not None:
        made.mapping, made.made = earlier.mapping, earlier.made
        made.words, made.constants = earlier.words, earlier.constants
    session.add(made)
    session.flush()
    with audit.act(session, actor, "imports.upload", made) as figures:
        figures.update(kind=kind, file=name, sha256=kept.sha256)
    return made


def map_columns(
    session: Session,
    import_id: int,
    mapping: Mapping[str, str],
    *,
    actor: Actor,
    day_order: DayOrder | None = None,
    meant: Meant | None = None,
) -> Import:
    """Say which column each field is read from; what was checked before is forgotten.

    `day_order` need not be said where the days tell it themselves; `meant` is what words of the
    file mean and what is always so, and without it as it was remembered.

    Raises:
        Forbidden, NotFound, ImportElsewhere, ColumnMissing, ColumnUnknown, ColumnTwice,
        DaysUnclear
    """
    actor.require(May.IMPORT_REGISTRANTS)
    before_merge = (ImportState.UPLOADED, ImportState.MAPPED, ImportState.CHECKED)
    found = locked(
        session, import_id, May.IMPORT_REGISTRANTS, *before_merge, ImportState.REFUSED, actor=actor
    )
    meant = meant or Meant(found.words, found.constants)
    said = _sound(session, found, mapping, meant)
    order = _order_of(session, found, said, day_order)
    with audit.act(session, actor, "imports.map", found) as figures:
        forget_rows(session, found)
        found.mapping, found.day_order, found.counts = said, order, {}
        found.words = {name: dict(said) for name, said in meant.words.items()}
        found.constants = dict(meant.constants)
        found.state, found.refusal = ImportState.MAPPED, None
        figures.update(fields=len(said), days=order)
    return found


def fault_of(
    session: Session,
    found: Import,
    mapping: Mapping[str, str],
    day_order: DayOrder | None,
    meant: Meant | None = None,
) -> Refusal | None:
    """Why a mapping cannot be used, if it cannot."""
    try:
        told = meant or Meant(found.words, found.constants)
        _order_of(session, found, _sound(session, found, mapping, told), day_order)
    except Refusal as refusal:
        return refusal
    return None


def check(session: Session, import_id: int, *, actor: Actor, progress: Progress) -> Import:
    """Read the whole file and give every row its verdict; a file that cannot be read is refused.

    What was corrected in it is read instead of what it says, and what was decided about rows in an
    earlier check holds.

    Raises:
        Forbidden, NotFound, ImportElsewhere, Cancelled
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(
        session,
        import_id,
        May.IMPORT_REGISTRANTS,
        ImportState.MAPPED,
        ImportState.CHECKED,
        actor=actor,
    )
    with audit.act(session, actor, "imports.check", found) as figures:
        try:
            with session.begin_nested():  # a COPY that breaks off takes its savepoint with it
                found.fields = stage_file(session, found, progress)
        except Refusal as refusal:
            found.state, found.refusal = ImportState.REFUSED, refusal.message
        else:
            keep_decisions(session, found)
            forget_rows(session, found)
            write_rows(session, found, _reach(actor))
            give_back_decisions(session, found)
            found.state, found.checked_at = ImportState.CHECKED, func.clock_timestamp()
            found.compared_at, found.counts = None, counted(session, found)
        figures.update(state=found.state, **plainly(found.counts))
    return found


def accept(
    session: Session, import_id: int, *, actor: Actor, finding: str, accepted: bool = True
) -> int:
    """Take rows with this warning as they are, or leave their doubted cells out after all.

    Swapped coordinates are turned round, other doubted cells used as written. Answers the number
    of rows.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    row = ImportRow
    with audit.act(session, actor, "imports.accept", found) as figures:
        meant = (row.import_id == found.id, literal(finding) == any_(row.warnings))
        session.execute(update(row).where(*meant).values(accepted=accepted))
        found.counts = counted(session, found)
        taken: int = found.counts["findings"].get(finding, 0)
        figures.update(finding=finding, accepted=accepted, rows=taken)
    return taken


def accept_row(
    session: Session, import_id: int, number: int, *, actor: Actor, accepted: bool = True
) -> None:
    """Take one flagged row as it is, or leave its doubted cells out after all.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    row = ImportRow
    with audit.act(session, actor, "imports.accept", found) as figures:
        meant = update(row).where(row.import_id == found.id, row.row_number == number)
        taken = meant.values(accepted=accepted).returning(row.row_number)
        if session.scalar(taken) is None:
            raise NotFound(row=number)
        found.counts = counted(session, found)
        figures.update(row=number, accepted=accepted)


def leave_out(
    session: Session, import_id: int, number: int, *, actor: Actor, left_out: bool = True
) -> None:
    """Leave one row out of what is merged, or take it after all.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    row, decided = ImportRow, Verdict.IGNORE if left_out else None
    with audit.act(session, actor, "imports.leave_out", found) as figures:
        meant = update(row).where(row.import_id == found.id, row.row_number == number)
        sound = meant.where(row.verdict != Verdict.ERROR).values(decided=decided)
        if session.scalar(sound.returning(row.row_number)) is None:
            raise NotFound(row=number)
        found.counts = counted(session, found)
        figures.update(row=number, accepted=not left_out)


def review(session: Session, import_id: int, *, actor: Actor) -> Import:
    """Say that the verdicts were looked at and may be merged.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    with audit.act(session, actor, "imports.review", found) as figures:
        found.state = ImportState.REVIEWED
        figures.update(**plainly(found.counts))
    return found


def ask_merge(session: Session, import_id: int, *, actor: Actor) -> Import:
    """Whether an import can be merged now, before the work of it is put off.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.MERGE_IMPORTS)
    return locked(session, import_id, May.MERGE_IMPORTS, ImportState.REVIEWED, actor=actor)


def merge(session: Session, import_id: int, *, actor: Actor, progress: Progress) -> Import:
    """Bring the registry up to what the file says, by a fixed few statements.

    The rows are weighed once more against the registry as it is now, so a file merged meanwhile is
    taken into account; a row that has become wrong since is left out and gets its reason.

    Raises:
        Forbidden, NotFound, ImportElsewhere, Cancelled
    """
    actor.require(May.MERGE_IMPORTS)
    session.execute(ALONE)
    found = locked(session, import_id, May.MERGE_IMPORTS, ImportState.REVIEWED, actor=actor)
    with audit.act(session, actor, "imports.merge", found) as figures:
        progress.report(0, 1, _("writing to the registry"))
        merge_rows(session, found, _reach(actor))
        found.state, found.merged_at = ImportState.MERGED, func.now()
        found.counts = counted(session, found)
        figures.update(**plainly(found.counts))
    return found


def discard(session: Session, import_id: int, *, actor: Actor) -> Import:
    """Give an import up before it is merged; the file is kept, its rows are not.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    over = (ImportState.MERGED, ImportState.UNDONE)
    unmerged = [state for state in ImportState if state not in over]
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, *unmerged, actor=actor)
    with audit.act(session, actor, "imports.discard", found):
        forget_rows(session, found)
        found.state, found.refusal = ImportState.REFUSED, _("Discarded by {who}.", who=actor.name)
    return found


def merged_import(session: Session, import_id: int, *, actor: Actor) -> Import:
    """An import that was merged, kept for this transaction alone, to be undone.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.UNDO_IMPORTS)
    return locked(session, import_id, May.UNDO_IMPORTS, ImportState.MERGED, actor=actor)


def _reach(actor: Actor) -> Select[Any] | None:  # None is every area
    return None if actor.national else areas_under(actor.area_ids)


def locked(
    session: Session, import_id: int, may: May, *states: ImportState, actor: Actor
) -> Import:
    """An import in one of these states, kept for this transaction alone.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(may)
    one = select(Import).where(Import.id == import_id, imports_seen(actor)).with_for_update()
    if (found := session.scalar(one.execution_options(populate_existing=True))) is None:
        raise NotFound(imports=import_id)
    if found.state not in states:
        raise ImportElsewhere(state=found.state)
    return found


def _remembered(session: Session, kind: ImportKind, columns: list[str]) -> Import | None:
    """How a file with these headings was last mapped; what rows taken along have more is none."""
    own = [column for column in columns if column not in (WHY, ROW)]
    latest = (
        select(Import)
        .where(Import.kind == kind, Import.state != ImportState.UPLOADED)
        .where(func.array_remove(func.array_remove(Import.columns, WHY), ROW) == own)
        .order_by(Import.id.desc())
        .limit(1)
    )
    return session.scalar(latest)


def _sound(
    session: Session, found: Import, mapping: Mapping[str, str], meant: Meant
) -> dict[str, str]:
    """The mapping without empty choices, once it can be used."""
    fields: Collection[str] = {each.name for each in fields_of_file(session, found.kind)}
    said = {name: column for name, column in mapping.items() if name in fields and column}
    for column in said.values():
        if column not in columns_of(found):
            raise ColumnUnknown(column=column)
        named = [name for name in said if said[name] == column]
        if len(named) > 1 and set(named) != set(PLACE):  # one column may hold both coordinates
            raise ColumnTwice(column=column)
    if lacking := missing(found.kind, {**meant.constants, **said}):
        raise ColumnMissing(fields=", ".join(map(called, lacking)))
    return said


def _order_of(
    session: Session, found: Import, mapping: Mapping[str, str], said: DayOrder | None
) -> DayOrder:
    """How the days of a file are written: as somebody said, or else as they tell themselves."""
    seen = days_seen(session, found, mapping)
    if said and (said is not DayOrder.YEAR_FIRST or seen.order is DayOrder.YEAR_FIRST):
        return said
    if seen.order is None:
        raise DaysUnclear(example=seen.example)
    return seen.order
