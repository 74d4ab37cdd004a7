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
    "in": "the depth of every cell the household's circle (or commune) touches is at least the "
    "threshold, compared as float32; for the extent: all of it lies in flood polygons",
    "out": "every cell it touches is observed and less deep (0 is dry); for the extent: all of it "
    "lies in the observed extent and none in a flood polygon",
    "not_observed": "a cell it touches holds nodata, and none is in; for the extent: part of it "
    "lies outside the observed extent, and none in a flood polygon",
    "unlocated": "the row has neither coordinates nor an area",
    "probable": "the household is known within its accuracy of its point, or by its commune alone, "
    "and part of that circle or commune is in: not all of it, or not all of it was observed; where "
    "none is in but not all was observed, it is not observed",
    "expected_of_the_probable": "the sum of the parts of circles and communes that are in",
    "by_point": "the same by the point alone, whatever the accuracy; rows without coordinates are "
    "unlocated",
    "cell": "column = floor((x - left) / cell), row = floor((top - y) / cell), x and y in the "
    "raster's CRS",
    "people": "the stated size; for a partial roster the difference to the members listed has sex "
    "and age unknown",
    "age": "whole years on the reference date, from the recorded birth date (1 July where inexact)",
    "by_area": "by the P-code the row states; rows without one are in the country's figures only",
    "drawn": "households whose point lies in the polygon, and, by their commune, those without one "
    "whose stated commune lies wholly in it; unlocated_nearby: without a point, in communes that "
    "lie partly in it; these were not asked",
    "accuracy": "the radius of the circle in metres; no answer changes if it is 1 % larger "
    "or smaller",
    "difference": "enter: out in release 1 and in, or probably in, in release 2; leave: the "
    "reverse; stay: in or probably in in both; at least 0.5 m",
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
