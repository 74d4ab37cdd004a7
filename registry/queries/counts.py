"""How many households are registered by area, for who may count them and not see them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.queries.selections import Question, table_level
from registry.permissions import May
from registry.queries.answers import Result, ask


@dataclass(frozen=True)
class Counts:
    """The households of an area, or of the country, and of each of the areas of a level in it."""

    area: Area | None
    level: int
    result: Result


def counts_of(session: Session, area: Area | None, *, actor: Actor) -> Counts:
    """The households of an area by those below it; figures of a few are not told.

    Raises:
        Forbidden
    """
    actor.require(May.COUNT_REGISTRANTS)
    question = Question(area_ids=(area.id,) if area else ())
    level = table_level(session, question)
    return Counts(area, level, ask(session, question, actor=actor, level=level))
