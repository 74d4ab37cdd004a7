"""Undoing what a whole file brought, as work put off."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from programs.services import imports


@work
@whole_country
def undo_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Undo the merge of an import.

    The registry is put back to what it was before.
    """
    imports.undo(session, import_id, actor=actor, progress=progress)


@work
@whole_country
def forget_befores(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Forget what merges changed that are not undone any more."""
    return {"rows": imports.forget_befores(session)}
