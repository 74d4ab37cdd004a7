"""`highground registry check` run as a person runs it, and its answer beside what was expected."""

import csv
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from app.cli import main

EXPECTED = Path(__file__).parents[1] / "registry" / "expected"
FILES = Path(__file__).parents[1] / "registry" / "files"


@dataclass(frozen=True)
class Answer:
    """What the command left: its exit code, what it answered, and what it said beside."""

    code: int
    answer: dict[str, Any]
    said: str

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Rows, good, flagged, errors."""
        rows, good, flagged, errors = self.answer["totals"].values()
        return rows, good, flagged, errors

    @property
    def found(self) -> dict[int, tuple[str, list[str]]]:
        """By row, its verdict and its findings as `field:code`."""
        return {
            row["row"]: (
                row["verdict"],
                [f"{each['field']}:{each['code']}" for each in row["sentences"]],
            )
            for row in self.answer["rows"]
        }

    @property
    def faults(self) -> dict[int, list[str]]:
        """The findings of the rows that are not good."""
        return {row: findings for row, (_verdict, findings) in self.found.items() if findings}


def check(file: Path, *words: object) -> Answer:
    """Run `highground registry check FILE WORDS --json` on 23 November 2026."""
    stdout, stderr, code = StringIO(), StringIO(), 0
    argv = ["highground", "registry", "check", str(file), "--on", "2026-11-23", "--json"]
    argv += map(str, words)
    with patch.object(sys, "argv", argv), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    printed = stdout.getvalue()
    return Answer(code, json.loads(printed) if printed else {}, stderr.getvalue())


def check_text(folder: Path, text: str, *words: object, encoding: str = "utf-8") -> Answer:
    """The same of a CSV as it stands between the quotes, without its first line break."""
    file = folder / "list.csv"
    file.write_bytes(text.removeprefix("\n").encode(encoding))
    return check(file, *words)


def expected(name: str) -> dict[int, tuple[str, list[str]]]:
    """What was written down by hand, row by row, as `Answer.found` tells it."""
    with (EXPECTED / name).open(encoding="utf-8", newline="") as stream:
        return {
            row: (line["verdict"], line["sentences"].split())
            for line in csv.DictReader(stream)
            for row in range(int(line["from"]), int(line["to"]) + 1)
        }
