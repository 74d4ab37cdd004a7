"""Context layers: the list of them, one of them, and how much of each a release hits by area."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from core.jobs import LIVE, Job, JobState
from geo.models.areas import Area
from geo.models.context import ContextFigure, ContextLayer, ContextState, Counted
from geo.models.releases import Release
from geo.permissions import May
from geo.queries.areas import in_force
from geo.queries.reach import every_version_of, within_reach

UNITS = {Counted.LENGTH: "km", Counted.GROUND: "km²"}


class ContextUnknown(NotFound):
    """There is no context layer {layer}; choose one from the list of layers."""


@dataclass(frozen=True)
class Held:
    """How much of a layer an area holds; what of it is neither hit nor unobserved is dry."""

    total: float
    hit: float
    not_observed: float


NOTHING = Held(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Measured:
    """A layer measured against a release: all of it within reach, and by area (P-code)."""

    layer: ContextLayer
    whole: Held
    by_area: dict[str, Held]

    def in_area(self, pcode: str) -> Held:
        """What an area holds of it."""
        return self.by_area.get(pcode, NOTHING)

    @property
    def unit(self) -> str:
        """What its figures are in; empty for counts."""
        return UNITS.get(self.layer.counted, "") if self.layer.counted else ""


@dataclass(frozen=True)
class LayerPage:
    """One layer, the work going on for it (`job_id`), and why the last work came to nothing."""

    layer: ContextLayer
    job_id: int | None
    trouble: str | None


def layers_listed(session: Session, *, actor: Actor) -> list[ContextLayer]:
    """All layers but those that were removed, by name."""
    actor.require(May.READ_RELEASES)
    there = select(ContextLayer).where(ContextLayer.state != ContextState.REMOVED)
    return list(session.scalars(there.order_by(func.lower(ContextLayer.name), ContextLayer.id)))


def layers_shown(session: Session, *, actor: Actor) -> list[ContextLayer]:
    """The layers a map can show, by name; none for who may not look at hazards."""
    if not actor.may(May.READ_RELEASES):
        return []
    loaded = select(ContextLayer).where(ContextLayer.state == ContextState.LOADED)
    return list(session.scalars(loaded.order_by(func.lower(ContextLayer.name), ContextLayer.id)))


def layer_page(session: Session, layer_id: int, *, actor: Actor) -> LayerPage:
    """One layer and the work on it.

    Raises:
        ContextUnknown
    """
    layer = layer_seen(session, layer_id, actor=actor)
    about = select(Job).where(Job.subject == ContextLayer.__tablename__, Job.subject_id == layer.id)
    job = session.scalars(about.order_by(Job.id.desc()).limit(1)).first()
    return LayerPage(
        layer,
        job.id if job and job.state in LIVE else None,
        job.refusal if job and job.state is JobState.FAILED else None,
    )


def layer_seen(session: Session, layer_id: int, *, actor: Actor) -> ContextLayer:
    """A layer as somebody may look at it.

    Raises:
        Forbidden, ContextUnknown
    """
    actor.require(May.READ_RELEASES)
    layer = session.get(ContextLayer, layer_id)
    if layer is None:
        raise ContextUnknown(layer=layer_id)
    return layer


def layer_drawn(session: Session, layer_id: int, *, actor: Actor) -> ContextLayer:
    """A layer that a map can show.

    Raises:
        Forbidden, ContextUnknown
    """
    layer = layer_seen(session, layer_id, actor=actor)
    if layer.state is not ContextState.LOADED:
        raise ContextUnknown(layer=layer_id)
    return layer


def measured(session: Session, release: Release, level: int, *, actor: Actor) -> list[Measured]:
    """Every layer that was measured against a release, with its figures for areas of a level."""
    actor.require(May.READ_RELEASES)
    figures = (ContextFigure.total, ContextFigure.hit, ContextFigure.not_observed)
    of_release = ContextFigure.release_id == release.id
    rows = session.execute(
        select(ContextFigure.layer_id, Area.pcode, *figures)
        .join(Area, Area.id == ContextFigure.area_id)
        .where(of_release, Area.level == level, in_force(), within_reach(actor, Area.id))
    )
    by_area: dict[int, dict[str, Held]] = {}
    for layer_id, pcode, *held in rows:
        by_area.setdefault(layer_id, {})[pcode] = Held(*held)
    whole = session.execute(
        select(ContextFigure.layer_id, *map(func.sum, figures))
        .join(Area, Area.id == ContextFigure.area_id)
        .where(of_release, in_force(), _is_a_root(actor))
        .group_by(ContextFigure.layer_id)
    )
    totals = {layer_id: Held(*held) for layer_id, *held in whole}
    return [
        Measured(layer, totals[layer.id], by_area.get(layer.id, {}))
        for layer in layers_shown(session, actor=actor)
        if layer.id in totals
    ]


def unmeasured(session: Session, release: Release) -> int:
    """How many layers that are loaded were not measured against a release."""
    against = ContextFigure.release_id == release.id
    met = exists().where(ContextFigure.layer_id == ContextLayer.id, against)
    loaded = select(func.count()).where(ContextLayer.state == ContextState.LOADED, ~met)
    return session.scalar(loaded) or 0


def _is_a_root(actor: Actor) -> ColumnElement[bool]:
    """The areas an actor's reach begins at: the country, or those they were given."""
    if actor.national:
        return Area.level == 0
    return Area.id.in_(every_version_of(actor.area_ids))


def columns_of(found: Sequence[Measured]) -> list[str]:
    """Names of three columns for each layer in a table that is taken along."""
    kinds = ("total", "hit", "not_observed")
    return [f"{_plain(each)}_{kind}" for each in found for kind in kinds]


def _plain(each: Measured) -> str:
    """A name that any program takes for a column, and no two layers have."""
    letters = "".join(c if c.isalnum() else "_" for c in each.layer.name.lower())
    return f"layer_{each.layer.id}_{'_'.join(filter(None, letters.split('_')))}"
