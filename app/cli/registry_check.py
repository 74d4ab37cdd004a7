"""`highground registry check`: what is wrong with a file, before anything takes it in."""

import gc
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import click

from core.errors import Invalid
from core.words import _, language_of, speaking
from registry.checking.asked import Asked, asked_in
from registry.checking.files import Checked, checked
from registry.checking.ground import ground_of
from registry.checking.judging import Judged, Verdict
from registry.parsing.days import DayOrder
from registry.parsing.findings import field_of, finding_name, finding_said

FILE = click.Path(path_type=Path)
SHOWN = 50  # rows that a person is told of


class NotReadable(Invalid):
    """{path} cannot be opened; check that it is a file and that you may read it."""


@click.command("check")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="A MAP.json that says which column is which field.")
@click.option("--areas", type=FILE, help="Areas with P-codes to hold places against.")
@click.option(
    "--days",
    type=click.Choice([each.value for each in DayOrder]),
    help="How days are written where no cell tells.",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day ages and futures are told from (today).",
)
@click.option("--json", "as_json", is_flag=True, help="Write the verdict on every row as JSON.")
def check(
    file: Path,
    mapping: Path | None,
    areas: Path | None,
    days: str | None,
    on: datetime | None,
    as_json: bool,
) -> None:
    """Check FILE, a table of households or people, row by row, without a registry.

    CSV in any encoding, with any separator and decimal sign, workbooks and GeoPackages are read;
    what the columns mean is guessed by their headings, or said in MAP.json. Exit code 0: the file
    was read, whatever is in it; 2: it cannot be.
    """
    on_day = on.date() if on else datetime.now().astimezone().date()
    with speaking(language_of(os.environ.get("LANG", "").split(".")[0].replace("_", "-")[:2])):
        for path in filter(None, (file, mapping, areas)):
            if not path.is_file() or not os.access(path, os.R_OK):
                raise NotReadable(path=path)
        asked = asked_in(mapping) if mapping else Asked()
        asked = replace(asked, days=asked.days or (DayOrder(days) if days else None))
        ground = ground_of(areas) if areas else None
        with _uncollected(), checked(file, asked, ground=ground, on_day=on_day) as found:
            (_write_json if as_json else _write_table)(found)
            for note in found.notes:
                click.echo(note, err=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Rows hold no knots to look for; looking takes as long as reading them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _write_json(found: Checked) -> None:
    """The whole answer, once the last row is judged: a file that breaks off leaves nothing."""
    with TemporaryFile("w+", encoding="utf-8") as spool:
        totals = _totals(found.rows, spool)
        guessed = {
            "encoding": found.encoding,
            "separator": found.separator,
            "decimal": found.decimal,
        }
        head = {"totals": totals, "mapping": found.mapping, "guessed": guessed}
        spool.seek(0)
        out = sys.stdout
        if hasattr(out, "reconfigure"):
            out.reconfigure(encoding="utf-8")
        out.write(f'{_json(head)[:-1]},"rows":[')
        while part := spool.read(1 << 20):
            out.write(part)
        out.write("]}\n")


def _totals(rows: Iterator[Judged], spool: IO[str]) -> dict[str, int]:
    counts: Counter[Verdict] = Counter()
    before = "\n"
    for row in rows:
        verdict = row.verdict
        counts[verdict] += 1
        spool.write(before)
        if verdict is Verdict.GOOD:
            spool.write(f'{{"row":{row.row},"verdict":"good","sentences":[]}}')
        else:
            spool.write(_json(_told(row)))
        before = ",\n"
    return {
        "rows": counts.total(),
        "good": counts[Verdict.GOOD],
        "flagged": counts[Verdict.FLAGGED],
        "errors": counts[Verdict.ERROR],
    }


def _told(row: Judged) -> dict[str, Any]:
    return {
        "row": row.row,
        "verdict": row.verdict.value,
        "sentences": [
            {
                "field": field_of(finding),
                "code": finding.partition(":")[0],
                "text": finding_said(finding, row.raw),
            }
            for finding in row.findings
        ],
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_table(found: Checked) -> None:
    """The figures, what was found how often, and the first rows with something."""
    counts: Counter[Verdict] = Counter()
    findings: Counter[str] = Counter()
    shown = list[Judged]()
    for row in found.rows:
        counts[row.verdict] += 1
        findings.update(finding.partition(":")[0] for finding in row.findings)
        if row.findings and len(shown) < SHOWN:
            shown.append(row)
    for name, number in (
        (_("Rows"), counts.total()),
        (_("Good"), counts[Verdict.GOOD]),
        (_("Flagged"), counts[Verdict.FLAGGED]),
        (_("Errors"), counts[Verdict.ERROR]),
    ):
        click.echo(f"{name:<10}{number:>12,}")
    for field, heading in found.mapping.items():
        click.echo(f"  {field:<18}{heading}")
    for code, rows in findings.most_common():
        click.echo(f"  {rows:>10,}  {finding_name(code)}")
    for row in shown:
        said = " ".join(finding_said(finding, row.raw) for finding in row.findings)
        click.echo(f"{row.row:>7}  {row.verdict}  {said}")
