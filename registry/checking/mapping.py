"""Which column of a file is read as which field: by its heading, in four languages, and its cells.

A column whose cells are not what its heading promises is not guessed, and a note says so.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core.words import _
from geo.tables import Said
from registry.checking.fields import (
    ANY_CODE,
    OF_PEOPLE,
    PAIR,
    PLACE,
    SHAPES,
    WORD_LISTS,
    Kind,
    Shape,
    called,
    fields_of,
    in_order,
    tagged,
)
from registry.checking.own import NONE_OWN, OwnColumns
from registry.checking.words import Words
from registry.parsing.coordinates import angle_in, pair_in
from registry.parsing.dates import Reader
from registry.parsing.days import DayOrder
from registry.parsing.figures import number_in
from registry.parsing.plain import plain, says_nothing

FEW = 20  # cells from which a share tells
READABLE, MEANT, PAIRED = 0.05, 0.5, 0.5  # of the cells of a column, else its heading misleads
REPEATED = 0.8  # households of rows: fewer mean that rows share households
BARE_NAMES = frozenset(
    map(
        plain,
        (
            "name",
            "nom",
            "nombre",
            "nombres",
            "noms",
            "الاسم",
            "nome",
            "имя",
            "ім'я",
            "nama",
            "名字",
        ),
    )
)
READERS = tuple(Reader(order, date(2100, 1, 1)) for order in DayOrder)
SEXES = {"1": "male", "2": "female"}  # ISO/IEC 5218
ANY_CODES = frozenset(map(plain, ANY_CODE.headings.split(",")))
NO_SEX = {"0", "9"}

Sample = Mapping[str, Sequence[str]]  # the cells of columns that hold something


@dataclass(frozen=True)
class Mapped:
    """How a file is read: fields and their columns, what rows are, and words of this file alone.

    `words` are codes of plainly written cells by field, `constants` what is meant where a row says
    nothing; `beside` are columns of coordinates that stand beside shapes, longitudes first. `notes`
    say what was guessed or left out; `own` are the fields of an installation's own there are.
    """

    kind: Kind
    fields: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    own: OwnColumns = field(default_factory=lambda: NONE_OWN)

    def shape_of(self, name: str) -> Shape:
        """What the cells of a field hold."""
        return Shape.OWN if name in self.own else SHAPES[name]

    @property
    def is_paired(self) -> bool:
        """Whether one column holds both coordinates."""
        return "longitude" in self.fields and (
            self.fields["longitude"] == self.fields.get("latitude")
        )


def guessed(
    columns: Sequence[str], sample: Sample, said: Said, words: Words, kind: Kind | None = None
) -> Mapped:
    """What the columns of a file probably hold, its rows being of a kind where that is known."""
    free = [column for column in columns if column not in _seconds(said)]
    fields = {name: column for name, column in _by_tags(said) if column in free}
    fields |= _by_headings([column for column in free if column not in fields.values()], fields)
    if _is_any_code(fields) and not sample.get(fields["code"]):
        del fields["code"]
    notes = list(_misled(fields, sample, words, said))
    for name, _note in notes:
        del fields[name]
    told = [note for _name, note in notes]
    pair = fields.pop(PAIR.name, None)
    beside: tuple[str, ...] = ()
    if pair and (said.layer or not fields.keys() & set(PLACE)):
        beside = tuple(fields[name] for name in PLACE if fields.keys() >= set(PLACE))
        fields |= dict.fromkeys(PLACE, pair)  # the shapes of a layer go before its columns
    sexes = _sexes(fields, sample)
    told += [_("Sex is read by ISO/IEC 5218: 1 male, 2 female.")] if sexes else []
    _names_apart(fields)
    if _is_number_within(fields, sample):
        told.append(_("{column} numbers people within households.", column=fields.pop("code")))
    kind = kind or kind_of(fields, sample)
    _keyed(fields, kind)
    ordered = {name: fields[name] for name in in_order(list(fields))}
    own = {"sex": sexes} if sexes else {}
    return Mapped(kind, ordered, own, notes=tuple(told), beside=beside)


def _seconds(said: Said) -> set[str]:
    """Columns whose heading stood before them already."""
    return {f"{name} ({number})" for name in said.repeated for number in range(2, 100)}


def _by_tags(said: Said) -> Iterator[tuple[str, str]]:
    for tag, column in reversed(said.tags.items()):
        name = tagged(tag)
        if name:
            yield name, column


def _by_headings(columns: Sequence[str], taken: Mapping[str, str]) -> dict[str, str]:
    """Columns by field: a field's own name before its other headings, earlier columns first."""
    found: dict[str, str] = {}
    asked = {column: fields_of(column) for column in sorted(columns, key=level_of, reverse=True)}
    for own in (True, False):
        for column, names in asked.items():
            name = next((n for n in names if n not in found and n not in taken), None)
            if name and column not in found.values() and (not own or plain(column) == plain(name)):
                found[name] = column
    return found


