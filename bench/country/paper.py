"""What is said of the files in words: the event, the definitions, and README.txt."""

from typing import Any

from .flood import FIRST, RADAR, SECOND
from .frame import EPSG
from .people import EVENT_DAY
from .plan import COUNTRY
from .world import World

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
    "accuracy": "not used: the point alone decides",
    "difference": "enter: out in release 1 and in in release 2; leave: the reverse; stay: in in "
    "both; at least 0.5 m",
    "amount": "min(base + per_member x size, cap) for each household, no rounding needed",
    "currency": "Kesara is invented and has no ISO 4217 code; its money is told in Mauritian rupees "
    "(MUR, two decimals), a real currency of the same ocean in which the amounts are plausible",
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
    return README.format(
        name=world.size.name,
        seed=world.seed,
        households=world.size.households,
        cell=world.size.cell_m,
        epsg=EPSG,
        side=world.size.side_m // 1000,
    )


README = """\
Kesara, an invented country ({name}, seed {seed})
=================================================

Kesara does not exist. Its rivers, places, people, telephone numbers and identifiers are made up by a
program; any likeness is chance. It lies in the open Indian Ocean around 81 E, 29 S ({side} km wide),
where there is nothing but water, so that nobody takes it for a real place.

Licence: CC0 1.0. Do with these files whatever you like.

areas.gpkg               Administrative areas in the style of COD-AB: layers ksm_admbnda_adm0 (country),
                         adm1 (provinces), adm2 (districts), adm3 (communes). Columns ADMn_EN (name),
                         ADMn_LO (name in the local script), ADMn_PCODE, validOn. EPSG:4326. The areas of
                         a level share their borders exactly.
settlements.geojson      Cities, towns and villages, with names in two scripts.
service_points.csv       Schools, clinics, markets and posts, with the people a day each can serve.
service_points.geojson   The same as GeoJSON.
rivers.geojson           The Oru, its arms and its tributaries, with widths.
roads.geojson            Main roads between the towns.
flood_depth_r1.tif       Water depth on 16 November 2026, first release: part of the country only.
flood_depth_r2.tif       Water depth on 19 November 2026, second release. Float32, metres, EPSG:{epsg},
                         cells of {cell} m. 0 is observed and dry. Nodata (-9999) is not observed: cloud,
                         outside the image, or the sea.
flood_extent.geojson     What a radar saw as flooded on 13 November 2026.
observed_extent.geojson  Where that radar could judge. Outside it nothing is known.
households.csv           {households} households. location_source: gps, building, address, settlement (the
                         settlement's middle), area (only the commune is known) or empty (no place known).
                         size counts people; roster is partial where not all of them are listed.
people.csv               Their members. birth_date_exact = no: only the year is known, 1 July stands in.
households.parquet       In the large countries: number, longitude and latitude of located households.
households_with_faults.csv, people_with_faults.csv
                         Rows like those above, many of them broken; `expected` names the verdict that a
                         careful import gives: create, flagged:<why> (taken in, with a warning) or
                         error:<why> (left out).
truth.json               The answers, from the generator's own arrays: who is in the water, out of it, not
                         observed or unlocated, for each hazard file, by area, in a drawn polygon; what
                         help would cost; what changed between the releases; SHA-256 of every file.
"""
