"""Composites: releases are put together into a new one, which is published as any other."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid
from geo.classes import is_plain
from geo.models.composites import ReleaseParent
from geo.models.events import LayerKind
from geo.models.releases import Direction, Operation, Release, ReleaseState
from geo.permissions import May
from geo.queries.clauses import HazardClause, clause_asked
from geo.release_words import measured
from geo.services.releases import OVER, locked

FEWEST, MOST = 2, 60  # releases put together at once
AT_A_THRESHOLD = (Operation.EVER, Operation.DAYS)


class CompositeNameless(Invalid):
    """What is put together needs a name; write one that others will understand."""


class WrongNumber(Invalid):
    """{count} releases are chosen; choose from {fewest} to {most} different ones."""


class OfSeveralEvents(Invalid):
    """Only releases of one event are put together; choose those of one."""


class WithinBounds(Invalid):
    """{name} is known within bounds only; put together the maps it was made of instead."""


class LessWithOutlines(Invalid):
    """Where less is worse, the worst of grids and of outlines without cells cannot be told; ask
    whether, or how many times, a place was hit."""


class OfSeveralMeasures(Invalid):
    """These releases hold {measures}; put together those that measure the same."""


class NotOfOne(Invalid):
    """{count} releases are chosen, and distances are told to one; choose it, or put several
    together first and tell the distance to what comes out."""


class ReachMissing(Invalid):
    """Say up to how many kilometres off distances are told, as a number above 0."""


class ThresholdMissing(Invalid):
    """Say from which value on a place counts."""


class NotComposite(Conflict):
    """This file was sent, not made of others; read it again."""


class AlreadyMade(Conflict):
    """The same was made of the same releases before; it is {name}."""


@dataclass(frozen=True)
class Composite:
    """What to make of which releases; `threshold` is from which value on a place counts, of a
    distance how far it is told, in kilometres."""

    operation: Operation
    release_ids: tuple[int, ...]
    threshold: float | None = None


def derive(session: Session, composite: Composite, name: str, *, actor: Actor) -> Release:
    """Note a release that is to be made of others; the making is put off by who calls
    (`geo.jobs.composites.compose`).

    Raises:
        CompositeNameless, WrongNumber, NotOfOne, OfSeveralEvents, WithinBounds, OfSeveralMeasures,
        LessWithOutlines, ThresholdMissing, ReachMissing, AlreadyMade, and what `clause_asked`
        refuses.
    """
    actor.require(May.DERIVE_RELEASES)
    called = " ".join(name.split())
    if not called:
        raise CompositeNameless
    parents = _parents(session, composite)
    operand = _operand(composite, parents)
    recipe = _recipe(composite.operation, operand, parents)
    _refuse_again(session, recipe)
    release = Release(
        event_id=parents[0].event_id,
        original_name=f"{called}.{_ending(composite.operation, parents)}",
        original_sha256=recipe,
        original_bytes=0,
        operation=composite.operation,
        operand=operand,
        recipe=recipe,
        uploaded_by=actor.id,
    )
    with audit.act(session, actor, "releases.derive", release) as figures:
        session.add(release)
        session.flush()
        session.add_all(
            ReleaseParent(release_id=release.id, place=place, parent_id=parent.id)
            for place, parent in enumerate(parents, 1)
        )
        figures.update(name=called, operation=composite.operation.value, releases=len(parents))
    return release


def ask_again(session: Session, release_id: int, *, actor: Actor) -> Release:
    """Have a composite made whose making was stopped.

    Raises:
        ReleaseUnknown, ReleaseNotInState, NotComposite
    """
    actor.require(May.DERIVE_RELEASES)
    release = locked(session, release_id, {ReleaseState.RECEIVED})
    if release.operation is None:
        raise NotComposite
    return release


def _parents(session: Session, composite: Composite) -> list[Release]:
    ids = dict.fromkeys(composite.release_ids)
    if composite.operation is Operation.DISTANCE and len(ids) != 1:
        raise NotOfOne(count=len(ids))
    if composite.operation is not Operation.DISTANCE and not FEWEST <= len(ids) <= MOST:
        raise WrongNumber(count=len(ids), fewest=FEWEST, most=MOST)
    at = composite.threshold if composite.operation in AT_A_THRESHOLD else None
    parents = [clause_asked(session, HazardClause(each, at)).release for each in ids]
    if len({parent.event_id for parent in parents}) > 1:
        raise OfSeveralEvents
    for parent in parents:
        if parent.most_sha256 is not None:
            raise WithinBounds(name=parent.original_name)
    _refuse_several_measures(parents)
    if composite.operation is Operation.MAXIMUM:
        _refuse_less_with_outlines(parents)
    return parents


def _refuse_several_measures(parents: Sequence[Release]) -> None:
    kinds = {(parent.measure, parent.unit, parent.direction) for parent in parents}
    if len(kinds) > 1:
        held = sorted({measured(parent) for parent in parents})
        raise OfSeveralMeasures(measures=", ".join(held))


def _refuse_less_with_outlines(parents: Sequence[Release]) -> None:
    """Dry ground around an outline has no value that a cell could hold."""
    mixed = len({parent.kind for parent in parents}) > 1
    if mixed and parents[0].direction is Direction.AT_MOST:
        raise LessWithOutlines


def _operand(composite: Composite, parents: Sequence[Release]) -> float | None:
    """From which value on a place counts, not asked where all are hit or not, without values; or
    how far distances are told."""
    if composite.operation is Operation.DISTANCE:
        return _reach(composite.threshold)
    if composite.operation not in AT_A_THRESHOLD:
        return None
    if composite.threshold is None and not all(map(is_plain, parents)):
        raise ThresholdMissing
    return composite.threshold


def _reach(kilometres: float | None) -> float:
    if kilometres is None or not 0 < kilometres < math.inf:
        raise ReachMissing
    return kilometres


def _ending(operation: Operation, parents: Sequence[Release]) -> str:
    """Of extents, and of distances, a GeoPackage is made, with a grid among others a GeoTIFF."""
    of_extents = all(parent.kind is LayerKind.EXTENT for parent in parents)
    return "gpkg" if of_extents or operation is Operation.DISTANCE else "tif"


def _recipe(operation: Operation, operand: float | None, parents: Sequence[Release]) -> str:
    """The digest of what is made of what, whatever it is called."""
    said = {
        "operation": operation.value,
        "threshold": operand,
        "releases": [parent.id for parent in parents],
    }
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def _refuse_again(session: Session, recipe: str) -> None:
    same = select(Release).where(Release.recipe == recipe, Release.state.not_in(OVER))
    if (made := session.scalars(same).first()) is not None:
        raise AlreadyMade(name=made.original_name)
