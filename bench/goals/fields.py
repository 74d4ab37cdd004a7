"""Goal 12: own fields, indicators and scores of them at the speed of columns."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.auth.roles import GIVES
from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers import plain_columns
from bench.world import World, postgis_version
from core.actor import Actor
from core.db import transaction
from programs.queries.queryables import widest_terms
from registry.models.fields import FieldType, OwnField, Scope
from registry.models.scores import Score, ScoreModel
from registry.models.vocabularies import Word
from registry.parsing.steps import Span, read_steps
from registry.queries.filters import count_matching
from registry.queries.scores import Band, Term
from registry.services.fields import Wanted, add_field
from registry.services.score_runs import run_score
from registry.services.scores import Written, activate_score, write_score

RUNS, SCORE_RUNS = 7, 3
DAY = date(2026, 11, 12)
COLUMNS, TOLD = Target(at_most=1.5), Target()
ALL = frozenset().union(*GIVES.values())
ADA = Actor(id=1, name="Ada", permissions=ALL, national=True)
BEN = replace(ADA, id=2, name="Ben")
FILTER = "bench_roof = 'straw' AND bench_rooms < 3 AND bench_land > 1.5 AND NOT bench_well"
INDICATOR = "bench_plot > 0.5"
OWN, USUAL = "bench_sort = 'household' AND bench_partial", "kind = 'household' AND is_partial"
ROOF = "bench_roof"
KINDS = {
    ROOF: FieldType.WORD,
    "bench_rooms": FieldType.WHOLE,
    "bench_land": FieldType.NUMBER,
    "bench_well": FieldType.FLAG,
    "bench_sort": FieldType.TEXT,
    "bench_partial": FieldType.FLAG,
}
TERMS = [
    Term("Rooms", "bench_rooms", Decimal("0.1")),
    Term("Roof", ROOF, Decimal(1), read_steps("straw: 0.6; metal: 0")),
    Term("Well", "bench_well", Decimal(1), read_steps("yes: 0; no: 0.2")),
]
BANDS = [Band("poor", Span(Decimal(1), None)), Band("better", Span(None, Decimal(1)))]
# What households say, told by a hash of their keys, and twice what columns of the registry say.
FILL = text("""
    insert into group_fields (registrant_id, area_id, c_bench_roof, c_bench_rooms, c_bench_land,
                              c_bench_well, c_bench_sort, c_bench_partial)
    select id, area_id, case h % 3 when 0 then 'straw' else 'metal' end, h % 7,
           (h % 400) / 100.0, h % 5 < 2, kind, is_partial
    from (select r.id, r.area_id, g.kind, g.is_partial,
                 abs(hashint8extended(r.id, 12) % 1000003) as h
          from registrants r join groups g on g.registrant_id = r.id) as home
    order by id
""")
QUIET = text("alter table group_fields disable trigger user")
AWAKE = text("alter table group_fields enable trigger user")
LOOK = text("analyze group_fields")
Say = Callable[[str], None]


def measure(world: World, say: Say) -> list[Line]:
    """A filter over own fields beside the same over columns of the registry; and a filter, an
    indicator and a score beside SQL by hand over a table as if its columns had always been there.
    """
    say("Own fields ...")
    judge = Judge(12, world.size)
    with transaction() as session:
        _fill(session)
    with transaction() as session:
        plain_columns.lay(session)
    say("Goal 12 ...")
    lines = [*_lines(judge)]
    with transaction() as session:
        plain_columns.clear(session)
    return lines


def _lines(judge: Judge) -> Iterator[Line]:
    version = postgis_version()
    pair = side_by_side(Side(partial(_ours, OWN)), Side(partial(_ours, USUAL)), RUNS)
    yield judge.compared("own fields, columns of the registry", pair, COLUMNS, version)
    for name, asked, peer in (
        ("own fields, a filter on four", FILTER, plain_columns.filtered),
        ("own fields, an indicator", INDICATOR, plain_columns.reckoned),
    ):
        ours, theirs = Side(partial(_ours, asked)), Side(partial(_peer, peer))
        yield judge.compared(name, side_by_side(ours, theirs, RUNS), TOLD, version)
    model_id = _score()
    run = Side(partial(_run, model_id), lambda _: _sums(model_id))
    plain = Side(partial(_peer, plain_columns.scored), lambda _: _peer(plain_columns.sums))
    pair = side_by_side(run, plain, SCORE_RUNS)
    yield judge.compared("a score of everybody, kept in parts", pair, TOLD, version)


def _fill(session: Session) -> None:
    """Ask four fields and an indicator of everybody, once; no trigger notes what is said."""
    if session.scalar(select(func.count()).where(OwnField.code == ROOF)):
        return
    session.add_all(Word(list=ROOF, code=c, labels={"en": c}) for c in ("straw", "metal"))
    session.flush()
    for code, kind in KINDS.items():
        listed = ROOF if kind is FieldType.WORD else None
        add_field(
            session, Wanted(Scope.GROUP, code, kind, {"en": code}, word_list=listed), actor=ADA
        )
    plot = Wanted(
        Scope.GROUP,
        "bench_plot",
        FieldType.NUMBER,
        {"en": "Land a room"},
        computed="bench_land / bench_rooms",
    )
    add_field(session, plot, actor=ADA)
    for statement in (QUIET, FILL, AWAKE, LOOK):
        session.execute(statement)


def _ours(written: str) -> tuple[int, int]:
    with transaction(ADA) as session:
        terms = widest_terms(session, DAY, actor=ADA)
        found = count_matching(session, written, DAY, actor=ADA, terms=terms)
        return found.meant, found.of


def _peer(asked: Callable[[Session], Any]) -> Any:
    with transaction() as session:
        return asked(session)


def _score() -> int:
    """The score in force."""
    with transaction(ADA) as session:
        there = session.scalar(select(ScoreModel.id).where(ScoreModel.code == "BENCH"))
        if there is not None:
            return there
        written = Written({"en": "Bench"}, Decimal("0.25"), TERMS, BANDS)
        made = write_score(session, "BENCH", written, actor=ADA)
        return activate_score(session, "BENCH", made.version, actor=BEN).id


def _run(model_id: int) -> None:
    """From nothing, as the first time."""
    with transaction() as session:
        session.execute(text("truncate scores"))
    with transaction(ADA) as session:
        run_score(session, model_id, actor=ADA)


def _sums(model_id: int) -> tuple[object, ...]:
    with transaction() as session:
        poor = func.count().filter(Score.band == "poor")
        told = select(func.count(Score.value), func.sum(Score.value), poor)
        return tuple(session.execute(told.where(Score.model_id == model_id)).one())
