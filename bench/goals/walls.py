"""Goal 11: what the second wall costs the ten hottest queries, beside the same without it."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.roles import GIVES
from bench.hot import HOTTEST, Asked, Query
from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.lived_in import settle
from bench.world import World, postgis_version
from core.actor import Actor
from core.db import new_session, stand

LIVED_IN = 20_000  # households
RUNS = 7
EVERYTHING = frozenset().union(*GIVES.values())

Say = Callable[[str], None]


def measure(world: World, say: Say) -> list[Line]:
    """As somebody of the whole country, and as somebody bound to one area."""
    judge = Judge(11, world.size)
    say("Goal 11 ...")
    with new_session() as session:  # never committed: the country stays as it was
        asked = settle(session, LIVED_IN)
        country = Actor(1, "Country", EVERYTHING, national=True)
        commune = Actor(2, "Commune", EVERYTHING, frozenset({asked.area.id}))
        lines = [
            _line(session, judge, f"{name}, {whose.name.lower()}", (query, asked), whose)
            for whose in (country, commune)
            for name, query in HOTTEST.items()
        ]
        session.rollback()
    return lines


def _line(
    session: Session, judge: Judge, name: str, question: tuple[Query, Asked], actor: Actor
) -> Line:
    query, asked = question

    def ask(whose: Callable[[], None]) -> int:
        """The answer, shortened to what can be compared; whoever stands costs one statement."""
        whose()
        session.expire_all()
        return hash(repr(query(session, asked, actor)))

    ours = Side(lambda: ask(lambda: stand(session, actor)))
    peer = Side(lambda: ask(lambda: _as_owner(session)))
    pair = side_by_side(ours, peer, RUNS)
    return judge.compared(name, pair, Target(), f"without the wall, {postgis_version()}")


def _as_owner(session: Session) -> None:
    session.execute(select(func.set_config("role", "none", True)))
