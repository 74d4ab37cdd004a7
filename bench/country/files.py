"""Plain files, written so that the same country is the same bytes."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyogrio
import shapely
from pyarrow import csv as arrow_csv

from .areas import Areas

STAMP = "2026-11-01T00:00:00.000Z"  # of GeoPackage tables, else the time of writing


def write_areas(path: Path, areas: Areas) -> None:
    """The four levels as layers ksm_admbnda_adm0 to adm3 of a GeoPackage."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    path.unlink(missing_ok=True)
    for level in range(4):
        name = f"ksm_admbnda_adm{level}"
        pyogrio.write_dataframe(areas.layer(level), path, layer=name, append=level > 0)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_features(
    path: Path, features: Iterable[tuple[shapely.Geometry, Mapping[str, Any]]]
) -> None:
    """A GeoJSON feature collection (RFC 7946), a feature a line."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f'{{"type": "FeatureCollection", "name": "{path.stem}", "features": [\n')
        for number, (shape, properties) in enumerate(features):
            told = json.dumps(dict(properties), ensure_ascii=False)
            out.write(",\n" if number else "")
            out.write('{"type": "Feature", "properties": ' + told)
            out.write(', "geometry": ' + shapely.to_geojson(shape) + "}")
        out.write("\n]}\n")


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Rows as CSV: UTF-8, comma, LF."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Table:
    """A CSV file that grows by Arrow tables; the header comes with the first."""

    def __init__(self, out: BinaryIO) -> None:
        """Write to an open file."""
        self._out = out
        self._begun = False

    def add(self, rows: pa.Table) -> None:
        """Write rows."""
        if not self._begun:
            self._out.write((",".join(rows.column_names) + "\n").encode())
            self._begun = True
        options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
        arrow_csv.write_csv(rows, self._out, options)


@contextmanager
def table(path: Path) -> Iterator[Table]:
    """A new CSV file to add rows to: UTF-8, comma, LF."""
    with path.open("wb") as out:
        yield Table(out)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """JSON laid out for reading."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
