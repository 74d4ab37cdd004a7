"""Goal 2 once more, with places that are known within circles: some of them are probably in.

The country's own accuracies are given to its places, and taken away again: whoever else is compared
counts points.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyarrow import csv
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.world import BY_POINT, World
from core.actor import Actor
from core.bulk import copy_into
from core.db import transaction
from geo.models.releases import Release
from geo.queries.selections import Question, release_asked
from geo.services.exposure import expose_areas, expose_places
from registry.queries.answers import ask, bins_of, plainly, reference_date
from registry.queries.tallies import Asking
from registry.services.household_cells import count_release

PEER = "our own plain statement"
ANSWERS = ("in", "probable", "out", "not_observed")
STAGE = text("create temporary table measured (code text, metres float8) on commit drop")
GIVE = text("""
    update locations set accuracy_m = measured.metres
    from measured join registrants on registrants.code = measured.code
    where locations.id = registrants.location_id and locations.lon is not null
""")
TAKE = text("update locations set accuracy_m = null where accuracy_m is not null")
FORGET = text("delete from stale_cells")  # what changed is counted anew at once


@contextmanager
def known_within_circles(world: World) -> Iterator[None]:
    """Places have the accuracies of the country's files, and areas what the release says of them,
    for as long as the block lasts."""
    with transaction() as session:
        session.execute(STAGE)
        copy_into(session, "measured", ("code", "metres"), _accuracies(world))
        session.execute(GIVE)
        expose_areas(session, session.get_one(Release, world.depth_id))
    _count_anew(world)
    yield
    with transaction() as session:
        session.execute(TAKE)
        session.execute(BY_POINT)
    _count_anew(world)


def counted(session: Session, question: Question, actor: Actor) -> dict[str, int]:
    """Households by answer, counted where each of them stands."""
    release = release_asked(session, question)
    day = reference_date(session, question)
    tally, _nearby = plainly(session, Asking(question, actor, bins_of(release), None, day))
    found: Counter[str] = Counter()
    for (_area, status), figures in tally.counts.items():
        found[status] += figures[0]
    return {name: found[name] for name in ANSWERS}


def told(session: Session, question: Question, actor: Actor) -> dict[str, int]:
    """Households by answer, as a page is told them."""
    answers = ask(session, question, actor=actor).answers
    return {name: getattr(answers, name if name != "in" else "in_") or 0 for name in ANSWERS}


def _accuracies(world: World) -> Iterator[tuple[Any, ...]]:
    options = csv.ConvertOptions(
        column_types={"code": "string", "accuracy_m": "float64"},
        include_columns=["code", "accuracy_m"],
        strings_can_be_null=True,
    )
    with csv.open_csv(world.folder / "households.csv", convert_options=options) as batches:
        for batch in batches:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _count_anew(world: World) -> None:
    with transaction() as session:
        session.execute(FORGET)
        release = session.get_one(Release, world.depth_id)
        expose_places(session, release, lambda _done, _total: None)
        count_release(session, release, lambda _done, _total: None)
