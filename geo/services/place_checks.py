"""Places are looked over: which cannot stand where they say, or say it too vaguely to be believed.

A part of the act that moved somebody, and of the job that looks over all of them. What is found is
judged by the areas in force; a doubt that somebody took on them does not come back.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    and_,
    column,
    false,
    insert,
    select,
    table,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from core.country import country
from geo.models.locations import Location


def check_places(session: Session, asked: Select[int], standing: Select[int]) -> int:
    """Look over these places, and all at the same spots; answers how many of them are doubted.

    `standing` are the places somebody stands at: no other is doubted. Needs the areas of the places
    (`settle`).
    """
    session.flush()
    session.execute(text("drop table if exists looking"))
    session.execute(text("create temp table looking (id bigint, stands boolean) on commit drop"))
    session.execute(_looked_at(asked, standing))
    session.execute(text("analyze looking"))
    doubted: int = session.scalars(FIND, _limits()).one()
    session.execute(text("drop table looking"))
    return doubted


def _limits() -> dict[str, object]:
    """What the country doubts: so many measured at exactly one spot, so few metres from the middle
    of an area (a middle that was filled in is no place), so inaccurate, so old."""
    at = country()
    old = f"{at.old_months} months"
    return {"crowd": at.crowd, "near": at.near_m, "vague": at.vague_m, "old": old}


def _looked_at(asked: Select[int], standing: Select[int]) -> Insert:
    """The places asked about, and those somebody stands at where one of them is."""
    here, beside = aliased(Location), aliased(Location)
    meant = select(here.id, here.lon, here.lat, here.cell).where(here.id.in_(asked))
    spots = meant.cte("meant").prefix_with("materialized")
    same_spot = and_(
        beside.cell == spots.c.cell, beside.lon == spots.c.lon, beside.lat == spots.c.lat
    )
    near = select(beside.id, true()).join(spots, same_spot).where(_stood_at(beside.id, standing))
    pointless = select(spots.c.id, false()).where(spots.c.lon.is_(None))
    left = select(spots.c.id, false()).where(~_stood_at(spots.c.id, standing))
    into = table("looking", column("id"), column("stands"))
    everyone = union_all(near, pointless, left).subquery()
    return insert(into).from_select(["id", "stands"], select(everyone).distinct())


def _stood_at(place: Any, standing: Select[int]) -> ColumnElement[bool]:
    """Whether somebody stands at a place: asked of each, as a place or two are looked over often,
    and all who stand anywhere are many."""
    (stands,) = standing.selected_columns
    return standing.where(stands == place).exists()


FIND = text("""
    with country as (
        select exists (select from areas where is_leaf and valid_to is null) as is_known
    ), looked as materialized (
        select l.id, l.lon, l.lat, l.point, l.accuracy_m, l.source, l.taken_at, l.area_id,
               l.stated_area_id, l.lon = 0 and l.lat = 0 as at_zero,
               l.source in ('gps', 'building', 'address') as is_exact
        from looking k join locations l on l.id = k.id
        where k.stands and l.lon is not null
    ), turned as (
        select p.id from looked p
        where p.area_id is null and not p.at_zero and p.lon between -90 and 90
          and exists (
              select from area_parts part join areas a on a.id = part.area_id
              where a.valid_to is null
                and ST_Intersects(part.part, ST_SetSRID(ST_MakePoint(p.lat, p.lon), 4326)))
    ), elsewhere as (
        select p.id from looked p
        join areas at on at.id = p.area_id
        join areas said on said.id = p.stated_area_id
        join areas now on now.pcode = said.pcode and now.valid_to is null
        where now.id <> all (at.path) and at.id <> all (now.path)
          and not ST_Intersects(now.shape, p.point)
    ), crowds as (
        select lon, lat from looked where source = 'gps'
        group by lon, lat having count(*) > :crowd
    ), middles as materialized (
        select a.id, unnest(array[a.centre, ST_Centroid(a.shape)]) as middle
        from areas a
        where a.id in (
            select unnest(at.path) from areas at where at.id in (select area_id from looked))
    ), central as (
        select distinct p.id from looked p
        join areas at on at.id = p.area_id
        join middles m on m.id = any (at.path)
        where p.is_exact and abs(ST_Y(m.middle) - p.lat) < 0.001
          and ST_DWithin(m.middle::geography, p.point::geography, :near)
    ), found as (
        select p.id, coalesce(p.area_id, p.stated_area_id) as area_id, array_remove(array[
            case when turned.id is not null then 'swapped' end,
            case when p.at_zero
                   or 0 in (p.lon, p.lat) and p.area_id is null and country.is_known
                      and turned.id is null
                 then 'zero' end,
            case when p.area_id is null and country.is_known and turned.id is null
                  and 0 not in (p.lon, p.lat)
                 then 'foreign' end,
            case when elsewhere.id is not null then 'outside_area' end,
            case when crowds.lon is not null and not p.at_zero then 'crowded' end,
            case when central.id is not null then 'centroid' end,
            case when p.is_exact and not p.at_zero and p.lon = round(p.lon::numeric, 2)::float8
                  and p.lat = round(p.lat::numeric, 2)::float8
                 then 'round' end,
            case when p.accuracy_m > :vague then 'inaccurate' end,
            case when p.taken_at < now() - cast(:old as interval) then 'stale' end
        ], null) as codes
        from looked p
        cross join country
        left join turned on turned.id = p.id
        left join elsewhere on elsewhere.id = p.id
        left join crowds on crowds.lon = p.lon and crowds.lat = p.lat and p.source = 'gps'
        left join central on central.id = p.id
    ), kept as (
        insert into place_checks as c (location_id, area_id, codes)
        select id, area_id, codes from found where codes <> '{}'
        on conflict (location_id) do update set
            area_id = excluded.area_id,
            codes = array(select d from unnest(excluded.codes) d where d <> all (c.accepted)),
            accepted = array(select d from unnest(c.accepted) d where d = any (excluded.codes)),
            looked_at = now()
        returning c.codes
    ), cleared as (
        delete from place_checks c using looking k
        where k.id = c.location_id
          and not exists (select from found f where f.id = k.id and f.codes <> '{}')
    )
    select count(*) from kept where codes <> '{}'
""")
