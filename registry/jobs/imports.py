"""Imports that read or write whole files, as work put off."""

from pathlib import Path

from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Invalid
from core.jobs import Progress, work
from core.storage import keep_file
from registry.models.imports import Import, ImportKind, ImportState
from registry.parsing.findings import WARNINGS
from registry.services import imports


@work
def check_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Give every row of an import its verdict."""
    imports.check(session, import_id, actor=actor, progress=progress)


@work
def merge_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Bring the registry up to what an import says."""
    imports.merge(session, import_id, actor=actor, progress=progress)


def import_at_once(
    session: Session,
    path: Path,
    kind: ImportKind,
    *,
    actor: Actor,
    progress: Progress,
    accept_flagged: bool = False,
) -> Import:
    """All steps of an import in one go, for files nobody looks at first.

    Columns are mapped by their headings; flagged cells are left out unless `accept_flagged`.

    Raises:
        Forbidden, ColumnMissing, Cancelled, and the refusals of a file that is not a table.
    """
    kept = keep_file(path)
    made = imports.upload(session, kept, path.name, kind, actor=actor)
    imports.map_columns(session, made.id, made.mapping, actor=actor)
    imports.check(session, made.id, actor=actor, progress=progress)
    if made.state is ImportState.REFUSED:
        raise Invalid(made.refusal or "")
    for finding in WARNINGS & made.counts["findings"].keys() if accept_flagged else ():
        imports.accept(session, made.id, actor=actor, finding=finding)
    imports.review(session, made.id, actor=actor)
    return imports.merge(session, made.id, actor=actor, progress=progress)
