"""The new map of the made country as a file of its districts."""

import json

import shapely

from tests.make.areas import new_map


def new_map_file() -> bytes:
    """GeoJSON as COD-AB files are: a district a feature, with the areas it lies in."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "ADM2_EN": area.name,
                "ADM2_PCODE": area.pcode,
                "ADM1_EN": f"Area {area.parent}",
                "ADM1_PCODE": area.parent,
                "ADM0_EN": "Karsa",
                "ADM0_PCODE": "X",
            },
            "geometry": json.loads(shapely.to_geojson(area.shape) or ""),
        }
        for area in new_map().areas
        if area.level == 2
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
