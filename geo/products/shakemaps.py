"""ShakeMaps: the shaking of an earthquake at the nodes of a grid, several measures at once.

The header says which event, version and status it is, and when the ground shook. Indonesia's BMKG
writes that time in its own zones.
Source: ShakeMap Manual (USGS), "Grid of ground motions"; data of the USGS are public domain.
"""

import re
from datetime import datetime, timedelta, timezone
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from core.words import _
from geo.measures import SHAKING
from geo.products.meaning import Recognition
from geo.products.parts import Part
from geo.products.specimen import Specimen, day_said
from geo.raster.shakemap import is_shakemap

INTENSITY = "MMI"
FELT = 4.0  # MMI from which shaking is light, felt by many
ZONES = {"WIB": 7, "WITA": 8, "WIT": 9, "UTC": 0, "GMT": 0, "Z": 0}
VALUE = "PARAMVALUE"
INTENSITIES = re.compile(r"(^|_)mm?i(_|$)")
HEADER = ("shakemap_grid", "event")


def recognise(specimen: Specimen) -> Recognition | None:
    """Know a ShakeMap by its first element; intensity is what people are judged by."""
    maps = [part for part in specimen.grids if part.title.upper().endswith(INTENSITY)]
    part = next((part for part in maps if is_shakemap(specimen.path(part))), None)
    if part is None:
        return _contours(specimen)
    head = _header(specimen, part)
    at = _moment(head.get("event_timestamp", ""))
    where = head.get("event_description", "").strip()
    title = " ".join(filter(None, ["ShakeMap", where])) + (f", {day_said(at)}" if at else "")
    return Recognition(
        product="shakemap",
        title=title,
        part=part,
        measure=SHAKING,
        unit=INTENSITY,
        floor=FELT,
        observed_rule="cells",
        observed_at=at,
        source=_network(head),
        licence="" if "bmkg" in str(head) else "Public domain",
        says=tuple(_about(head)),
    )


def _contours(specimen: Specimen) -> Recognition | None:
    """The outlines of equal intensity (`mi.shp` of `shape.zip`), each worth its PARAMVALUE."""
    for part in specimen.polygons:
        columns = {name.upper(): name for name in part.columns}
        if VALUE in columns and INTENSITIES.search(specimen.named(part)):
            return Recognition(
                product="shakemap-contours",
                title=_("ShakeMap, outlines of intensity"),
                part=part,
                measure=SHAKING,
                unit=INTENSITY,
                floor=FELT,
                value_field=columns[VALUE],
                observed_rule="box",
                source="USGS",
                licence="Public domain",
                says=(_("It does not say of which earthquake it is; write when that was."),),
            )
    return None


def _about(head: dict[str, str]) -> list[str]:
    says = [
        _(
            "Event {event}, version {version}, magnitude {magnitude}.",
            event=head.get("event_id", "?"),
            version=head.get("shakemap_version", "?"),
            magnitude=head.get("magnitude", "?"),
        )
    ]
    status = head.get("map_status", "")
    if not status:
        says.append(_("It does not say whether it was reviewed."))
    elif status.upper() == "AUTOMATIC":
        says.append(_("It was made automatically and not reviewed yet; a newer one will follow."))
    return says


def _header(specimen: Specimen, part: Part) -> dict[str, str]:
    """The attributes of the first elements, up to the numbers."""
    found: dict[str, str] = {}
    with specimen.path(part).open("rb") as stream:
        for _event, element in iterparse(stream, events=("start",)):
            tag = _tag(element)
            if tag in HEADER:
                found |= {"namespace": element.tag.partition("}")[0]} | dict(element.attrib)
            if tag == "grid_field":
                break
    return found


def _tag(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _network(head: dict[str, str]) -> str:
    if "bmkg" in head.get("namespace", ""):
        return "BMKG"
    return "USGS" if "usgs" in head.get("namespace", "") else head.get("event_network", "").upper()


def _moment(text: str) -> datetime | None:
    """The time of an event, whose zone may be one of Indonesia's names."""
    for name, hours in ZONES.items():
        if text.endswith(name):
            text = text.removesuffix(name)
            zone = timezone(timedelta(hours=hours))
            break
    else:
        zone = timezone(timedelta(0))
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None
