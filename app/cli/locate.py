"""`highground locate`: which area covers each point of a file."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from app.cli.hazards import FILE, unlocated_reasons
from app.cli.tables import TableCommand, answering, say, write_table
from geo.archives import sha256
from geo.crs import carried, in_degrees, label
from geo.vector.areas import Areas, areas_of
from geo.vector.lattice import Indices
from geo.vector.locate import NOWHERE, indexed
from geo.vector.places import Asked, Places, places

HEADER = ("id", "area")


@click.command(cls=TableCommand)
@click.argument("points", type=FILE)
@click.argument("areas", type=FILE)
@click.option("--area-id", metavar="COL", required=True, help="The column that names an area.")
@click.option("--out", type=FILE, required=True, help="The CSV to write: id, area.")
@click.option("--id", "id_column", metavar="COL", help="The column that names a row (its number).")
@click.option("--x", metavar="COL", help="The column of longitudes or eastings in a CSV.")
@click.option("--y", metavar="COL", help="The column of latitudes or northings in a CSV.")
@click.option("--points-crs", help="The coordinate system of POINTS (a CSV: EPSG:4326).")
@click.option("--points-layer", help="The layer of POINTS.")
@click.option("--areas-crs", help="The coordinate system of AREAS, if it does not say.")
@click.option("--areas-layer", help="The layer of AREAS.")
def locate(points: Path, areas: Path, out: Path, **options: Any) -> None:
    """Say of each point in POINTS which polygon in AREAS covers it, its border included.

    Where areas share a border or overlap it is the first in the file; an empty cell means none.
    POINTS is a CSV or a layer of points or polygons (asked at their centroids). Both files may be
    zipped or gzipped.
    """
    said = Asked(
        id=options["id_column"],
        x=options["x"],
        y=options["y"],
        crs=options["points_crs"],
        layer=options["points_layer"],
    )
    with answering(out, points, areas):
        at = places(points, said)
        known = areas_of(
            areas,
            id_column=options["area_id"],
            crs=options["areas_crs"],
            layer=options["areas_layer"],
        )
        found = _found(at, known)
        names = np.array([*known.ids, ""], dtype=object)  # the last one for nowhere
        write_table(out, HEADER, [at.ids, names[found].tolist()])
    say(_summary(at, found, known, areas))


def _found(at: Places, areas: Areas) -> Indices:
    """The area of each row, NOWHERE for those outside all and those without a place."""
    located = at.located
    x, y = carried(at.x[located], at.y[located], at.crs, areas.crs)
    found = np.full(len(at.ids), NOWHERE, dtype=np.int64)
    locator = indexed(areas.shapes, len(x), degrees=in_degrees(areas.crs))
    found[located] = locator.covering(x, y)
    return found


def _summary(at: Places, found: Indices, areas: Areas, path: Path) -> dict[str, object]:
    located = int((found != NOWHERE).sum())
    return {
        "rows": len(found),
        "located": located,
        "empty": len(found) - located,
        "unlocated": int((~at.located).sum()),
        "unlocated_reasons": unlocated_reasons(at),
        "areas_repaired": areas.repaired,
        "areas": {"sha256": sha256(path), "crs": label(areas.crs), "count": len(areas.ids)},
    }