def level_of(column: str) -> int:
    """Of P-codes the deepest level holds; other columns keep their order."""
    level = re.search(r"\d", column) if fields_of(column)[:1] == ("area_pcode",) else None
    return int(level[0]) if level else 0


def _misled(
    fields: Mapping[str, str], sample: Sample, words: Words, said: Said
) -> Iterator[tuple[str, str]]:
    """The fields whose column does not hold what its heading promises, each with a note."""
    for name, column in fields.items():
        cells = [cell for cell in sample.get(column, ()) if not says_nothing(cell)]
        is_shape = name == PAIR.name and bool(said.layer)
        if cells and not is_shape and not holds(name, cells, words):
            yield (
                name,
                _(
                    "The column {column} was not read as {field}: too few of its cells can be.",
                    column=column,
                    field=called(name).lower() if name in SHAPES else _("coordinates"),
                ),
            )


def holds(name: str, cells: Sequence[str], words: Words) -> bool:
    """Whether cells can be of a field: enough of them are read as what it holds."""
    if name == PAIR.name:
        return sum(pair_in(cell) is not None for cell in cells) >= PAIRED * len(cells)
    shape = SHAPES[name]
    if shape is Shape.WORD:
        return _is_worded(name, cells, words)
    if len(cells) < FEW:
        return True
    return sum(_is_readable(shape, cell) for cell in cells) >= READABLE * len(cells)


def _is_worded(name: str, cells: Sequence[str], words: Words) -> bool:
    there = Counter(map(plain, cells))
    if name == "sex" and there.keys() <= SEXES.keys() | NO_SEX:
        return True
    meanings = {cell: words.meant(WORD_LISTS[name], cell) for cell in there}
    known = sum(n for cell, n in there.items() if meanings[cell].code and not meanings[cell].alike)
    return known >= MEANT * len(cells) if len(cells) >= FEW else known > 0 or len(cells) < 5


def _is_readable(shape: Shape, cell: str) -> bool:
    if shape is Shape.ANGLE:
        return angle_in(cell) is not None or number_in(cell) is not None
    if shape in (Shape.NUMBER, Shape.COUNT):
        return number_in(cell) is not None
    return shape is not Shape.DAY or any(not reader.read(cell).fault for reader in READERS)


def _sexes(fields: Mapping[str, str], sample: Sample) -> dict[str, str]:
    there = {plain(cell) for cell in sample.get(fields.get("sex", ""), ())}
    return SEXES if there & SEXES.keys() and there <= SEXES.keys() | NO_SEX else {}


def _names_apart(fields: dict[str, str]) -> None:
    """A column `name` beside given names holds family names, and beside family names given ones."""
    if plain(fields.get("name", "")) not in BARE_NAMES:
        return
    if "given_name" in fields and "family_name" not in fields:
        fields["family_name"] = fields.pop("name")
    elif "family_name" in fields and "given_name" not in fields:
        fields["given_name"] = fields.pop("name")


def kind_of(fields: Mapping[str, str], sample: Sample) -> Kind:
    """What a row is: people have names, sexes, ages; their households are named more than once."""
    if not fields.keys() & set(OF_PEOPLE):
        return Kind.HOUSEHOLDS
    if "household_code" not in fields:
        return Kind.REGISTRATIONS
    cells = sample.get(fields["household_code"], ())
    shared = len(set(cells)) < REPEATED * len(cells)
    if "code" in fields and (shared or not _is_any_code(fields)):
        return Kind.PEOPLE
    return Kind.ROSTER if shared else Kind.REGISTRATIONS


def _is_number_within(fields: Mapping[str, str], sample: Sample) -> bool:
    """Whether the code of people starts anew in every household, so that both together tell."""
    if "household_code" not in fields or "code" not in fields:
        return False
    codes, households = (sample.get(fields[name], ()) for name in ("code", "household_code"))
    apart = len(set(codes)) < REPEATED * len(codes)
    together = len(set(zip(households, codes, strict=False)))
    return apart and len(codes) == len(households) and together >= REPEATED * len(codes)


def _is_any_code(fields: Mapping[str, str]) -> bool:
    """Whether the code is read of a column such as `id`, which may number anything."""
    return plain(fields.get("code", "")) in ANY_CODES


def _keyed(fields: dict[str, str], kind: Kind) -> None:
    """Where a row is a household, its code is the row's."""
    if kind in (Kind.HOUSEHOLDS, Kind.REGISTRATIONS) and "household_code" in fields:
        fields["code"] = fields.pop("household_code")


def with_kind(mapping: Mapped, kind: Kind) -> Mapped:
    """A mapping whose rows are of another kind."""
    return replace(mapping, kind=kind)
