"""Finding households and people by whatever somebody knows of them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.actor import Actor
from core.codes import understood
from core.crypto import equalities
from core.errors import Refusal
from geo.models.areas import Area
from registry.models.contacts import Contact
from registry.models.registrants import Identifier, Individual, Registrant, RegistrantKind
from registry.parsing.names import bones, romanised
from registry.parsing.numbers import contact_key
from registry.queries.reach import people_within_reach

PREFIX = "HG"
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
ADDRESS = re.compile(r"https?://\S*/(?:registry|redeem)/(?:\?code=)?([A-Za-z0-9-]+)/?\S*")
STEPS = 1 << 9  # of likeness between a name that is typed and one that is found
BEYOND = STEPS // 3  # how many steps farther is who was born or lives elsewhere than was typed
BY_BONES = 0.55  # how alike a name is at least whose bones are those of what was typed
ROOM_FOR_IDS = 1 << 43  # a step of likeness and a registrant's key together fill a bigint
MOST = 1_000  # names that are weighed of each way to be alike


@dataclass(frozen=True)
class Sought:
    """What somebody typed: as it is, the name in it in Latin letters, a year, and a last word that
    may be where they live."""

    text: str
    name: str
    year: int | None = None

    @property
    def place(self) -> str | None:
        """The last of several words, and then the name is what stands before it."""
        return self.name.rpartition(" ")[2] if " " in self.name else None


def sought(text: str) -> Sought:
    """What somebody may have meant by what they typed or scanned."""
    scanned = ADDRESS.fullmatch(text.strip())
    said = scanned[1] if scanned else text.strip()
    year = YEAR.search(said)
    alone = romanised(YEAR.sub(" ", said))
    if year is None or not alone:
        return Sought(said, romanised(said))
    return Sought(said, alone, int(year[0]))


def meant(text: str, actor: Actor) -> Subquery:
    """Who `text` may mean: id, and a key that puts the likest first and tells equals apart.

    A number (also as a code that was scanned), a code, an identifier, a telephone number or an
    address is meant exactly; a name roughly, in any script: by its letters, else by its bones. A
    year in it is the year of birth, its last word may be where they live.

    Names are compared within reach alone: behind the wall likeness has no index of its own.
    """
    asked = sought(text)
    exactly = cast(literal(0), Integer).label("distance")
    found = union_all(
        select(Registrant.id, exactly).where(_exact(asked)),
        select(Contact.registrant_id, exactly).where(
            Contact.key.in_(equalities(contact_key(asked.text)))
        ),
        select(Identifier.registrant_id, exactly).where(Identifier.key.in_(equalities(asked.text))),
        *([_named(asked, actor)] if asked.name else []),
    ).subquery()
    key = func.min(found.c.distance) * literal(ROOM_FOR_IDS) + found.c.id
    return select(found.c.id, key.label("key")).group_by(found.c.id).subquery("meant")


def _exact(asked: Sought) -> ColumnElement[bool]:
    coded = and_(Registrant.kind.in_([*RegistrantKind]), Registrant.code == asked.text)
    try:
        return or_(coded, Registrant.number == understood(asked.text, PREFIX))
    except Refusal:
        return coded


def _named(asked: Sought, actor: Actor) -> Select[Any, Any]:
    """Who bears a name like the one that was typed, and how far it is from theirs."""
    seen = people_within_reach(actor, Registrant.id, Registrant.area_id)
    alike = [select(Registrant.id).where(way, seen).limit(MOST).subquery() for way in _ways(asked)]
    ids = union_all(*(select(each.c.id) for each in alike)).subquery("alike")
    likeness = func.greatest(
        func.word_similarity(asked.name, Registrant.names),
        case((_same_bones(asked.name), BY_BONES), else_=0.0),
        *([_as_there(asked)] if asked.place else []),
    )
    distance = cast((1 - likeness) * (STEPS - 2) + 1, Integer) + _elsewhere(asked)
    return select(Registrant.id, distance).where(Registrant.id.in_(select(ids.c.id)))


def _ways(asked: Sought) -> list[ColumnElement[bool]]:
    """The ways in which a name is like the one that was typed, each with an index."""
    ways = [
        Registrant.names == asked.name,
        Registrant.names.contains(asked.name, autoescape=True),
        Registrant.names.bool_op("%>")(asked.name),
        _same_bones(asked.name),
    ]
    if asked.place:
        named = Registrant.names.bool_op("%>")(_before_place(asked))
        ways.append(and_(named, _there(asked)))
    return ways


def _same_bones(name: str) -> ColumnElement[bool]:
    return Registrant.bones.bool_op("@>")(cast([*bones(name)], ARRAY(Text)))


def _before_place(asked: Sought) -> str:
    return asked.name.rpartition(" ")[0]


def _as_there(asked: Sought) -> ColumnElement[float]:
    """How alike a name is to what stands before the place, of those who live there."""
    alone = func.word_similarity(_before_place(asked), Registrant.names)
    return case((func.coalesce(_there(asked), False), alone), else_=0.0)


def _elsewhere(asked: Sought) -> ColumnElement[int]:
    """The steps by which somebody is farther who was born in another year, or lives elsewhere."""
    farther: ColumnElement[int] = cast(literal(0), Integer)
    if asked.year:
        own = Individual.registrant_id == Registrant.id
        born = Individual.birth_date.between(date(asked.year, 1, 1), date(asked.year, 12, 31))
        then = select(Individual.registrant_id).where(own, born).exists()
        farther = farther + case((then, 0), else_=BEYOND)
    if asked.place:
        named = select(_places(asked).c.id).exists()
        here = func.coalesce(_there(asked), False)
        farther = farther + case((and_(named, ~here), BEYOND), else_=0)
    return farther


def _there(asked: Sought) -> ColumnElement[bool]:
    """Whether somebody lives in an area that bears the name of the last word."""
    ids = select(func.array_agg(_places(asked).c.id)).scalar_subquery()
    return Registrant.area_id.in_(select(Area.id).where(Area.path.overlap(ids)))


def _places(asked: Sought) -> Subquery:
    return select(Area.id).where(func.lower(Area.name) == asked.place).subquery("places")
