"""A command run as a person runs it: words in; exit code, summary, sentences and table out."""

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


@dataclass(frozen=True)
class Ran:
    """What a command left: `summary` is empty where it was refused."""

    code: int
    summary: dict[str, Any]
    said: str
    out: Path

    @property
    def rows(self) -> list[dict[str, str]]:
        """The table, a dictionary a row."""
        with self.out.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    @property
    def refused(self) -> bool:
        """Refused as promised: code 2, a sentence, no summary and no table."""
        nothing = not self.summary and not self.out.exists()
        return self.code == 2 and bool(self.said.strip()) and nothing


def run(*words: object, out: Path) -> Ran:
    """Run `highground WORDS --out OUT`."""
    stdout, stderr, code = StringIO(), StringIO(), 0
    argv = ["highground", *map(str, words), "--out", str(out)]
    with patch.object(sys, "argv", argv), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    printed = stdout.getvalue()
    return Ran(code, json.loads(printed) if printed else {}, stderr.getvalue(), out)


def csv_file(path: Path, text: str) -> Path:
    """A CSV as it stands between the quotes, without its first line break."""
    path.write_text(text.removeprefix("\n"), encoding="utf-8")
    return path


def asked(folder: Path, hazard: Path, points: str, *words: object) -> Ran:
    """Run `highground sample` on a hazard and the rows of a CSV."""
    table = csv_file(folder / "points.csv", points)
    return run("sample", hazard, table, *words, out=folder / "out.csv")


def values(ran: Ran) -> list[str]:
    """The values of a command that was not refused."""
    assert ran.code == 0, ran.said
    return ran.column("value")


def statuses(ran: Ran) -> list[str]:
    """The statuses of a command that was not refused."""
    assert ran.code == 0, ran.said
    return ran.column("status")
