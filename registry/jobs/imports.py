"""Imports that read or write whole files, as work put off."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, defer, whole_country, work
from geo.jobs.exposure import sample_due
from geo.models.exposure import ExposureDue
from registry.services import imports
from registry.services.import_comparing import compare
from registry.services.import_correcting import correct_from


@work
@whole_country
def check_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Check the rows of an import.

    Every row gets its verdict; those that would make new people are held against the registry in
    the same breath.
    """
    found = imports.check(session, import_id, actor=actor, progress=progress)
    if found.kind.tells_of_people and found.counts.get("create"):
        defer(session, compare_import, actor=actor, about=found, import_id=import_id)


@work
@whole_country
def compare_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Hold the new people of an import against the registry.

    Nothing is decided by it.
    """
    compare(session, import_id, actor=actor, progress=progress)


@work
@whole_country
def correct_import(
    session: Session, *, actor: Actor, progress: Progress, import_id: int, sha256: str, name: str
) -> None:
    """Take corrected rows into an import, and check it anew.

    Only cells that differ are taken.
    """
    correct_from(session, import_id, sha256, name, actor=actor, progress=progress)
    check_import(session, actor=actor, progress=progress, import_id=import_id)


@work
@whole_country
def merge_import(session: Session, *, actor: Actor, progress: Progress, import_id: int) -> None:
    """Take the rows of an import into the registry.

    Where the new places owe releases an answer, asking them is put off in the same breath.
    """
    merged = imports.merge(session, import_id, actor=actor, progress=progress)
    if session.scalar(select(exists(select(ExposureDue.release_id)))):
        defer(session, sample_due, actor=actor, dedupe=f"import {merged.id}")
