"""A file of households or people checked by itself: no registry, no database, no settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from pyproj import CRS

from core.words import _
from geo import tables
from geo.crs import WGS84, parsed
from geo.tables import Table, TableEmpty
from geo.tables.spatial import is_spatial
from registry.checking.asked import Asked
from registry.checking.fields import in_order, known_heading
from registry.checking.ground import Ground
from registry.checking.judging import Judge, Judged
from registry.checking.mapping import Mapped, Sample, guessed, kind_of
from registry.checking.survey import Survey, chunks, surveyed
from registry.checking.words import Words, own_words

SAMPLE = 5000  # rows by which columns are known


@dataclass(frozen=True)
class Checked:
    """How a file was read, and the verdicts on its rows, which are found as they are asked for."""

    mapping: Mapping[str, str]
    encoding: str | None
    separator: str | None
    decimal: str
    notes: tuple[str, ...]
    rows: Iterator[Judged]


@contextmanager
def checked(
    path: Path, asked: Asked, *, ground: Ground | None = None, on_day: date
) -> Iterator[Checked]:
    """Check a file on a day, against the areas of a map where there is one.

    Raises:
        the refusals of `geo.tables`; QuoteOpen also as rows are read; MappedColumnUnknown.
    """
    opened = tables.layer_opened if is_spatial(path) else tables.opened
    with opened(path, path.name, asked.choice, known_heading) as table:
        asked.must_fit(table.columns)
        sample, words = sample_of(table), own_words()
        mapped = _mapped(table, sample, asked) or guessed(table.columns, sample, table.said, words)
        mapped = replace(
            mapped,
            kind=asked.kind or mapped.kind,
            words={**mapped.words, **asked.words},
            constants=asked.constants,
        )
        crs = parsed(asked.choice.crs) if asked.choice.crs and not table.said.layer else WGS84
        survey = survey_of(table, mapped, words, sample, crs)
        judge = Judge(survey, words, ground, on_day, asked.days)
        judge.decimal = asked.decimal or survey.decimal
        yield Checked(
            mapping=mapped.fields,
            encoding=table.said.encoding,
            separator=table.said.separator,
            decimal=judge.decimal,
            notes=(*_notes(table, mapped), *mapped.notes),
            rows=(row for chunk in chunks(table, mapped) for row in judge.judged(chunk)),
        )


def survey_of(
    table: Table, mapped: Mapped, words: Words, sample: Sample, crs: CRS = WGS84
) -> Survey:
    """What all rows of a table tell, read as its columns were mapped, its angles in `crs`."""
    pairs = sample[mapped.fields["longitude"]] if mapped.is_paired else ()
    return surveyed(table, mapped, words, pairs, crs)


def sample_of(table: Table) -> Sample:
    """The cells of the first rows that hold something, by column."""
    found: dict[str, list[str]] = {column: [] for column in table.columns}
    try:
        for _number, cells, _over in islice(table.rows, SAMPLE):
            for column, cell in zip(table.columns, cells, strict=True):
                if cell is not None:
                    found[column].append(cell)
    except TableEmpty:
        pass
    return found


def _mapped(table: Table, sample: Sample, asked: Asked) -> Mapped | None:
    """The columns a person named; None where they leave it to us."""
    if asked.fields is None:
        return None
    fields = {name: asked.fields[name] for name in in_order(list(asked.fields))}
    return Mapped(asked.kind or kind_of(fields, sample), fields)


def _notes(table: Table, mapped: Mapped) -> Iterator[str]:
    """What is worth knowing of the whole file."""
    said = table.said
    if said.heading > 1:
        yield _("The headings stand in row {row}.", row=said.heading)
    if not said.heading:
        yield _("The file has no headings; its columns are called A, B and so on.")
    for heading in said.repeated:
        yield _("Several columns are headed {heading}; only the first is read.", heading=heading)
    if len(said.layers) > 1:
        yield _("Of several layers the one read is {layer}.", layer=said.layer)
    if said.sheet:
        yield _("The sheet read is {sheet}.", sheet=said.sheet)
    if mapped.fields.keys() & {"id_number"} and "id_type" not in mapped.fields:
        kind = mapped.constants.get("id_type", "other_id")
        yield _("No column says of what kind identifiers are; they are taken as {kind}.", kind=kind)
