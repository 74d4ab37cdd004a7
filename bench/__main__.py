"""`python -m bench [--size large] [--goal N] [--json FILE]`: Highground beside its peers.

Everything is measured side by side in one run, on a database that is empty at first. Times are
seconds; what counts is the ratio. Exit 0 if every goal holds.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import app.tables  # noqa: F401 - the foreign keys need every table
from bench.country.making import make
from bench.country.sizes import SIZES
from bench.goals import GOALS
from bench.lines import Line, table
from bench.world import World, stand
from core.db import connect
from core.settings import ROOT, settings

SEED = 7


def main() -> int:
    """Load the country, measure the goals, print the table, keep the JSON."""
    asked = _parser().parse_args()
    connect(settings().database_owner_url)
    world = stand(asked.country or _made(asked.size), asked.size, _say)
    lines: list[Line] = []
    for goal in asked.goal or list(GOALS):
        lines += measure(world, [goal])
        if asked.json:
            asked.json.write_text(written(lines))
    sys.stdout.write(f"{table(lines)}\n")
    return 0 if all(line.holds for line in lines) else 1


def measure(world: World, goals: Sequence[int]) -> list[Line]:
    """The lines of some goals."""
    return [line for goal in goals for line in GOALS[goal](world, _say)]


def written(lines: Sequence[Line]) -> str:
    """Lines as JSON: a list of objects."""
    return json.dumps([asdict(line) for line in lines], indent=1) + "\n"


def _made(size: str) -> Path:
    """The country's files, made by their generator where they are not there yet."""
    folder = ROOT / "var" / f"kesara-{size}"
    if not (folder / "truth.json").is_file():
        _say(f"Drawing Kesara ({size}) ...")
        make(SIZES[size], SEED, folder)
    return folder


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="large")
    parser.add_argument("--country", type=Path, help="a folder with the country's files")
    parser.add_argument("--goal", type=int, choices=GOALS, action="append", help="only this goal")
    parser.add_argument("--json", type=Path, help="where to keep the lines as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
