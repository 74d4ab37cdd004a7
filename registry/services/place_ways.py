"""The statements that write the places a correction makes, by what is done about them. They read
`correcting`: pairs of a new key and the place, or the registrant without one, whose turn it takes.
"""

from sqlalchemy import text

from geo.models.place_checks import CorrectionKind

TOUCHED = text("correcting cross join unnest(array[id, old_id]) as place")

PAIRS = text("""
    create temp table correcting (
        id bigint default nextval(pg_get_serial_sequence('locations', 'id')),
        old_id bigint, registrant_id bigint
    ) on commit drop
""")

KEEP = text("""
    insert into corrected_places (correction_id, location_id, before_id, area_id)
    select :correction, c.id, c.old_id, coalesce(l.area_id, l.stated_area_id, (
        select min(r.area_id) from registrants r
        where r.id = c.registrant_id or r.location_id = c.old_id))
    from correcting c left join locations l on l.id = c.old_id
""")

TO_SPOTS = text("""
    insert into locations (id, lon, lat, accuracy_m, source, taken_at, stated_area_id)
    select c.id, s.lon, s.lat, s.accuracy_m, :source, now(), l.stated_area_id
    from correcting c
    join lateral (
        select lon, lat, accuracy_m from spots s
        where s.place_id = c.old_id or s.registrant_id = c.registrant_id
        order by s.registrant_id limit 1
    ) as s on true
    left join locations l on l.id = c.old_id
""")

NEW_PLACES = {
    CorrectionKind.TURN: text("""
        insert into locations (id, lon, lat, accuracy_m, source, taken_at, stated_area_id)
        select c.id, l.lat, l.lon, l.accuracy_m, l.source, l.taken_at, l.stated_area_id
        from correcting c join locations l on l.id = c.old_id
    """),
    CorrectionKind.AREA_ONLY: text("""
        insert into locations (id, source, taken_at, area_id)
        select c.id, 'area', l.taken_at, coalesce(l.stated_area_id, l.area_id, (
            select min(r.area_id) from registrants r where r.location_id = l.id))
        from correcting c join locations l on l.id = c.old_id
    """),
    CorrectionKind.MOVE: text("""
        insert into locations (id, lon, lat, accuracy_m, source, taken_at, area_id)
        select c.id, :lon, :lat, :accuracy, :source, now(), (
            select a.id from areas a
            where a.pcode = :pcode and a.valid_to is null and cast(:lon as float8) is null)
        from correcting c
    """),
    CorrectionKind.SHIFT: text("""
        insert into locations (id, lon, lat, accuracy_m, source, taken_at, stated_area_id)
        select c.id, ST_X(there.point), ST_Y(there.point), l.accuracy_m, l.source, l.taken_at,
               l.stated_area_id
        from correcting c
        join locations l on l.id = c.old_id
        cross join lateral (
            select cast(ST_Project(cast(l.point as geography), :way, :azimuth) as geometry)
        ) as there(point)
    """),
    CorrectionKind.EACH: TO_SPOTS,
    CorrectionKind.SNAP: TO_SPOTS,
}
