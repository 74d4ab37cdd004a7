"""What the pages of an import show: its five steps, what was found in it, and its rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from core.words import _, counted, figure_said
from registry.models.imports import Import, ImportRow, ImportState, Verdict
from registry.parsing.days import DayOrder
from registry.parsing.findings import (
    ACCEPTABLE,
    FLAGS,
    finding_name,
    finding_said,
)
from registry.parsing.findings import cells_of as found_in
from registry.queries.import_rows import Wanted, cells_shown
from registry.queries.imports import ImportPage, cells_of

REACHED = {
    ImportState.UPLOADED: 1,
    ImportState.MAPPED: 2,
    ImportState.CHECKED: 3,
    ImportState.REVIEWED: 4,
    ImportState.MERGED: 5,
    ImportState.REFUSED: 1,
    ImportState.UNDONE: 5,
}


@dataclass(frozen=True)
class Noticed:
    """One finding of an import: its code, its name, in how many rows, what can be done with it."""

    finding: str
    name: str
    rows: int
    is_error: bool
    can_be_accepted: bool


@dataclass(frozen=True)
class RowShown:
    """A row with the cells to show, and the sentences."""

    number: int
    verdict: Verdict
    cells: list["CellShown"]
    faults: list[str]
    doubts: list[str]
    accepted: bool
    can_be_accepted: bool
    left_out: bool


@dataclass(frozen=True)
class CellShown:
    """A cell of a row by its field: what it says, whether something was found in it, and whether
    somebody corrected it."""

    field: str
    said: str
    marked: bool
    corrected: bool


@dataclass(frozen=True)
class Step:
    """One step as the stepper shows it; `state` is done, now or later."""

    name: str
    note: str
    state: str


def steps_of(file: Import) -> list[Step]:
    """Upload, map, check, review and merge; the first that is not done is the one to do now."""
    reached = REACHED[file.state]
    names = (_("Upload"), _("Map the columns"), _("Check"), _("Review"), _("Merge"))
    return [
        Step(name, note, "done" if place < reached else "now" if place == reached else "later")
        for place, (name, note) in enumerate(zip(names, _notes(file), strict=True))
    ]


def day_orders() -> list[tuple[DayOrder, str, str]]:
    """The orders days may be written in, each with its name and the same day in it."""
    return [
        (DayOrder.YEAR_FIRST, _("year, month, day"), "2021-03-14"),
        (DayOrder.DAY_FIRST, _("day, month, year"), "14/03/2021"),
        (DayOrder.MONTH_FIRST, _("month, day, year"), "03/14/2021"),
    ]


def noticed(page: ImportPage) -> list[Noticed]:
    """What was found in the rows: warnings first, each the most frequent first."""
    found = [
        Noticed(
            finding,
            _named(finding, page),
            rows,
            finding.partition(":")[0] not in FLAGS,
            finding in ACCEPTABLE,
        )
        for finding, rows in page.file.counts.get("findings", {}).items()
    ]
    return sorted(found, key=lambda each: (each.is_error, -each.rows, each.finding))


def rows_wanted(args: MultiDict[str, str]) -> Wanted:
    """Which rows an address asks for."""
    return Wanted(
        verdict=args.get("verdict", type=Verdict),
        finding=args.get("finding", ""),
        similar="similar" in args,
        corrected="corrected" in args,
        text=args.get("q", "").strip(),
    )


def address_of(wanted: Wanted) -> dict[str, str]:
    """What an address says to ask for these rows."""
    said = {
        "verdict": wanted.verdict.value if wanted.verdict else "",
        "finding": wanted.finding,
        "similar": "yes" if wanted.similar else "",
        "corrected": "yes" if wanted.corrected else "",
        "q": wanted.text,
    }
    return {name: value for name, value in said.items() if value}


def row_shown(
    file: Import, row: ImportRow, fields: Sequence[str], corrected: Collection[str] = ()
) -> RowShown:
    """A row as its page shows it; `corrected` are the columns somebody corrected in it."""
    cells, shown = cells_of(file, row), cells_shown(file, row)
    marked = {cell for finding in (*row.errors, *row.warnings) for cell in found_in(finding)}
    return RowShown(
        row.row_number,
        row.decided or row.verdict,
        [
            CellShown(
                name, shown.get(name) or "", name in marked, file.mapping.get(name) in corrected
            )
            for name in fields
        ],
        [finding_said(error, cells) for error in row.errors],
        [finding_said(warning, cells) for warning in row.warnings],
        row.accepted,
        not row.errors and not ACCEPTABLE.isdisjoint(row.warnings),
        row.decided is Verdict.IGNORE,
    )


def state_said(state: ImportState) -> str:
    """What a state is called."""
    return {
        ImportState.UPLOADED: _("columns to be mapped"),
        ImportState.MAPPED: _("being checked"),
        ImportState.CHECKED: _("to be reviewed"),
        ImportState.REVIEWED: _("to be merged"),
        ImportState.MERGED: _("merged"),
        ImportState.REFUSED: _("refused"),
        ImportState.UNDONE: _("undone"),
    }[state]


def verdict_said(verdict: Verdict, *, merged: bool) -> str:
    """What merging will do, or did, with a row."""
    if merged:
        return {
            Verdict.CREATE: _("new"),
            Verdict.UPDATE: _("changed"),
            Verdict.LINK: _("linked"),
            Verdict.IGNORE: _("as it was"),
            Verdict.ERROR: _("left out"),
        }[verdict]
    return {
        Verdict.CREATE: _("will be new"),
        Verdict.UPDATE: _("will be changed"),
        Verdict.LINK: _("will be linked"),
        Verdict.IGNORE: _("stays as it is"),
        Verdict.ERROR: _("left out"),
    }[verdict]


def _named(finding: str, page: ImportPage) -> str:
    """A finding's name, with the field where the same may be found of several."""
    field = finding.partition(":")[2]
    return f"{finding_name(finding)}: {page.called(field)}" if field else finding_name(finding)


def _notes(file: Import) -> tuple[str, ...]:
    counts = file.counts
    rows = counted("{count} row", "{count} rows", counts["rows"]) if counts else ""
    checked = _("{good} good, {flagged} flagged", **_figures(file, "good", "flagged"))
    accepted = _("{accepted} flagged rows accepted", **_figures(file, "accepted"))
    changed = _("{create} new, {update} changed", **_figures(file, "create", "update"))
    fields = len(file.mapping)
    return (
        rows,
        counted("{count} column read", "{count} columns read", fields) if fields else "",
        checked if counts else "",
        accepted if counts and counts["accepted"] else "",
        changed if file.state is ImportState.MERGED else "",
    )


def _figures(file: Import, *names: str) -> dict[str, str]:
    return {name: figure_said(file.counts.get(name, 0)) for name in names}
