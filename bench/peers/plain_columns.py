"""The table of groups as if somebody had added columns to it by hand, and SQL written for them."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# What own fields say, beside all that groups have: as wide as it would be after years of work.
LAY = text("""
    create table plain_groups as
    select g.*, f.c_bench_roof as roof, f.c_bench_rooms as rooms, f.c_bench_land as land,
           f.c_bench_well as well
    from groups g left join group_fields f using (registrant_id)
    order by g.registrant_id
""")
KEY = text("alter table plain_groups add primary key (registrant_id)")
LOOK = text("analyze plain_groups")
GONE = text("drop table if exists plain_groups, plain_scores")
SCORES = text("""
    create table plain_scores (registrant_id bigint primary key, value numeric, band text)
""")
EMPTY = text("truncate plain_scores")
FILTER = text("""
    select count(*) filter (where g.roof = 'straw' and g.rooms < 3 and g.land > 1.5
                              and not g.well),
           count(*)
    from registrants r join plain_groups g on g.registrant_id = r.id
    where r.kind = 'group' and r.state = 'active' and g.kind = 'household'
""")
INDICATOR = text("""
    select count(*) filter (where g.land / nullif(g.rooms, 0)::numeric > 0.5), count(*)
    from registrants r join plain_groups g on g.registrant_id = r.id
    where r.kind = 'group' and r.state = 'active' and g.kind = 'household'
""")
SCORE = text("""
    insert into plain_scores
    select registrant_id, value,
           case when value >= 1 then 'poor' when value < 1 then 'better' end
    from (
        select r.id as registrant_id,
               0.25 + 0.1 * g.rooms + case g.roof when 'straw' then 0.6 when 'metal' then 0 end
               + case when g.well then 0 when not g.well then 0.2 end as value
        from registrants r join plain_groups g on g.registrant_id = r.id
        where r.kind = 'group' and r.state = 'active'
    ) as scored
    order by registrant_id
""")
SUM = text(
    "select count(value), sum(value), count(*) filter (where band = 'poor') from plain_scores"
)


def lay(session: Session) -> None:
    """Make the wide table of what own fields say now."""
    for statement in (GONE, LAY, KEY, LOOK, SCORES):
        session.execute(statement)


def clear(session: Session) -> None:
    """Take away what was laid."""
    session.execute(GONE)


def filtered(session: Session) -> tuple[object, ...]:
    """How many households a filter on four columns means, and of how many."""
    return tuple(session.execute(FILTER).one())


def reckoned(session: Session) -> tuple[object, ...]:
    """How many households have more than half a hectare a room, and of how many."""
    return tuple(session.execute(INDICATOR).one())


def scored(session: Session) -> None:
    """Reckon a score of three columns for everybody."""
    session.execute(EMPTY)
    session.execute(SCORE)


def sums(session: Session) -> tuple[object, ...]:
    """How many scores there are, their sum, and how many are poor."""
    return tuple(session.execute(SUM).one())
