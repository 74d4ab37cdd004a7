"""One filter as somebody who knows the tables writes it in SQL by hand, for it alone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

COUNT = text("""
    with recursive inside as (
        select id from areas where pcode = :pcode and valid_to is null
        union all
        select below.id from areas below join inside on below.parent_id = inside.id
    ),
    wet as materialized (
        select e.location_id
        from exposure e
        where e.release_id = :release_id and e.status = 'in' and e.value >= :at_least
          and not exists (
              select from exposure_due d
              where d.release_id = e.release_id and d.location_id = e.location_id)
    ),
    homes as materialized (
        select r.id
        from wet join registrants r on r.location_id = wet.location_id
        join memberships m on m.group_id = r.id and m.kind = 'head' and m.ended_on is null
        join individuals head on head.registrant_id = m.member_id and head.sex <> 'male'
        where r.kind = 'group' and r.state = 'active' and r.area_id in (select id from inside)
    )
    select count(*) from (
        select i.counted_in
        from individuals i
        where i.counted_in in (select id from homes) and i.birth_date > :five_years_ago
        group by i.counted_in
        having count(*) >= 2
    ) as met
""")


@dataclass(frozen=True)
class Asked:
    """What the filter asks: an area, a release of depths and a depth in metres, and a day."""

    pcode: str
    release_id: int
    at_least: float
    on: date


def count(session: Session, asked: Asked) -> int:
    """How many households meet it."""
    values = {
        "pcode": asked.pcode,
        "release_id": asked.release_id,
        "at_least": asked.at_least,
        "five_years_ago": asked.on.replace(year=asked.on.year - 5),
    }
    return int(session.execute(COUNT, values).scalar_one())
