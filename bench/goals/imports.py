"""Goal 7: a file of a million households brought in, and all of them taken along as a file."""

import csv
import io
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.auth.roles import GIVES
from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers import plain_import
from bench.world import World, postgis_version, undone
from core.actor import Actor
from core.jobs import Progress
from core.storage import keep_file
from registry.models.imports import ImportKind
from registry.services import imports
from registry.services.exports import write_registered

RUNS = 3
NAME = "households_again.csv"
ACTOR = Actor(id=1, name="The bench", permissions=frozenset().union(*GIVES.values()), national=True)
Say = Callable[[str], None]


class Unwatched(Progress):
    """The hand of a job that nobody looks at."""

    def __init__(self) -> None:
        super().__init__(job_id=0, token=uuid.uuid4())

    def report(self, done: int, total: int, note: str = "") -> None:
        """Say how far it is, to nobody."""


def measure(world: World, say: Say) -> list[Line]:
    """Checked, reviewed and merged, and exported, beside statements written for just this file;
    all of it is rolled back."""
    judge = Judge(7, world.size)
    say("Goal 7 ...")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / NAME
        _write(world, file)
        brought = side_by_side(Side(lambda: _ours(file)), Side(lambda: _peer(file)), RUNS)
    taken = side_by_side(Side(_taken_along), Side(_copied), RUNS)
    target = (1.3, 1.5) if world.size == "large" else (None, None)
    return [
        judge.compared("import", brought, Target(at_most=target[0]), postgis_version()),
        judge.compared("export as CSV", taken, Target(at_most=target[1]), "COPY by the server"),
    ]


def _ours(file: Path) -> tuple[Any, ...]:
    with undone() as session:
        made = imports.upload(session, keep_file(file), NAME, ImportKind.HOUSEHOLDS, actor=ACTOR)
        imports.map_columns(session, made.id, made.mapping, actor=ACTOR)
        imports.check(session, made.id, actor=ACTOR, progress=Unwatched())
        imports.review(session, made.id, actor=ACTOR)
        imports.merge(session, made.id, actor=ACTOR, progress=Unwatched())
        return plain_import.registry_says(session)


def _peer(file: Path) -> tuple[Any, ...]:
    with undone() as session:
        plain_import.bring_in(session, file)
        return plain_import.registry_says(session)


def _taken_along() -> int:
    with undone() as session:
        return write_registered(session, ImportKind.HOUSEHOLDS, io.BytesIO(), actor=ACTOR)


def _copied() -> int:
    with undone() as session:
        return plain_import.copied_out(session, io.BytesIO())


def _write(world: World, file: Path) -> None:
    """The households of the country again: one in two is known and of another size, the others are
    new. How exactly and since when the known ones stand there is not known, nor said."""
    with (world.folder / "households.csv").open(newline="") as source, file.open("w") as out:
        written = csv.DictWriter(out, plain_import.COLUMNS, lineterminator="\n")
        written.writeheader()
        written.writerows(_changed(csv.DictReader(source)))


def _changed(households: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    for number, each in enumerate(households):
        each["size"] = str(int(each["size"] or 1) % 9 + 1)
        each |= {"accuracy_m": "", "located_on": ""}
        if number % 2:
            each["code"] = f"N{each['code'][1:]}"
        yield each
