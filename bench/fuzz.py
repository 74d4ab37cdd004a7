"""`python -m bench.fuzz [--mutations 500] [--seed 4]`: files damaged at random, each read as it is
sent. However it is damaged, a file is read, or refused in one sentence that names its format, the
place and the next step; nothing crashes, hangs or is left behind. The files as they were are read
in the same run, and answer as before. Exit 0 if all this holds.
"""

import argparse
import multiprocessing
import random
import re
import resource
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from core.errors import Refusal
from core.settings import ROOT
from geo.formats import format_of
from geo.products.inventory import inventory
from geo.products.kinds import recognised
from geo.products.recognition import recognise
from geo.raster.bands import Choice
from geo.raster.grid import Grid
from geo.raster.pieces import read as cells_of
from geo.vector.open import Layer, polygons, read
from geo.vector.repair import repaired

PACK = ROOT.parent / "shared" / "data"
FOLDERS = ("nasty", "hazard")
ENDINGS = {
    ".tif", ".nc", ".h5", ".asc", ".kml", ".kmz", ".geojson", ".gpkg", ".zip", ".shp", ".csv",
    ".xml",
}  # fmt: skip
COMPANIONS = (".shx", ".dbf", ".prj", ".cpg")
LARGEST = 400_000  # bytes of a file worth damaging
HEADER, RUN = 4096, 500  # bytes
MEMORY, SECONDS = 4 << 30, 20.0
READ = "read"
PLACES = (
    "byte|row|line|layer|band|entry|entries|feature|header|cell|column|variable|coordinates|beside"
)
STEPS = (
    "fetch|export|ask|choose|send|pack|name|find|correct|rectify|write|say|load|leave|look|save|"
    "download"
)

Damage = Callable[[bytearray, random.Random], bytearray]


def _cut(data: bytearray, dice: random.Random) -> bytearray:
    return data[: dice.randrange(1, len(data))]


def _scatter(data: bytearray, dice: random.Random) -> bytearray:
    for _time in range(dice.randrange(1, 60)):
        data[dice.randrange(min(len(data), HEADER))] = dice.randrange(256)
    return data


def _blank(data: bytearray, dice: random.Random) -> bytearray:
    at = dice.randrange(len(data))
    data[at : at + RUN] = bytes(len(data[at : at + RUN]))
    return data


def _repeat(data: bytearray, dice: random.Random) -> bytearray:
    at = dice.randrange(len(data))
    data[at:at] = data[at : at + RUN]
    return data


def _swap(data: bytearray, dice: random.Random) -> bytearray:
    one, other = sorted(dice.randrange(len(data)) for _end in range(2))
    return data[:one] + data[other:] + data[one:other]


DAMAGES: dict[str, Damage] = {
    "cut": _cut,
    "scattered": _scatter,
    "blanked": _blank,
    "repeated": _repeat,
    "swapped": _swap,
}


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `kind` is "read", the case of a refusal, or how it crashed."""

    number: int
    file: str
    damage: str
    kind: str
    said: str = ""
    format: str = ""

    @property
    def fault(self) -> str:
        """What is wrong with this end of the story; empty if nothing is."""
        if self.kind == READ:
            return ""
        if not self.said:
            return "no sentence"
        lacking = [
            what
            for what, there in (
                ("format", self.format in self.said),
                ("place", re.search(rf"\b({PLACES})s?\b", self.said)),
                ("next step", re.search(rf"\b({STEPS})\b", self.said)),
            )
            if not there
        ]
        return f"no {', no '.join(lacking)}" if lacking else ""


def sources(pack: Path) -> list[Path]:
    """The files of the pack that are worth damaging, in order of name."""
    found = (path for folder in FOLDERS for path in (pack / folder).rglob("*"))
    return sorted(
        path for path in found if path.suffix in ENDINGS and 0 < path.stat().st_size <= LARGEST
    )


def fuzzed(pack: Path, mutations: int, seed: int) -> Iterator[Outcome]:
    """The outcomes of the files as they are (numbered 0), and of so many damaged ones."""
    files = sources(pack)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, Child(Path(folder)) as child:
        for file in files:
            yield child.ask(0, file, "")
        for number in range(1, mutations + 1):
            dice = random.Random(seed * 1_000_003 + number)  # noqa: S311 - damage, no secret
            yield child.ask(number, dice.choice(files), dice.choice(list(DAMAGES)), seed)


class Child:
    """A process of its own that reads one file after the other, with little memory and time.

    Whoever dies or hangs is replaced by another.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.context = multiprocessing.get_context("spawn")
        self.process: BaseProcess | None = None
        self.pipe: Connection

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()

    def ask(self, number: int, file: Path, damage: str, seed: int = 0) -> Outcome:
        """What became of one file, damaged or as it is."""
        about = (number, file.name, damage or "as it is")
        if self.process is None:
            self._start()
        self.pipe.send((number, file, damage, seed))
        try:
            if self.pipe.poll(SECONDS):
                kind, said, format_name = self.pipe.recv()
                return Outcome(*about, kind, said, format_name)
            ending = f"hung for {SECONDS:.0f} s"
        except EOFError:
            ending = "died"
        self._end()
        return Outcome(*about, ending)

    def _start(self) -> None:
        self.pipe, theirs = self.context.Pipe()
        self.process = self.context.Process(target=_serve, args=(theirs, self.folder), daemon=True)
        self.process.start()
        theirs.close()

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


