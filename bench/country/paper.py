"""What is said of the files in words: the event, the definitions, and README.txt."""

from pathlib import Path
from typing import Any

from .flood import FIRST, RADAR, SECOND
from .frame import EPSG
from .people import EVENT_DAY
from .plan import COUNTRY
from .world import World

README = Path(__file__).with_name("readme.txt")
EVENT = {
    "name": "Oru river flood",
    "kind": "flood",
    "glide": "FL-2026-000811-KSM",
    "severity": "extreme",
    "urgency": "immediate",
    "certainty": "observed",
}
DEFINITIONS = {
    "in": "the depth of the cell the household's point falls into is at least the threshold, "
    "compared as float32; for the extent: the point lies in a flood polygon",
    "out": "the cell is observed and less deep (0 is dry); for the extent: the point lies in the "
    "observed extent and in no flood polygon",
    "not_observed": "the cell holds nodata; for the extent: outside the observed extent",
    "unlocated": "the row has no coordinates (whether or not it states an area)",
    "cell": "column = floor((x - left) / cell), row = floor((top - y) / cell), x and y in the "
    "raster's CRS",
    "people": "the stated size; for a partial roster the difference to the members listed has sex "
    "and age unknown",
    "age": "whole years on the reference date, from the recorded birth date (1 July where inexact)",
    "by_area": "by the P-code the row states; rows without one are in the country's figures only",
    "drawn": "households whose point lies in the polygon, and, as unlocated, those without a point "
    "whose stated commune lies wholly in it; unlocated_nearby: without a point, in communes that "
    "lie partly in it; these were not asked",
    "accuracy": "not used: the point alone decides",
    "difference": "enter: out in release 1 and in in release 2; leave: the reverse; stay: in in "
    "both; at least 0.5 m",
    "amount": "min(base + per_member x size, cap) for each household, no rounding needed",
    "currency": "Kesara is invented and has no ISO 4217 code; its money is told in Mauritian "
    "rupees (MUR, two decimals), a real currency of the same ocean in which the amounts are "
    "plausible",
}


def event(world: World) -> dict[str, Any]:
    """The head of truth.json."""
    return {
        "country": COUNTRY,
        "pcode": "KS",
        "fictional": True,
        "size": world.size.name,
        "seed": world.seed,
        "crs_of_rasters": f"EPSG:{EPSG}",
        "cell_m": world.size.cell_m,
        "time_zone": "Indian/Chagos",
        "event": {
            **EVENT,
            "reference_date": str(EVENT_DAY),
            "observed_on": {
                "flood_extent.geojson": str(RADAR.observed_on),
                "flood_depth_r1.tif": str(FIRST.observed_on),
                "flood_depth_r2.tif": str(SECOND.observed_on),
            },
        },
        "definitions": DEFINITIONS,
    }


def readme(world: World) -> str:
    """README.txt of the folder."""
    return README.read_text(encoding="utf-8").format(
        name=world.size.name,
        seed=world.seed,
        households=world.size.households,
        cell=world.size.cell_m,
        epsg=EPSG,
        side=world.size.side_m // 1000,
    )
