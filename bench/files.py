"""`python -m bench.files [--out docs/files.md]`: what becomes of every file of the data pack, as a
page: what it is, what it holds, and what is said or asked of whoever sends it.
"""

import argparse
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from core.errors import NotFound, Refusal
from core.settings import ROOT
from core.words import counted
from geo.crs import CrsMissing, label
from geo.products.inventory import Inventory, inventory
from geo.products.kinds import recognised
from geo.products.recognition import recognise
from geo.raster.bands import Choice, SeveralBands, SeveralTimes
from geo.raster.grid import Grid
from geo.raster.histogram import Look
from geo.raster.open import SeveralFiles
from geo.raster.pieces import read as cells_of
from geo.raster.variables import SeveralVariables
from geo.vector.open import Layer, SeveralLayers, polygons, read
from geo.vector.repair import repaired

PACK = ROOT.parent / "shared" / "data"
FOLDERS = ("hazard", "nasty")
ENDINGS = {
    ".tif", ".nc", ".h5", ".asc", ".kml", ".kmz", ".geojson", ".gpkg", ".zip", ".shp", ".csv",
    ".xml",
}  # fmt: skip
ASKING = (CrsMissing, SeveralBands, SeveralTimes, SeveralVariables, SeveralLayers, SeveralFiles)
PAGE = ROOT / "docs" / "files.md"
HEAD = """# Files, and what becomes of each

Every file of the test pack, sent as it is. *Read* means that nothing has to be asked; *asked* that
one answer is missing, which the desk asks for with what the file offers; *refused* that it cannot
be a hazard, with the reason. Written by `python -m bench.files`.

| File | What it is | Verdict | What it holds, or what is said |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Verdict:
    """What became of one file: `verdict` is read, asked or refused."""

    file: str
    what: str
    verdict: str
    says: str


def files_of(pack: Path) -> list[Path]:
    """The hazard files of the pack, in order of folder and name."""
    return [
        path
        for folder in FOLDERS
        for path in sorted((pack / folder).rglob("*"))
        if path.suffix in ENDINGS
    ]


def verdict(path: Path, file: str) -> Verdict:
    """What becomes of one file, which the page calls `file`."""
    try:
        held = inventory(path)
    except Refusal as refusal:
        return Verdict(file, "", "refused", refusal.message)
    what = _what(path, held)
    try:
        with recognised(path, Choice()) as hazard:
            said = _grid(hazard) if isinstance(hazard, Grid) else _layer(hazard)
        return Verdict(file, what, "read", said)
    except ASKING as asked:
        return Verdict(file, what, "asked", asked.message)
    except (Refusal, NotFound) as refusal:
        return Verdict(file, what, "refused", refusal.message)


def page(pack: Path) -> str:
    """The page of all files, in Markdown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdicts = [verdict(path, str(path.relative_to(pack))) for path in files_of(pack)]
    return HEAD + "\n".join(_rows(verdicts)) + "\n"


def _what(path: Path, held: Inventory) -> str:
    known = recognise(path, held)
    parts = f", {len(held.parts)} parts" if len(held.parts) > 1 else ""
    return f"{held.format}{parts}" + (f": {known.title}" if known else "")


def _grid(grid: Grid) -> str:
    look = Look(grid)
    for piece in cells_of(grid):
        look.take(piece)
    seen = look.summary
    unit = f" {grid.unit}" if grid.unit else ""
    said = (
        f"{grid.width:,} x {grid.height:,} cells, {seen.cells - seen.observed:,} without a value, "
        f"{seen.least:.6g} to {seen.most:.6g}{unit}, {label(grid.crs)[:60]}"
    )
    suspects = [f"{suspect.number:g} may mean no data" for suspect in seen.suspects]
    return "; ".join([said, *suspects])


def _layer(layer: Layer) -> str:
    features = read(layer)
    shapes = polygons(layer, features.shapes)
    mended = len(repaired(shapes).changed)
    missing = int(np.count_nonzero(shapely.is_missing(shapes)))
    count = counted("{count} polygon", "{count} polygons", len(shapes))
    said = f"{count}, {label(layer.crs)}"
    notes = [(missing, "without a shape"), (mended, "mended")]
    return "; ".join([said, *(f"{count:,} {what}" for count, what in notes if count)])


def _rows(verdicts: list[Verdict]) -> Iterator[str]:
    for one in verdicts:
        cells = (f"`{one.file}`", one.what, one.verdict, one.says)
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def main() -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--out", type=Path, default=PAGE)
    asked = parser.parse_args()
    asked.out.write_text(page(asked.pack), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