def _serve(pipe: Connection, folder: Path) -> None:
    """Read what is sent for, until the other side is gone."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    tempfile.tempdir = str(folder)
    try:
        while True:
            pipe.send(_become(folder, *pipe.recv()))
    except EOFError:
        return


def _become(folder: Path, number: int, file: Path, damage: str, seed: int) -> tuple[str, str, str]:
    """The kind of the outcome, what was said, and the format that was found."""
    place = folder / "sent"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    sent = _damaged(place, number, file, damage, seed)
    try:
        _read(sent)
        outcome = READ, ""
    except Refusal as refusal:
        outcome = type(refusal).__name__, refusal.message
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"[:200], ""
    left = [path.name for path in folder.iterdir() if path.name.startswith("highground-")]
    if left:
        outcome = f"left {', '.join(left)} behind", ""
    return *outcome, format_of(sent)


def _damaged(place: Path, number: int, file: Path, damage: str, seed: int) -> Path:
    """A copy of a file with its companions, the file itself damaged."""
    data = bytearray(file.read_bytes())
    if damage:
        data = DAMAGES[damage](data, random.Random(seed + number))  # noqa: S311
    for ending in COMPANIONS if file.suffix == ".shp" else ():
        if (companion := file.with_suffix(ending)).exists():
            shutil.copy(companion, place)
    sent = place / file.name
    sent.write_bytes(data)
    return sent


def _read(path: Path) -> None:
    """Everything that is done to a file that is sent: taken apart, recognised, read to its end."""
    recognise(path, inventory(path))
    with recognised(path, Choice()) as hazard:
        if isinstance(hazard, Layer):
            features = read(hazard, list(hazard.columns))
            repaired(polygons(hazard, features.shapes))
        elif isinstance(hazard, Grid):
            for _piece in cells_of(hazard):
                pass


def report(outcomes: list[Outcome]) -> str:
    """How often each outcome was met, with an example of its sentence, and every fault."""
    counts = Counter(outcome.kind for outcome in outcomes if outcome.number)
    example = {outcome.kind: outcome.said for outcome in outcomes if outcome.number}
    rows = [f"{count:6,}  {kind}  {example[kind][:150]}" for kind, count in counts.most_common()]
    faults = [
        f"FAULT {outcome.number} {outcome.file} {outcome.damage}: {outcome.kind}: {outcome.fault}: "
        f"{outcome.said}"
        for outcome in outcomes
        if outcome.fault
    ]
    return "\n".join([*rows, *faults])


def main() -> int:
    """Damage, read, print what became of all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--pack", type=Path, default=PACK)
    asked = parser.parse_args()
    outcomes = list(fuzzed(asked.pack, asked.mutations, asked.seed))
    sys.stdout.write(f"{report(outcomes)}\n")
    return 1 if any(outcome.fault for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
