"""The file of an import as whoever maps or checks it reads it, the words and areas it means."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.storage import readable
from geo import tables
from geo.models.areas import Area
from geo.queries.areas import in_force
from geo.tables import Table
from geo.tables.spatial import is_spatial
from registry.checking.fields import SHAPES, Kind, known_heading
from registry.checking.files import sample_of
from registry.checking.ground import Ground, of_areas
from registry.checking.made import corrected, made_of, with_made
from registry.checking.mapping import Mapped, guessed
from registry.checking.own import NONE_OWN, OwnColumns
from registry.checking.words import Words, of_lists
from registry.models.imports import Import, ImportCell
from registry.models.vocabularies import Word
from registry.parsing.words import fixed_words


@dataclass(frozen=True)
class Lying:
    """One area of the country: its P-code and that of the one it lies in, its polygon."""

    pcode: str
    parent: str | None
    level: int
    shape: Any


@contextmanager
def table_in(path: Path, name: str) -> Iterator[Table]:
    """A file of registrants as a table. Raises the refusals of `geo.tables`."""
    opened = tables.layer_opened if is_spatial(path) else tables.opened
    with opened(path, name, known=known_heading) as table:
        yield table


def columns_of(found: Import) -> list[str]:
    """The headings of an import, those of the columns that were made of its own behind them."""
    return [*found.columns, *(each.name for each in made_of(found.made))]


@contextmanager
def table_of(found: Import) -> Iterator[Table]:
    """The table an import was sent as, with the columns that were made of its own.

    Raises the refusals of `geo.tables`.
    """
    with sent_table(found) as table:
        yield with_made(table, made_of(found.made))


@contextmanager
def sent_table(found: Import) -> Iterator[Table]:
    """The table an import was sent as, with its own columns alone."""
    with readable(found.original_sha256) as path, table_in(path, found.original_name) as table:
        yield table


@contextmanager
def corrected_table(session: Session, found: Import) -> Iterator[Table]:
    """The table of an import with what was corrected in it: first what it was sent with, so that
    made columns are made of that, then what was corrected in those."""
    cells = corrections_of(session, found)
    with sent_table(found) as table:
        yield corrected(with_made(corrected(table, cells), made_of(found.made)), cells)


def corrections_of(session: Session, found: Import) -> dict[int, dict[str, str]]:
    """What was corrected in an import, by row and column."""
    cell, cells = ImportCell, dict[int, dict[str, str]]()
    asked = select(cell.row_number, cell.heading, cell.value).where(cell.import_id == found.id)
    for number, heading, value in session.execute(asked):
        cells.setdefault(number, {})[heading] = value
    return cells


def mapped_as(found: Import, table: Table, words: Words, own: OwnColumns = NONE_OWN) -> Mapped:
    """How the columns of an import are read, with what its cells alone mean by some word.

    `own` are the fields of an installation's own that files of its kind may say.
    """
    sample = sample_of(table)
    kind = Kind(found.kind)
    meant = guessed(table.columns, sample, table.said, words, kind)
    said = {name: each for name, each in own.items() if name in found.mapping}
    known = {n: column for n, column in found.mapping.items() if n in SHAPES or n in said}
    return replace(
        meant,
        fields=known,
        own=said,
        words={**meant.words, **found.words},
        constants=dict(found.constants),
    )


def words_of(session: Session) -> Words:
    """The words in use: codes before labels before synonyms, then the few that never change."""
    words = session.scalars(
        select(Word).where(Word.active).order_by(Word.list, Word.position, Word.code)
    ).all()
    return of_lists(
        [
            *((word.list, word.code, word.code) for word in words),
            *((word.list, label, word.code) for word in words for label in word.labels.values()),
            *((word.list, other, word.code) for word in words for other in word.synonyms),
            *fixed_words(),
        ]
    )


def ground_of(session: Session, points: int) -> Ground | None:
    """The areas in force, in which about so many points are looked up; None where there are none
    yet."""
    above = aliased(Area)
    areas = session.execute(
        select(Area.pcode, above.pcode, Area.level, func.ST_AsBinary(Area.shape))
        .outerjoin(above, above.id == Area.parent_id)
        .where(in_force())
        .order_by(Area.pcode)
    ).all()
    lying = [
        Lying(pcode, parent, level, None if shape is None else shapely.from_wkb(bytes(shape)))
        for pcode, parent, level, shape in areas
    ]
    return of_areas(lying, points) if lying else None
