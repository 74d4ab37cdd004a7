"""Imports that read or write whole files, as work put off."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, work
from registry.services import imports


@work
def check_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Give every row of an import its verdict."""
    imports.check(session, import_id, actor=actor, progress=progress)


@work
def merge_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Bring the registry up to what an import says."""
    imports.merge(session, import_id, actor=actor, progress=progress)
