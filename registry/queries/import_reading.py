"""How a file would be read as its columns are being mapped: its words, and its first rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from geo.tables import Table
from registry.checking.fields import FIELDS, WORD_LISTS, Kind
from registry.checking.files import sample_of, survey_of
from registry.checking.judging import Judge
from registry.checking.mapping import Mapped, guessed
from registry.checking.reading import Reading
from registry.checking.survey import chunks
from registry.models.imports import Import, ImportKind, ImportMapping
from registry.parsing.days import DayOrder
from registry.parsing.findings import finding_said
from registry.parsing.plain import plain, says_nothing
from registry.permissions import May
from registry.queries.import_files import table_of, words_of
from registry.queries.own_columns import own_columns

SHOWN = 10  # rows that are shown as they would be read
LOOKED_AT = 500  # rows by which the shown ones are judged
WORDS = 40  # different words of one column that are shown


@dataclass(frozen=True)
class WordSeen:
    """A word of a column: how often it stands there, and the code it is taken for, if any; `alike`
    says that it is nearly a word of the list."""

    cell: str
    plainly: str
    rows: int
    code: str | None
    alike: bool


@dataclass(frozen=True)
class Read:
    """The first rows as they would be read: by field, and what would be found in each."""

    fields: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str | None], Sequence[str]]]
    words: Mapping[str, Sequence[WordSeen]]


@dataclass(frozen=True)
class Chosen:
    """How somebody would have a file read: the columns by field, codes of its words by field, what
    is always so, and how its days are written."""

    mapping: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    day_order: DayOrder | None = None


def read_as(session: Session, found: Import, chosen: Chosen, *, actor: Actor) -> Read:
    """The first rows of a file as a mapping would have them read.

    Raises:
        Forbidden, and the refusals of `geo.tables`
    """
    actor.require(May.IMPORT_REGISTRANTS)
    meanings = words_of(session)
    with table_of(found) as whole:
        sample = sample_of(whole)
        table = replace(whole, rows=list(islice(whole.rows, LOOKED_AT)))
        known = {each.name for each in FIELDS[found.kind]}
        own = own_columns(session, found.kind)
        may = known | own.keys()
        fields = {n: c for n, c in chosen.mapping.items() if n in may and c in table.columns}
        guess = guessed(table.columns, sample, table.said, meanings, Kind(found.kind))
        mapped = replace(
            guess,
            fields=fields,
            words={name: dict(said) for name, said in {**guess.words, **chosen.words}.items()},
            constants=dict(chosen.constants),
            own={name: each for name, each in own.items() if name in fields},
        )
        judge = Judge(
            survey_of(table, mapped, meanings, sample), meanings, None, today(), chosen.day_order
        )
        names, rows = _first(table, mapped, judge)
    seen = {
        name: _words(judge, name, sample[column])
        for name, column in fields.items()
        if name in WORD_LISTS
    }
    return Read(names, rows, seen)


def kept_mappings(session: Session, kind: ImportKind, *, actor: Actor) -> Sequence[ImportMapping]:
    """The mappings of a kind that somebody kept themselves or others share, by name."""
    actor.require(May.IMPORT_REGISTRANTS)
    kept = ImportMapping
    mine = or_(kept.made_by == actor.id, kept.shared)
    return session.scalars(select(kept).where(kept.kind == kind, mine).order_by(kept.name)).all()


def _first(
    table: Table, mapped: Mapped, judge: Judge
) -> tuple[Sequence[str], list[tuple[int, Sequence[str | None], Sequence[str]]]]:
    for chunk in chunks(table, mapped):
        cells = Reading(judge).read(chunk)
        names = [name for name in cells if any(cells[name])]
        judged = zip(range(SHOWN), judge.judged(chunk), strict=False)
        return names, [
            (
                each.row,
                [cells[name][at] for name in names],
                [finding_said(finding, each.raw) for finding in each.findings],
            )
            for at, each in judged
        ]
    return [], []


def _words(judge: Judge, name: str, cells: Sequence[str]) -> list[WordSeen]:
    """The words of a column, those not understood first, then the most frequent."""
    written = {plain(cell): cell for cell in reversed(cells)}
    times = Counter(map(plain, cells))
    own = judge.mapped.words.get(name, {})
    seen = []
    for plainly, rows in times.items():
        if says_nothing(written[plainly]):
            continue
        meant = judge.meant(name, written[plainly])
        code = own.get(plainly, meant.code)
        seen.append(WordSeen(written[plainly], plainly, rows, code, meant.alike))
    seen.sort(key=lambda each: (each.code is not None, not each.alike, -each.rows, each.plainly))
    return seen[:WORDS]
