"""Files that are parts of one: a shapefile or a grid sent as the files it is made of, packed into
one zip.

Pure: names and streams in, a file out. The same parts make the same bytes, whenever they are sent.
"""

import shutil
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

CHUNK = 1 << 20
KINDS: tuple[tuple[set[str], set[str]], ...] = (  # what leads, and what stands beside it
    ({".shp"}, {".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx"}),
    (
        {".asc", ".flt", ".bil", ".tif", ".tiff", ".grd", ".rst", ".sdat"},
        {".prj", ".qpj", ".hdr", ".tfw", ".tifw", ".wld", ".clr", ".stx", ".rdc", ".sgrd"},
    ),
)
ABOUT = (".aux.xml", ".ovr", ".msk")  # put behind the whole name of a grid
NEVER = (1980, 1, 1, 0, 0, 0)  # the day a zip says where none is known


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: its name, and what is in it."""

    name: str
    stream: IO[bytes]


def bundles(files: Sequence[Sent]) -> list[list[Sent]]:
    """Files sorted into what belongs together: the parts of each shapefile and grid, any other by
    itself.

    Parts are told by their endings and a name in common, whichever case they are in.
    """
    alike: dict[str, list[Sent]] = defaultdict(list)
    for file in files:
        alike[_stem(file)].append(file)
    found: list[list[Sent]] = []
    for group in alike.values():
        left = group
        for leads, beside in KINDS:
            parts = _parts(left, leads, beside)
            found += [parts] if parts else []
            left = [file for file in left if file not in parts]
        found += [[file] for file in left]
    return found


def _parts(group: Sequence[Sent], leads: set[str], beside: set[str]) -> list[Sent]:
    """What belongs to the one file of a group that leads it; nothing where several may."""
    leading = [file for file in group if _ending(file) in leads]
    others = [file for file in group if _ending(file) in beside or _is_about(file)]
    return [*leading, *others] if len(leading) == 1 else []


def packed(parts: Sequence[Sent], target: Path) -> None:
    """Write the parts of one file into a zip."""
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for part in sorted(parts, key=lambda part: part.name.lower()):
            entry = zipfile.ZipInfo(PurePath(part.name).name, NEVER)
            with archive.open(entry, "w", force_zip64=True) as out:
                shutil.copyfileobj(part.stream, out, CHUNK)


def name_of(parts: Sequence[Sent]) -> str:
    """What the parts are called as one file."""
    first = PurePath(parts[0].name)  # the one that leads
    return first.name if len(parts) == 1 else f"{first.stem}.zip"


def _stem(file: Sent) -> str:
    """The name without its endings, in small letters: of `A.tif.aux.xml` too."""
    name = PurePath(file.name).name.lower()
    if ending := next((ending for ending in ABOUT if name.endswith(ending)), ""):
        name = name.removesuffix(ending)
        return PurePath(name).stem if PurePath(name).suffix in KINDS[1][0] else name
    return PurePath(name).stem


def _is_about(file: Sent) -> bool:
    return file.name.lower().endswith(ABOUT)


def _ending(file: Sent) -> str:
    return PurePath(file.name).suffix.lower()
