"""Where figures come from, in pairs of words, for files that leave the platform."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.settings import settings
from core.words import _
from geo.models.areas import Area
from geo.models.context import ContextLayer
from geo.models.events import Event, Layer
from geo.models.releases import Release
from geo.queries.areas import in_force
from geo.queries.composites import parents_of

Pairs = list[tuple[str, str]]


def said_of_file(session: Session, title: str, actor: Actor) -> Pairs:
    """What every file says first: what it is, who took it along when, and of which areas."""
    version = session.scalar(select(Area.version).where(Area.level == 0, in_force()).limit(1))
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    return [
        (_("Title"), title),
        (_("Made by"), actor.name),
        (_("Made at"), made_at),
        (_("Platform"), settings().base_url),
        (_("Areas, version"), version or ""),
        (_("Reference system of shapes"), "EPSG:4326"),
    ]


def said_of_release(session: Session, release: Release) -> Pairs:
    """What a file says of the release its figures rest on."""
    event = session.get_one(Event, release.event_id)
    layer = session.get(Layer, release.layer_id) if release.layer_id else None
    said = {
        _("Event"): event.name,
        _("Layer"): layer.name if layer else None,
        _("Release"): release.number,
        _("State of the release"): release.state,
        _("Measure"): release.measure,
        _("Unit"): release.unit,
        _("Direction"): release.direction,
        _("Floor"): release.floor,
        _("Observed at"): release.observed_at,
        _("Published at"): release.published_at,
        _("Source"): release.source,
        _("Licence"): release.licence,
        _("Original file"): release.original_name,
        _("SHA-256 of the original file"): release.original_sha256,
    }
    told = [(what, _written(value)) for what, value in said.items() if value not in (None, "")]
    return [*told, *_made_of(session, release)]


def _made_of(session: Session, release: Release) -> Pairs:
    """How a release was put together from others, and from which files."""
    if release.operation is None:
        return []
    parents = [parent.release.original_sha256 for parent in parents_of(session, release.id)]
    at = "" if release.operand is None else str(release.operand)
    return [
        (_("Put together as"), " ".join([release.operation.value, at]).strip()),
        (_("Made of the files with SHA-256"), ", ".join(parents)),
    ]


def said_of_layer(layer: ContextLayer) -> tuple[str, str]:
    """What a file says of a context layer its figures rest on."""
    parts = (layer.measure, layer.source, layer.licence, layer.observed_on, layer.original_name)
    said = [str(part) for part in (*parts, f"SHA-256 {layer.original_sha256}") if part]
    return _("Layer {name}", name=layer.name), "; ".join(said)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
