"""Some households of a country that are lived in: people, identifiers, a list, a cycle, vouchers.

Laid down by statements over sets, beside which the planner has its statistics; what the product
would have to decide is not decided here, only what it would have written.
"""

import shapely
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from bench.hot import Asked
from geo.models.areas import Area
from geo.vector.mercator import column_of, row_of
from registry.models.rosters import Roster

PEOPLE = text("""
    insert into registrants (kind, code, name, location_id, area_id)
    select 'individual', 'bench-' || id,
           initcap(translate(md5(id::text), '0123456789', ' aeiou rnl')), location_id, area_id
    from registrants
    where kind = 'group' and location_id is not null and area_id is not null
    order by id limit :households
""")
INDIVIDUALS = text("""
    insert into individuals (registrant_id, sex, birth_date, area_id)
    select id, 'female', '1990-03-14', area_id from registrants
    where kind = 'individual' and code like 'bench-%' order by id
""")
MEMBERSHIPS = text("""
    insert into memberships (group_id, member_id, kind, area_id)
    select substr(code, 7)::bigint, id, 'head', area_id from registrants
    where kind = 'individual' and code like 'bench-%' order by id
""")
IDENTIFIERS = text("""
    insert into identifiers (registrant_id, type, value, key, area_id)
    select id, 'national_id', 'N' || id, 'N' || id, area_id from registrants
    where kind = 'individual' and code like 'bench-%' order by id
""")
LIST = text("""
    with selection as (
        insert into selections (code, name, combine, made_by)
        values ('BENCH', 'Bench', 'union', 0) returning id
    ), roster as (
        insert into rosters (code, name, selection_id, state, made_by, hash)
        select 'BENCH', 'Bench', id, 'frozen', 0, repeat('0', 64) from selection returning id
    )
    insert into roster_members (roster_id, registrant_id, location_id, area_id, status)
    select roster.id, home.id, home.location_id, home.area_id, 'in'
    from roster, memberships join registrants home on home.id = memberships.group_id
""")
CYCLE = text("""
    with office as (
        insert into organisations (name) values ('Office of the bench') returning id
    ), program as (
        insert into programs (number, name, purposes, organisation_id, currency, state, archived,
                              made_by)
        select 'PROG-0000-00000001', 'Bench', array['bench'], id, 'KES', 'active', false, 0
        from office
        returning id
    ), benefit as (
        insert into benefits (program_id, name, delivery)
        select id, 'Food', 'voucher' from program returning id, program_id
    ), item as (
        insert into benefit_items (benefit_id, place, expression)
        select id, 1, '50' from benefit
    )
    insert into cycles (program_id, number, name, roster_id, starts_on, state, made_by)
    select benefit.program_id, 1, 'First', rosters.id, '2026-11-19', 'distributed', 0
    from benefit, rosters where rosters.code = 'BENCH'
""")
OF_CYCLE = """
    from cycles join rosters on rosters.id = cycles.roster_id and rosters.code = 'BENCH'
    join benefits on benefits.program_id = cycles.program_id
    join roster_members as member on member.roster_id = rosters.id
"""
MEMBERS = text(f"""
    insert into cycle_members (cycle_id, registrant_id, area_id, people, state)
    select cycles.id, member.registrant_id, member.area_id, 1, 'enrolled' {OF_CYCLE}
    order by member.registrant_id
""")
ENTITLEMENTS = text(f"""
    insert into entitlements (cycle_id, registrant_id, benefit_id, area_id, amount, state)
    select cycles.id, member.registrant_id, benefits.id, member.area_id, 50, 'sent' {OF_CYCLE}
    order by member.registrant_id
""")
VOUCHERS = text("""
    insert into vouchers (entitlement_id, area_id, expires_on)
    select id, area_id, '2099-01-01' from entitlements order by id
""")
# New words wait beside a trigram index until somebody tidies up; the planner counts them in.
TIDY = text("""
    select gin_clean_pending_list('ix_registrants_names'),
           gin_clean_pending_list('ix_registrants_bones')
""")
STATISTICS = text("""
    analyze registrants, individuals, memberships, identifiers, groups, locations, roster_members,
            cycle_members, entitlements, vouchers, areas
""")
STEPS = (
    *(PEOPLE, INDIVIDUALS, MEMBERSHIPS, IDENTIFIERS, LIST, CYCLE, MEMBERS, ENTITLEMENTS, VOUCHERS),
    *(TIDY, STATISTICS),
)
# Of the areas lived in, one of middling size, and somebody who lives there.
SOMEBODY = text("""
    with lived_in as (
        select area_id, count(*) as n from roster_members group by area_id
    ), middling as (
        select area_id from lived_in order by n desc, area_id
        offset (select count(*) / 2 from lived_in) limit 1
    )
    select home.id, home.number, home.area_id, person.name, place.lon, place.lat,
           identifiers.value as identifier, vouchers.code as voucher,
           entitlements.cycle_id, member.roster_id
    from middling
    join roster_members as member on member.area_id = middling.area_id
    join registrants as home on home.id = member.registrant_id
    join memberships on memberships.group_id = home.id
    join registrants as person on person.id = memberships.member_id
    join identifiers on identifiers.registrant_id = person.id
    join locations as place on place.id = home.location_id and place.lon is not null
    join entitlements on entitlements.registrant_id = home.id
    join vouchers on vouchers.entitlement_id = entitlements.id
    order by home.id limit 1
""")
STREET = 15
FAR = 0.02  # degrees, half the side of what is drawn


def settle(session: Session, households: int) -> Asked:
    """Let so many households be lived in, and answer whom and what to ask about."""
    for step in STEPS:
        session.execute(step, {"households": households})
    return _asked(session, session.execute(SOMEBODY).one())


def _asked(session: Session, row: Row[*tuple[object, ...]]) -> Asked:
    found = row._asdict()
    lon, lat = found["lon"], found["lat"]
    drawn = shapely.MultiPolygon([shapely.Point(lon, lat).buffer(FAR)])
    return Asked(
        number=found["number"],
        registrant_id=found["id"],
        name=found["name"],
        identifier=found["identifier"],
        area=session.get_one(Area, found["area_id"]),
        drawn=bytes(shapely.to_wkb(drawn)),
        tile=(STREET, column_of(lon, STREET), row_of(lat, STREET)),
        roster=session.get_one(Roster, found["roster_id"]),
        cycle_id=found["cycle_id"],
        voucher=found["voucher"],
    )
