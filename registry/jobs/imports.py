"""Imports that read or write whole files, as work put off."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, defer, whole_country, work
from geo.jobs.exposure import sample_due
from geo.models.exposure import ExposureDue
from registry.services import imports


@work
@whole_country
def check_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Check the rows of an import.

    Every row gets its verdict.
    """
    imports.check(session, import_id, actor=actor, progress=progress)


@work
@whole_country
def merge_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Take the rows of an import into the registry.

    Where the new places owe releases an answer, asking them is put off in the same breath.
    """
    merged = imports.merge(session, import_id, actor=actor, progress=progress)
    if session.scalar(select(exists(select(ExposureDue.release_id)))):
        defer(session, sample_due, actor=actor, dedupe=f"import {merged.id}")
