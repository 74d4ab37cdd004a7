"""Finding households and people by whatever somebody knows of them."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
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
from sqlalchemy.orm import Session

from core.actor import Actor
from core.codes import understood
from core.country import country
from core.crypto import equalities
from core.errors import Refusal
from geo.models.areas import Area
from registry.models.contacts import Contact
from registry.models.registrants import Identifier, Individual, Registrant, RegistrantKind
from registry.parsing.names import bones, romanised
from registry.parsing.numbers import contact_key
from registry.parsing.phones import PhoneImpossible, dialled
from registry.queries.reach import people_within_reach

PREFIX = "HG"
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
ADDRESS = re.compile(r"https?://\S*/(?:registry|redeem)/(?:\?code=)?([A-Za-z0-9-]+)/?\S*")
STEPS = 1 << 9  # of likeness between a name that is typed and one that is found
BEYOND = STEPS // 3  # how many steps farther is who was born or lives elsewhere than was typed
BY_BONES = 0.55  # how alike a name is at least whose bones are those of what was typed
ROOM_FOR_IDS = 1 << 43  # a step of likeness and a registrant's key together fill a bigint
MOST = 1_000  # names that are weighed of each way to be alike
LONGEST_PLACE = 3  # words of an area's name
FEW = 4  # figures that may be of a name


@dataclass(frozen=True)
class Sought:
    """What somebody typed: as it is, the name in it in Latin letters, and a year.

    `where` are the areas that bear the name of its last words, and `before` is what stands before
    those words; both are empty where no area is called so.
    """

    text: str
    name: str
    year: int | None = None
    before: str = ""
    where: tuple[int, ...] = ()

    @property
    def number(self) -> str | None:
        """The number of a registrant it is, as it is kept."""
        try:
            return understood(self.text, PREFIX)
        except Refusal:
            return None

    @property
    def may_be_a_name(self) -> bool:
        """Whether it has letters and not more figures, or few of these: nobody is called by a
        telephone number.

        What could be a number without any figure may as well be a name of eight letters.
        """
        letters, figures = (sum(map(one, self.name)) for one in (str.isalpha, str.isdecimal))
        is_said = self.name != "" and (letters >= figures or figures <= FEW)
        return is_said and (self.number is None or not figures)

    @property
    def tails(self) -> Mapping[str, str]:
        """Its last words, as an area may be called, and what stands before them."""
        words, typed = self.name.split(), YEAR.sub(" ", self.text).lower().split()
        tails = {}
        for count in range(min(LONGEST_PLACE, len(words) - 1), 0, -1):
            before = " ".join(words[:-count])
            tails[" ".join(words[-count:])] = before
            if len(typed) == len(words):  # as it is written there, with accents or in its script
                tails[" ".join(typed[-count:])] = before
        return tails


def sought(text: str) -> Sought:
    """What somebody may have meant by what they typed or scanned."""
    scanned = ADDRESS.fullmatch(text.strip())
    said = scanned[1] if scanned else text.strip()
    year = YEAR.search(said)
    alone = romanised(YEAR.sub(" ", said))
    if year is None or not alone:
        return Sought(said, romanised(said))
    return Sought(said, alone, int(year[0]))


def meant(session: Session, text: str, actor: Actor) -> Subquery:
    """Who `text` may mean: id, and a key that puts the likest first and tells equals apart.

    A number (also as a code that was scanned), a code, an identifier, a telephone number or an
    address is meant exactly; a name roughly, in any script: by its letters, else by its bones. A
    year in it is the year of birth, its last words may be where they live.
    """
    asked = _placed(session, sought(text))
    exactly = cast(literal(0), Integer).label("distance")
    written = " ".join(asked.text.split())
    found = union_all(
        select(Registrant.id, exactly).where(_exact(asked)),
        select(Contact.registrant_id, exactly).where(Contact.key.in_(_reached_by(asked.text))),
        select(Identifier.registrant_id, exactly).where(
            Identifier.key.in_([*equalities(written), *equalities(written.upper())])
        ),
        *([_named(asked, actor)] if asked.may_be_a_name else []),
    ).subquery()
    key = func.min(found.c.distance) * literal(ROOM_FOR_IDS) + found.c.id
    return select(found.c.id, key.label("key")).group_by(found.c.id).subquery("meant")


def _placed(session: Session, asked: Sought) -> Sought:
    """With the areas that bear the name of the last words, of the longest that any does."""
    tails = asked.tails
    if not tails:
        return asked
    names = (func.lower(Area.name), func.lower(Area.name_local))
    called = select(Area.id, *names).where(or_(*(name.in_(tails) for name in names)))
    areas = {row[0]: min(tails[name] for name in row[1:] if name in tails)
             for row in session.execute(called)}  # fmt: skip
    if not areas:
        return asked
    before = min(areas.values(), key=len)
    return replace(asked, before=before, where=tuple(k for k, b in areas.items() if b == before))


def _reached_by(text: str) -> list[str]:
    """The keys of a telephone number or an address, as it is typed and as it is kept."""
    written = {contact_key(text)}
    with suppress(PhoneImpossible):
        written.add(contact_key(dialled(text, country().phone_region or "").value))
    return [key for each in sorted(written) for key in equalities(each)]


def _exact(asked: Sought) -> ColumnElement[bool]:
    coded = and_(Registrant.kind.in_([*RegistrantKind]), Registrant.code == asked.text)
    return coded if asked.number is None else or_(coded, Registrant.number == asked.number)


def _named(asked: Sought, actor: Actor) -> Select[Any, Any]:
    """Who bears a name like the one that was typed, and how far it is from theirs."""
    likeness = func.greatest(
        func.word_similarity(asked.name, Registrant.names),
        case((_same_bones(asked.name), BY_BONES), else_=0.0),
        *([_as_there(asked)] if asked.where else []),
    )
    distance = cast((1 - likeness) * (STEPS - 2) + 1, Integer) + _elsewhere(asked)
    return select(Registrant.id, distance).where(Registrant.id.in_(_alike(asked, actor)))


def _alike(asked: Sought, actor: Actor) -> Select[Any]:
    """The keys of those whose names are to be weighed.

    Behind the wall likeness has no index: there a function of the owner looks, within the areas of
    who asks (migration 0053).
    """
    if not actor.national:
        skeleton, where = cast([*bones(asked.name)], ARRAY(Text)), _keys(asked)
        said = (asked.name, skeleton, asked.before, where, MOST)
        return select(func.alike_within(*said).column_valued("alike"))
    seen = people_within_reach(actor, Registrant.id, Registrant.area_id)
    each = [select(Registrant.id).where(way, seen).limit(MOST).subquery() for way in _ways(asked)]
    alike = union_all(*(select(one.c.id) for one in each)).subquery("alike")
    return select(alike.c.id)


def _ways(asked: Sought) -> list[ColumnElement[bool]]:
    """The ways in which a name is like the one that was typed, each with an index."""
    ways = [
        Registrant.names == asked.name,
        Registrant.names.contains(asked.name, autoescape=True),
        Registrant.names.bool_op("%>")(asked.name),
        _same_bones(asked.name),
    ]
    if asked.where:
        ways.append(and_(Registrant.names.bool_op("%>")(asked.before), _there(asked)))
    return ways


def _same_bones(name: str) -> ColumnElement[bool]:
    return Registrant.bones.bool_op("@>")(cast([*bones(name)], ARRAY(Text)))


def _as_there(asked: Sought) -> ColumnElement[float]:
    """How alike a name is to what stands before the place, of those who live there."""
    alone = func.word_similarity(asked.before, Registrant.names)
    return case((func.coalesce(_there(asked), False), alone), else_=0.0)


def _elsewhere(asked: Sought) -> ColumnElement[int]:
    """The steps by which somebody is farther who was born in another year, or lives elsewhere."""
    farther: ColumnElement[int] = cast(literal(0), Integer)
    if asked.year:
        own = Individual.registrant_id == Registrant.id
        born = Individual.birth_date.between(date(asked.year, 1, 1), date(asked.year, 12, 31))
        then = select(Individual.registrant_id).where(own, born).exists()
        farther = farther + case((then, 0), else_=BEYOND)
    if asked.where:
        here = func.coalesce(_there(asked), False)
        farther = farther + case((here, 0), else_=BEYOND)
    return farther


def _there(asked: Sought) -> ColumnElement[bool]:
    """Whether somebody lives in an area that bears the name of the last words."""
    return Registrant.area_id.in_(select(Area.id).where(Area.path.overlap(_keys(asked))))


def _keys(asked: Sought) -> ColumnElement[Any]:
    return cast([*asked.where], ARRAY(BigInteger))
