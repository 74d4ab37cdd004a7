"""Meanings: which part of a hazard file is meant, and what an analyst confirms that it says."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid
from core.words import _, figure_said
from geo.measures import MEASURES
from geo.models.events import Layer, LayerKind
from geo.models.readings import Companion, ReleaseClass, Role
from geo.models.releases import Direction, ObservedRule, Release, ReleaseState
from geo.permissions import May
from geo.products.meaning import ClassOf
from geo.raster.bands import Choice
from geo.services.product_answers import remember
from geo.services.releases import locked

CONFIRMABLE = (ReleaseState.READ, ReleaseState.CONFIRMED)
UNREAD = (ReleaseState.RECEIVED, ReleaseState.ASKED, ReleaseState.REFUSED, ReleaseState.READ)
LOSS = 0.001  # of the ground: what mending may lose before somebody has to say that it is right


class MeaningIncomplete(Invalid):
    """The meaning of the file is not complete: {says}"""


class LayerOfOtherKind(Conflict):
    """The layer {layer} of this event holds {measure} in {unit}; give the new one another name."""


@dataclass(frozen=True)
class Meaning:
    """What the analyst confirms of a release that was read.

    `layer` names the product among the event's. `zeros` says what cells with 0 are where the file
    does not declare nodata: "value", "unseen" or not said. `floor` is the value from which on
    (`direction`) places are kept; none: all above 0. `observed_file` is (name, what was kept),
    `observed_part` the number of a part of the file itself. `nodata` are stored numbers that mean
    no data, `values` those that might but do not. `classes` and `forecast` are None where they
    stay as they were recognised, as is `water_floods`: whether a flood over permanent water counts.
    `loses` says that ground lost by mending the shapes is right.
    """

    layer: str
    measure: str
    unit: str
    observed_at: datetime | None
    source: str
    licence: str
    direction: Direction = Direction.AT_LEAST
    floor: float | None = None
    zeros: str = ""
    nodata: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    classes: tuple[ClassOf, ...] | None = None
    value_field: str | None = None
    observed_rule: ObservedRule | None = None
    observed_file: tuple[str, str] | None = None
    observed_layer: str | None = None
    observed_part: int | None = None
    day_only: bool = False
    forecast: bool | None = None
    loses: bool = False
    water_floods: bool | None = None


def choose_in_file(session: Session, release_id: int, choice: Choice, *, actor: Actor) -> Release:
    """Say which part of a file is meant, and where it lies, so that it is read again.

    Raises:
        ReleaseUnknown, ReleaseNotInState
    """
    actor.require(May.UPLOAD_RELEASES)
    release = locked(session, release_id, UNREAD)
    with audit.act(session, actor, "releases.choose", release) as figures:
        release.file_in_archive, release.layer_in_file = choice.file, choice.layer
        release.variable, release.time_in_file = choice.variable, choice.time
        release.band, release.crs = choice.band, choice.crs
        release.state, release.refusal = ReleaseState.RECEIVED, None
        figures.update(
            file=choice.file,
            layer=choice.layer or choice.variable,
            time=choice.time,
            band=choice.band,
            crs=choice.crs,
        )
    return release


def faults_of(release: Release, meaning: Meaning) -> dict[str, str]:
    """What is missing or wrong in a meaning, a sentence for each field."""
    units = MEASURES.get(meaning.measure, ())
    backwards = meaning.direction is Direction.AT_MOST
    asked = {
        "measure": (meaning.measure in MEASURES, _("Choose what the numbers measure")),
        "unit": (not units or meaning.unit in units, _("Choose the unit of the values")),
        "layer": (meaning.layer.strip(), _("Name the layer")),
        "least": (
            meaning.floor is not None or not backwards,
            _("Where less is worse, say up to which value places are kept"),
        ),
        "floor": (math.isfinite(meaning.floor or 0), _("Write the least value as a number")),
        "observed_at": (meaning.observed_at, _("Say when it was observed")),
        "nodata": (not any(map(math.isnan, meaning.nodata)), _("Write numbers, such as 255")),
        "source": (meaning.source.strip(), _("Say who made it, as it should be cited")),
    }
    faults = {field: sentence for field, (given, sentence) in asked.items() if not given}
    if "least" in faults:
        faults["floor"] = faults.pop("least")
    return faults | (_cell_faults if _is_raster(release) else _extent_faults)(release, meaning)


def confirm_release(
    session: Session, release_id: int, meaning: Meaning, *, actor: Actor
) -> Release:
    """Say what the numbers of a file mean. Nothing is published by it.

    It is kept for the next file of the same product, to be offered there.

    Raises:
        ReleaseUnknown, ReleaseNotInState, MeaningIncomplete, LayerOfOtherKind
    """
    actor.require(May.CONFIRM_RELEASES)
    release = locked(session, release_id, CONFIRMABLE)
    if faults := faults_of(release, meaning):
        raise MeaningIncomplete(says=next(iter(faults.values())))
    layer = _layer(session, release, meaning)
    with audit.act(session, actor, "releases.confirm", release) as figures:
        release.layer_id, release.confirmed_by = layer.id, actor.id
        release.state, release.looked_over_at = ReleaseState.CONFIRMED, None
        _apply(release, meaning)
        _observe(session, release, meaning)
        if meaning.classes is not None:
            _classify(session, release, meaning.classes)
        figures.update(
            measure=meaning.measure,
            unit=meaning.unit,
            direction=meaning.direction,
            floor=meaning.floor,
            observed=release.observed_rule,
            water_floods=release.water_floods,
        )
        if release.product:
            session.flush()
            remember(session, release, actor.id)
    return release


def write_classes(session: Session, release: Release, classes: Iterable[ClassOf]) -> None:
    """Write what the codes of a release mean, in place of what stood there."""
    mine = ReleaseClass.release_id == release.id
    session.execute(delete(ReleaseClass).where(mine))
    rows = [
        {
            "release_id": release.id,
            "place": place,
            "code": one.code,
            "label": one.label,
            "means": one.means,
            "value": one.value,
            "plus": one.plus,
        }
        for place, one in enumerate(classes)
    ]
    if rows:
        session.execute(insert(ReleaseClass), rows)


def write_companions(
    session: Session, release: Release, numbers: Iterable[tuple[Role, int]]
) -> None:
    """Write which other parts of its file speak of a release, in place of what stood there."""
    session.execute(delete(Companion).where(Companion.release_id == release.id))
    rows = [{"release_id": release.id, "role": role, "number": number} for role, number in numbers]
    if rows:
        session.execute(insert(Companion), rows)


def _is_raster(release: Release) -> bool:
    return release.kind is LayerKind.RASTER


def _cell_faults(release: Release, meaning: Meaning) -> dict[str, str]:
    faults = {}
    if release.found.get("asks_zeros") and meaning.zeros not in {"value", "unseen"}:
        faults["zeros"] = _("Say what 0 means")
    told = {*meaning.nodata, *meaning.values}
    suspects = [each["number"] for each in release.found.get("suspects", [])]
    if unsaid := [number for number in suspects if number not in told]:
        said = figure_said(unsaid[0])
        faults["suspects"] = _("Say whether {number} is a value or no data", number=said)
    if release.found.get("asks_classes") and not meaning.classes:
        faults["classes"] = _("Say what each colour means")
    return faults


def _extent_faults(release: Release, meaning: Meaning) -> dict[str, str]:
    if release.code_field:
        return _table_faults(release, meaning)
    faults = {}
    if release.found.get("lost_share", 0.0) > LOSS and not meaning.loses:
        faults["loses"] = _("Say that the ground lost by mending is right, or refuse the file")
    if meaning.observed_rule is None:
        faults["observed_rule"] = _("Say what the image could see")
    chosen = meaning.observed_file or meaning.observed_layer or meaning.observed_part
    if meaning.observed_rule is ObservedRule.LAYER and not chosen:
        faults["observed_file"] = _("Add the file, or name the layer, of what the image could see")
    return faults


def _table_faults(release: Release, meaning: Meaning) -> dict[str, str]:
    if meaning.value_field in release.found.get("numeric", []):
        return {}
    return {"value_field": _("Choose the column with the values")}


def _layer(session: Session, release: Release, meaning: Meaning) -> Layer:
    """The layer of the event that is meant, made if it is new."""
    name = " ".join(meaning.layer.split())
    layer = session.scalar(select(Layer).filter_by(event_id=release.event_id, name=name))
    said = {"kind": release.kind, "measure": meaning.measure, "unit": meaning.unit}
    if layer is None:
        layer = Layer(event_id=release.event_id, name=name, **said)
        session.add(layer)
        session.flush()
    if any(getattr(layer, field) != value for field, value in said.items()):
        raise LayerOfOtherKind(layer=name, measure=layer.measure, unit=layer.unit)
    return layer


def _apply(release: Release, meaning: Meaning) -> None:
    release.measure, release.unit = meaning.measure, meaning.unit
    release.direction, release.floor = meaning.direction, meaning.floor
    release.observed_at, release.day_only = meaning.observed_at, meaning.day_only
    release.source, release.licence = meaning.source.strip(), meaning.licence.strip()
    release.value_field = meaning.value_field
    release.extra_nodata = list(meaning.nodata) or None
    if meaning.forecast is not None:
        release.forecast = meaning.forecast
    if meaning.water_floods is not None:
        release.water_floods = meaning.water_floods
    if _is_raster(release):
        release.zeros = meaning.zeros or None


def _observe(session: Session, release: Release, meaning: Meaning) -> None:
    """What the product could see: its own cells or areas, or what the analyst said."""
    if _is_raster(release) or release.code_field:
        release.observed_rule = ObservedRule.CELLS
        return
    release.observed_rule = meaning.observed_rule
    release.observed_name, release.observed_sha256 = meaning.observed_file or (None, None)
    release.observed_layer = meaning.observed_layer
    mine = Companion.release_id == release.id
    shown = select(Companion.number).where(mine, Companion.role == Role.OBSERVED)
    if session.scalar(shown) == meaning.observed_part:
        return
    frame = Companion.role.in_([Role.OBSERVED, Role.BOUNDED])
    session.execute(delete(Companion).where(mine, frame))
    if meaning.observed_part is not None:
        session.add(
            Companion(release_id=release.id, role=Role.OBSERVED, number=meaning.observed_part)
        )


def _classify(session: Session, release: Release, classes: tuple[ClassOf, ...]) -> None:
    """Write the classes as said, how often each stands in the file as it was counted."""
    mine = ReleaseClass.release_id == release.id
    counted = dict(session.execute(select(ReleaseClass.code, ReleaseClass.count).where(mine)).all())
    write_classes(session, release, classes)
    for each in session.scalars(select(ReleaseClass).where(mine)):
        each.count = counted.get(each.code)
