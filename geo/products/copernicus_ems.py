"""Copernicus EMS Rapid Mapping: a zip of vectors, one shapefile a theme, of one area and one image.

`observedEventA` holds what was seen: `notation` "Flooded area", and "Flood trace" that was wet
before the image and counts too. `floodDepthA` holds depth classes as text. What could be seen is
`areaOfInterestA` within `imageFootprintA`; `hydrographyA` is normal water; `source` is a table of
the images (`src_id`, `src_date`, `source_tm`) that `dmg_src_id` of what was seen points at.
Names: EMSRnnn_AOInn_(REF|FEP|DEL|GRA)_(PRODUCT|MONITnn)_theme_r#_v#. A first estimate (FEP) is
superseded by the delineation (DEL), and MONITnn are later looks.
Source: Copernicus EMS Rapid Mapping, Product Portfolio and Data Model; free with credit.
"""

import re
from datetime import UTC, datetime, time

from core.words import _
from geo.measures import FLOODED, WATER_DEPTH
from geo.products.meaning import ClassOf, Means, Recognition
from geo.products.moments import day_in, hour_in, may_be_two_days
from geo.products.parts import Part
from geo.products.specimen import Specimen

NAME = re.compile(r"(EMSR\d+)_(AOI\d+)_(REF|FEP|DEL|GRA)_(PRODUCT|MONIT\d+)", re.IGNORECASE)
FIELDS = {"event_type", "notation"}
KINDS = {
    "REF": "reference", "FEP": "first estimate", "DEL": "delineation", "GRA": "grading",
}  # fmt: skip
WET = 0.01  # m: the least depth of a class that begins with none
DEPTH = re.compile(r"\d+(?:[.,]\d+)?")


def recognise(specimen: Specimen) -> Recognition | None:
    """Know EMS by its themes' names or by the columns of what was observed."""
    events = _among(specimen, "observedevent") or [
        part for part in specimen.polygons if {c.lower() for c in part.columns} >= FIELDS
    ]
    depths = _among(specimen, "flooddepth")
    chosen = (depths or events)[:1]
    if not chosen or not (events or NAME.search(specimen.of.name)):
        return None
    footprints, areas = _among(specimen, "imagefootprint"), _among(specimen, "areaofinterest")
    at, day_only, doubts = _moment(specimen, chosen[0], footprints)
    seen = [*footprints[:1], *areas[:1]]
    return Recognition(
        product="copernicus-ems",
        title=_title(specimen, chosen[0]),
        part=chosen[0],
        measure=WATER_DEPTH if depths else FLOODED,
        unit="m" if depths else None,
        classes=_depth_classes(specimen, depths[0]) if depths else (),
        value_field="value" if depths else None,
        observed_rule="layer" if seen else None,
        observed=seen[0] if seen else None,
        bounded=seen[1] if len(seen) > 1 else None,
        water=next(iter(_among(specimen, "hydrographya")), None),
        observed_at=at,
        day_only=day_only,
        source="Copernicus EMS",
        licence="Copernicus",
        says=(*_about(specimen, chosen[0], bool(seen)), *doubts),
    )


def _among(specimen: Specimen, theme: str) -> list[Part]:
    return [part for part in specimen.polygons if theme in specimen.named(part).replace("_", "")]


def _title(specimen: Specimen, part: Part) -> str:
    found = _named(specimen, part)
    if found is None:
        return _("Copernicus EMS flood extent")
    event, area, kind, look = (text.upper() for text in found.groups())
    title = _("Copernicus EMS {event} {area}, {kind}", event=event, area=area, kind=_(KINDS[kind]))
    if look == "PRODUCT":
        return title
    return _("{title}, monitoring {number}", title=title, number=int(look.removeprefix("MONIT")))


def _named(specimen: Specimen, part: Part) -> re.Match[str] | None:
    return NAME.search(part.file or "") or NAME.search(specimen.of.name)


def _about(specimen: Specimen, part: Part, seen: bool) -> list[str]:
    says, found = [], _named(specimen, part)
    if found and found.group(3).upper() == "FEP":
        says.append(_("It is a first estimate; the delineation that follows supersedes it."))
    if found and found.group(3).upper() == "REF":
        says.append(_("It is the reference before the event, not the flood; ask for the DEL."))
    if not seen:
        says.append(_("It lacks its area of interest; say what the image could see."))
    column = {name.lower(): name for name in part.columns}.get("notation")
    if column:
        notations = ", ".join(specimen.texts(part, column))
        says.append(_("It shows: {notations}.", notations=notations))
    return says


def _texts(specimen: Specimen, part: Part, *names: str) -> list[list[str]]:
    """The different texts of columns of a layer; none of a column it has not."""
    columns = {name.lower(): name for name in part.columns}
    return [specimen.texts(part, columns[name]) if name in columns else [] for name in names]


def _said_by_source(specimen: Specimen, chosen: Part) -> list[list[str]]:
    """Days and hours of the images that what was chosen was seen on, by the table of sources."""
    (seen_on,) = _texts(specimen, chosen, "dmg_src_id")
    columns = {name.lower(): texts for name, texts in specimen.table_beside("source").items()}
    keys, days, hours = (columns.get(name, []) for name in ("src_id", "src_date", "source_tm"))
    rows = [at for at, key in enumerate(keys) if key in seen_on]
    return [sorted({texts[at] for at in rows if texts and texts[at]}) for texts in (days, hours)]


def _moment(
    specimen: Specimen, chosen: Part, footprints: list[Part]
) -> tuple[datetime | None, bool, list[str]]:
    """When the image was taken (UTC), whether only its day is known, and what is in doubt."""
    taken = [_texts(specimen, part, "acq_date", "acq_time") for part in footprints]
    for days, hours in [*taken, _said_by_source(specimen, chosen)]:
        if len(days) != 1:
            continue
        if may_be_two_days(days[0]):
            return None, False, [_("Its image was taken on {day}: say which day.", day=days[0])]
        day, hour = day_in(days[0]), hour_in(hours[0]) if len(hours) == 1 else None
        if day:
            return datetime.combine(day, hour or time(), tzinfo=UTC), hour is None, []
    return None, False, []


def _depth_classes(specimen: Specimen, part: Part) -> tuple[ClassOf, ...]:
    """Classes like "0.50 - 1.00 m" stand for their lower end: so deep at least. What is below 0.50
    is wet, too, and not dry ground."""
    column = {name.lower(): name for name in part.columns}.get("value")
    return tuple(_depth_class(text) for text in specimen.texts(part, column)) if column else ()


def _depth_class(text: str) -> ClassOf:
    numbers = [float(number.replace(",", ".")) for number in DEPTH.findall(text)]
    if not numbers:
        return ClassOf(text, text, Means.NOT_OBSERVED)
    below = text.lower().startswith(("<", "below", "less", "under"))
    return ClassOf(text, text, Means.IN, WET if below else max(numbers[0], WET))
