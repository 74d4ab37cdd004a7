"""Files that are parts of one: a shapefile sent as the files it is made of, packed into one zip.

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
LEAD = ".shp"
BESIDE = {".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx"}
NEVER = (1980, 1, 1, 0, 0, 0)  # the day a zip says where none is known


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: its name, and what is in it."""

    name: str
    stream: IO[bytes]


def bundles(files: Sequence[Sent]) -> list[list[Sent]]:
    """Files sorted into what belongs together: the parts of each shapefile, any other by itself.

    Parts are told by their endings and a name in common, whichever case they are in.
    """
    alike: dict[str, list[Sent]] = defaultdict(list)
    for file in files:
        alike[PurePath(file.name).stem.lower()].append(file)
    found: list[list[Sent]] = []
    for group in alike.values():
        lead = any(_ending(file) == LEAD for file in group)
        parts = [file for file in group if lead and _ending(file) in BESIDE | {LEAD}]
        found += [parts] if parts else []
        found += [[file] for file in group if file not in parts]
    return found


def packed(parts: Sequence[Sent], target: Path) -> None:
    """Write the parts of one file into a zip."""
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for part in sorted(parts, key=lambda part: part.name.lower()):
            entry = zipfile.ZipInfo(PurePath(part.name).name, NEVER)
            with archive.open(entry, "w", force_zip64=True) as out:
                shutil.copyfileobj(part.stream, out, CHUNK)


def name_of(parts: Sequence[Sent]) -> str:
    """What the parts are called as one file."""
    first = PurePath(parts[0].name)
    return first.name if len(parts) == 1 else f"{first.stem}.zip"


def _ending(file: Sent) -> str:
    return PurePath(file.name).suffix.lower()
