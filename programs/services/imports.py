"""Undoing what a file brought into the registry, while nothing depends on it."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.db import changed
from core.errors import Conflict, Forbidden
from core.jobs import Progress
from core.words import _
from programs.queries.imports import befores_over, depending, is_too_late, lasting
from registry.models.imports import Import, ImportBefore, ImportState
from registry.permissions import May
from registry.services.import_undoing import take_back
from registry.services.imports import ALONE, merged_import


class MergedLongAgo(Conflict):
    """This file was merged more than {days} days ago and is not undone any more."""


class DependedOn(Conflict):
    """This merge is not undone any more, for of the records it made or changed some are in use by
    now; {what}."""


def ask_undo(session: Session, import_id: int, *, actor: Actor) -> Import:
    """Whether a merge can be undone now, before the work of it is put off.

    Raises:
        Forbidden, NotFound, ImportElsewhere, MergedLongAgo, DependedOn: it names what depends.
    """
    actor.require(May.UNDO_IMPORTS)
    if not actor.national:
        raise Forbidden
    found = merged_import(session, import_id, actor=actor)
    if is_too_late(found):
        raise MergedLongAgo(days=lasting().days)
    if stands := depending(session, found, actor=actor):
        raise DependedOn(what="; ".join(each.said for each in stands))
    return found


def undo(session: Session, import_id: int, *, actor: Actor, progress: Progress) -> Import:
    """Take away whom a file brought and put back what it changed, by a fixed few statements.

    Raises:
        as `ask_undo`, and Cancelled
    """
    actor.require(May.UNDO_IMPORTS)
    session.execute(ALONE)
    found = ask_undo(session, import_id, actor=actor)
    with audit.act(session, actor, "imports.undo", found) as figures:
        progress.report(0, 1, _("putting the registry back"))
        figures.update(take_back(session, found))
        found.state = ImportState.UNDONE
    return found


def forget_befores(session: Session) -> int:
    """Forget what merges changed that are not undone any more; answers how many records it was.

    It is part of no act: for how long it is kept is a setting.
    """
    over = delete(ImportBefore).where(ImportBefore.import_id.in_(befores_over()))
    return changed(session, over)
