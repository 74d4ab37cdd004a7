"""Goals 5 and 9: what the audit trail costs an act over everybody, and what verifying it takes."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import CursorResult, TextClause, select, text
from sqlalchemy.orm import Session

from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers import row_chain
from bench.world import World, postgis_version, undone
from core import audit
from core.actor import Actor
from core.db import transaction
from core.proofs import verify
from core.seals import seal
from programs.models.programs import Program

RUNS = 2  # of a million rows each
CHAINED = 20_000  # rows of which each is chained on its own
MILLION = 1_000_000
SLOWEST = 2.0  # seconds to verify a million changed rows
WHO = Actor(id=0, name="The bench", permissions=frozenset(), national=True)
AUDITED = ("program_memberships", "entitlements", "bench_rows")
Told = dict[str, int]
Say = Callable[[str], None]

# A program with a cycle that everybody is in.
WORLD = (
    text("insert into organisations (name) values ('The bench')"),
    text("""
        insert into programs (number, name, purposes, organisation_id, currency, state, archived,
                              made_by)
        select 'PROG-2026-99999999', 'The bench', array['bench'], max(id), 'MUR', 'active', false, 0
        from organisations
    """),
    text("""
        insert into benefits (program_id, name, delivery)
        select max(id), 'Cash', 'cash' from programs
    """),
    text("""
        insert into benefit_items (benefit_id, place, expression)
        select max(id), 1, '100' from benefits
    """),
    text("""
        insert into selections (code, name, made_by, combine)
        values ('bench', 'The bench', 0, 'union')
    """),
    text("""
        insert into rosters (code, name, selection_id, state, made_by)
        select 'bench', 'The bench', max(id), 'frozen', 0 from selections
    """),
    text("""
        insert into cycles (program_id, number, name, roster_id, starts_on, state, made_by)
        select (select max(id) from programs), 1, 'Bench', (select max(id) from rosters),
               '2026-11-20', 'draft', 0
    """),
)
MEMBERS = text("""
    insert into program_memberships (program_id, registrant_id, area_id, state)
    select :program, id, area_id, 'enrolled' from registrants
    where kind = 'group' order by id limit :rows
""")
ENTITLEMENTS = text("""
    insert into entitlements (cycle_id, registrant_id, benefit_id, area_id, amount)
    select (select max(id) from cycles), m.registrant_id, (select max(id) from benefits),
           m.area_id, 100
    from program_memberships m order by m.id
""")
NOBODY = text("truncate entitlements, program_memberships cascade")
APPROVED = text("update entitlements set state = 'approved'")
# A table with a key and nothing else, so that what is measured is the trail.
BARE = (
    text("""
        create table if not exists bench_rows
        (id bigint generated always as identity primary key, registrant_id bigint, state text)
    """),
    text("""
        call keep_changes('bench_rows', 'id', 'r.registrant_id',
                          array['registrant_id', 'state'])
    """),
)
ROWS = text("""
    insert into bench_rows (registrant_id, state)
    select id, 'enrolled' from registrants where kind = 'group' order by id limit :rows
""")
QUIET = "alter table {} {} trigger user"
MEASURED = ("large", "huge")


class Undone(Exception):
    """What was measured is not kept."""


def measure_acts(world: World, say: Say) -> list[Line]:
    """An act over all households, beside the same act that notes nothing of the rows."""
    judge, told = Judge(5, world.size), _stand()
    say("Goal 5 ...")
    given = side_by_side(*_sides((MEMBERS, ENTITLEMENTS), told), RUNS)
    with transaction() as session, _unnoted(session):
        _run(session, (MEMBERS, ENTITLEMENTS), told)
    changed = side_by_side(*_sides((APPROVED,), told), RUNS)
    with transaction() as session, _unnoted(session):
        session.execute(NOBODY)
    target = Target(at_most=1.5 if world.size in MEASURED else None)
    return [
        judge.compared("audited act, rows given", given, target, postgis_version()),
        judge.compared("audited act, states changed", changed, target, postgis_version()),
    ]


def measure_chain(world: World, say: Say) -> list[Line]:
    """Rows noted and sealed, beside rows of which nothing is noted; then verified."""
    judge, told = Judge(9, world.size), _stand()
    say("Goal 9 ...")
    row_chain.prepare()
    few = told | {"rows": CHAINED}
    rows = side_by_side(*_sides((ROWS,), told), RUNS)
    chained = side_by_side(_sides((ROWS,), few)[0], Side(lambda: _row_by_row(few)), RUNS)
    triggered = side_by_side(_sides((ROWS,), told)[0], Side(lambda: _by_row_trigger(told)), 1)
    with transaction() as session:
        _run(session, (ROWS,), told)
    judged = world.size in MEASURED
    one_by_one = Target(at_least=25 if judged else None)
    return [
        judge.compared("audit, unaudited", rows, Target(at_most=6), postgis_version()),
        judge.compared("audit, chained row by row", chained, one_by_one, "an application"),
        judge.compared("audit, chained by row triggers", triggered, Target(), "a row trigger"),
        judge.limited("verifying a million", _verified(), SLOWEST if judged else None),
    ]


def _sides(statements: Sequence[TextClause], told: Told) -> tuple[Side, Side]:
    """An act with its rows noted and sealed, and the same act with nothing noted of its rows."""

    def noted() -> int:
        with undone() as session:
            return _run(session, statements, told)

    def unnoted() -> int:
        with undone() as session, _unnoted(session):
            return _run(session, statements, told)

    return Side(noted), Side(unnoted)


def _row_by_row(told: Told) -> int:
    with undone() as session, _unnoted(session):
        return row_chain.write(session, told["rows"])


def _run(session: Session, statements: Sequence[TextClause], told: Told) -> int:
    program = session.get_one(Program, told["program"])
    with audit.act(session, WHO, "bench.act", program) as figures:
        done = [session.execute(each, told) for each in statements]
        figures["rows"] = sum(cast("CursorResult[Any]", each).rowcount for each in done)
    seal(session)
    return int(figures["rows"])


def _by_row_trigger(told: Told) -> int:
    with undone() as session, _unnoted(session):
        session.execute(row_chain.CHAINED)
        return _run(session, (ROWS,), told)


@contextmanager
def _unnoted(session: Session) -> Iterator[None]:
    """For as long as the block lasts, triggers note nothing of the rows of an act."""
    for table in AUDITED:
        session.execute(text(QUIET.format(table, "disable")))
    yield
    for table in AUDITED:
        session.execute(text(QUIET.format(table, "enable")))


def _verified() -> list[float]:
    """Seconds it takes to verify a million changed rows, by all there are."""
    with transaction() as session:
        began = time.perf_counter()
        proof = verify(session)
        took = time.perf_counter() - began
    if proof.breaks:
        raise RuntimeError(proof.breaks[0])
    return [took * MILLION / max(1, proof.changes)]


def _stand() -> Told:
    """A bare table, and a program with a cycle that everybody is in, made once."""
    with transaction() as session:
        for statement in BARE:
            session.execute(statement)
        known = select(Program.id).where(Program.name == "The bench")
        if session.scalar(known) is None:
            for statement in WORLD:
                session.execute(statement)
        return {"program": session.scalars(known).one(), "rows": MILLION}
