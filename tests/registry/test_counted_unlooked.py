"""Who counts where is found by keys also where the planner last saw the tables empty."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.db import new_session
from registry.models.registrants import Individual
from tests.make.registry import make_household, make_person

FAMILIES = 40
READ = text(
    "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables"
    " where relname in ('registrants', 'groups', 'individuals', 'memberships')"
)


def test_one_more_member_reads_few_rows_on_tables_last_looked_at_when_empty(apart: None) -> None:
    with new_session() as session:
        _register(session, FAMILIES)
        session.rollback()
    with new_session() as session, session.begin():
        session.execute(text("analyze registrants, groups, individuals, memberships"))

    with new_session() as session:
        _register(session, FAMILIES)
        before = session.scalars(READ).one()
        _register(session, 1)
        read = session.scalars(READ).one() - before
        counted = session.scalar(select(func.count(Individual.counted_in.distinct())))
        session.rollback()

    assert counted == FAMILIES + 1
    assert read < 10_000  # 200,000 where each of four joins reads a whole table


def _register(session: Session, families: int) -> None:
    for _family in range(families):
        make_person(session, make_household(session))
