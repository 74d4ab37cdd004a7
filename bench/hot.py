"""The ten queries that pages ask most, each as its page asks it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.queries.selections import Question
from programs.queries import members as cycle_members
from programs.queries.vouchers import held
from registry.models.rosters import Roster
from registry.queries import registrants
from registry.queries.answers import bins_of, plainly
from registry.queries.rosters import members_page
from registry.queries.tallies import Asking
from registry.queries.tiles import household_tile

ON = date(2026, 11, 19)


@dataclass(frozen=True)
class Asked:
    """What the queries are asked about; all of it lies in one area."""

    number: str
    registrant_id: int
    name: str
    identifier: str
    area: Area
    drawn: bytes
    tile: tuple[int, int, int]
    roster: Roster
    cycle_id: int
    voucher: str


Query = Callable[[Session, Asked, Actor], Any]


def _drawing(session: Session, asked: Asked, actor: Actor) -> Any:
    question = Question(shape=asked.drawn)
    return plainly(session, Asking(question, actor, bins_of(None), 1, ON))


HOTTEST: Mapping[str, Query] = {
    "a household's page": lambda session, asked, actor: (
        registrants.registered(session, asked.number, actor=actor).members
    ),
    "people by a name": lambda session, asked, actor: registrants.registrants_page(
        session, asked.name, actor=actor
    ),
    "people by an identifier": lambda session, asked, actor: registrants.registrants_page(
        session, asked.identifier, actor=actor
    ),
    "the households of an area": lambda session, asked, actor: registrants.registrants_page(
        session, "", area=asked.area, actor=actor
    ),
    "a tile of a street": lambda session, asked, actor: household_tile(
        session, asked.tile, Question(), actor=actor
    ),
    "a drawing, counted plainly": _drawing,
    "the households of a list": lambda session, asked, actor: members_page(
        session, asked.roster, actor=actor
    ),
    "the households of a cycle": lambda session, asked, actor: cycle_members.members_page(
        session, asked.cycle_id, actor=actor
    ),
    "what a household received": lambda session, asked, actor: cycle_members.received_by(
        session, asked.registrant_id, actor=actor
    ),
    "a voucher that is scanned": lambda session, asked, actor: held(
        session, asked.voucher, actor=actor
    ),
}
