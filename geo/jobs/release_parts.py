"""The parts of a release's file, told with their pictures, and what its product says of it."""

import io
from datetime import datetime
from pathlib import Path

from geoalchemy2.functions import ST_Extent
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.country import country
from core.errors import Refusal
from core.storage import keep
from geo.archives import unpacked
from geo.crs import suggestions
from geo.models.areas import Area
from geo.models.readings import FilePart, Role
from geo.models.releases import Direction, ObservedRule, Release
from geo.products.inventory import inventory
from geo.products.meaning import Recognition
from geo.products.parts import Box, Inventory, Part
from geo.products.recognition import recognise
from geo.products.thumbnails import thumbnail
from geo.queries.areas import in_force
from geo.reports import Report
from geo.services.meanings import write_classes, write_companions

PICTURED = 24  # parts, the first ones


def look_through(
    session: Session, release: Release, path: Path, report: Report
) -> tuple[Inventory, Recognition | None]:
    """Write down the parts of a file, and say what product it is.

    Raises what `geo.products` refuses.
    """
    of = inventory(path)
    session.execute(delete(FilePart).where(FilePart.release_id == release.id))
    with unpacked(path) as place:
        for part in of.parts:
            report(part.number - 1, len(of.parts))
            picture = _picture(of.name, place, part) if part.number <= PICTURED else None
            session.add(_written(release, part, picture))
    session.flush()
    return of, recognise(path, of)


def adopt(session: Session, release: Release, part: Part, found: Recognition) -> None:
    """Write down which part a release is, and what its product says it means; nothing of it is
    confirmed by that."""
    release.file_in_archive, release.layer_in_file = part.file, part.layer
    release.variable, release.band = part.variable, part.band
    release.time_in_file = part.time if part.band is None else None
    release.product, release.product_title = found.product or None, found.title or None
    release.measure, release.unit = found.measure, found.unit
    release.direction, release.floor = Direction(found.direction), found.floor
    release.zeros, release.extra_nodata = found.zeros or None, list(found.nodata) or None
    release.value_field, release.code_field = found.value_field, None
    rule = found.observed_rule
    release.observed_rule = ObservedRule(rule) if rule else None
    release.observed_at, release.day_only = _moment(found.observed_at), found.day_only
    release.forecast = found.forecast
    release.source, release.licence = found.source or None, found.licence or None
    write_companions(session, release, _companions(found))
    write_classes(session, release, found.classes)


def places_suggested(session: Session, part: Part) -> list[dict[str, object]]:
    """Where a part without a coordinate system may lie, the likeliest first, in plain values."""
    country = _country(session)
    if part.bounds is None or country is None:
        return []
    return [
        {
            "crs": one.crs,
            "name": one.name,
            "box": list(one.box),
            "km_off": round(one.km_off),
            "lands": one.lands,
            "swapped": one.swapped,
        }
        for one in suggestions(part.bounds, country)
    ]


def _country(session: Session) -> Box | None:
    """West, south, east, north of all areas in force."""
    box = ST_Extent(Area.shape)
    sides = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    west, south, east, north = session.execute(select(*sides).where(in_force())).one()
    return None if west is None else (west, south, east, north)


def _picture(name: str, place: Path, part: Part) -> str | None:
    try:
        drawn = thumbnail(name, place, part)
    except Refusal:
        return None  # what is wrong with the part is said where it is read
    return keep(io.BytesIO(drawn)).sha256 if drawn else None


def _written(release: Release, part: Part, picture: str | None) -> FilePart:
    return FilePart(
        release_id=release.id,
        number=part.number,
        kind=part.kind,
        title=part.title,
        file=part.file,
        layer=part.layer,
        variable=part.variable,
        time=part.time,
        band=part.band,
        crs=part.crs,
        size=part.size,
        unit=part.unit,
        columns=list(part.columns),
        bounds=list(part.bounds) if part.bounds else None,
        says=part.says,
        picture_sha256=picture,
    )


def _moment(at: datetime | None) -> datetime | None:
    """A moment that names no zone is one of the country's."""
    if at is None or at.tzinfo:
        return at
    return at.replace(tzinfo=country().zone)


def _companions(found: Recognition) -> list[tuple[Role, int]]:
    beside = {
        Role.OBSERVED: found.observed,
        Role.BOUNDED: found.bounded,
        Role.WATER: found.water,
        Role.EXCLUDED: found.excluded,
    }
    named = [(role, part.number) for role, part in beside.items() if part is not None]
    return [*named, *((Role.TILE, part.number) for part in found.tiles)]
