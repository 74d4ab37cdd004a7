"""UNOSAT's flood extents: polygons of water seen on one day by one sensor.

Every polygon carries what was seen (`Water_Clas`), by what (`Sensor_ID`), on which day
(`Sensor_Dat`, without an hour) and how sure (`Confidence`). A layer `..._AnalysisExtent` beside
them is what the analysts looked at.
Source: UNOSAT's products on HDX, fields of 2020-2024; licence CC BY-SA 4.0 unless the page of the
product says otherwise.
"""

from datetime import date, datetime

from core.words import _
from geo.measures import FLOODED
from geo.products.meaning import Recognition
from geo.products.parts import Part
from geo.products.specimen import Specimen, day_said

MARKS = {"water_clas", "sensor_dat", "sensor_id"}
SEEN = "analysisextent"


def recognise(specimen: Specimen) -> Recognition | None:
    """Know UNOSAT by the columns of its polygons, whatever the file is called."""
    layers = [part for part in specimen.polygons if _fields(part).keys() >= MARKS]
    extents = [part for part in specimen.polygons if SEEN in _name(part)]
    waters = [part for part in layers if part not in extents]
    if not waters:
        return None
    days = _days(specimen, waters)
    only = waters[0] if len(waters) == 1 else None
    title = _("UNOSAT flood extent")
    if len(days) == 1:
        title = _("UNOSAT flood extent, {day}", day=day_said(days[0]))
    return Recognition(
        product="unosat",
        title=title,
        part=only,
        measure=FLOODED,
        observed_rule="layer" if len(extents) == 1 else None,
        observed=extents[0] if len(extents) == 1 else None,
        observed_at=_midnight(days[0]) if len(days) == 1 else None,
        day_only=True,
        source=_("UNOSAT, {sensor}", sensor=", ".join(_said(specimen, waters, "sensor_id"))),
        licence="CC BY-SA 4.0",
        says=(*_about(specimen, waters, days), *_unseen(extents)),
    )


def _about(specimen: Specimen, waters: list[Part], days: list[date]) -> list[str]:
    says = []
    if len(waters) > 1 or len(days) > 1:
        said = ", ".join(day_said(day) for day in days)
        says.append(_("It holds water seen on several days ({days}); choose one.", days=said))
    says += [
        _('Its confidence says "{confidence}".', confidence=confidence)
        for confidence in _said(specimen, waters, "confidence")
    ]
    return says


def _unseen(extents: list[Part]) -> list[str]:
    if extents:
        return []
    return [_("It has no layer of the analysis extent; say what the image could see.")]


def _days(specimen: Specimen, layers: list[Part]) -> list[date]:
    found = []
    for text in _said(specimen, layers, "sensor_dat"):
        try:
            found.append(date.fromisoformat(text.replace("/", "-")[:10]))
        except ValueError:
            continue  # written by hand; the page asks
    return sorted(set(found))


def _said(specimen: Specimen, layers: list[Part], column: str) -> list[str]:
    """What the layers say in a column, each text once."""
    texts: dict[str, None] = {}
    for part in layers:
        if column in _fields(part):
            texts |= dict.fromkeys(specimen.texts(part, _fields(part)[column]))
    return list(texts)


def _fields(part: Part) -> dict[str, str]:
    return {column.lower(): column for column in part.columns}


def _name(part: Part) -> str:
    return (part.layer or "").lower().replace("_", "")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the page asks for the zone
