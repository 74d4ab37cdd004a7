"""Who was paid in a cycle, in strata and clusters of neighbours, and who of them is drawn."""

from typing import Any

from sqlalchemy import (
    Numeric,
    Select,
    SQLColumnExpression,
    Subquery,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import aliased

from geo.models.areas import Area
from geo.models.locations import Location
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.programs import Benefit
from programs.models.verifications import StratifiedBy
from programs.queries.targets import Whom
from registry.models.registrants import Registrant

GIVEN = (EntitlementState.REDEEMED, EntitlementState.PARTLY_REDEEMED)
PROVINCE = 1  # the level of the areas that strata of area are
WALK = 10  # households that one team walks to where they are drawn one by one
UNKNOWN = "-"  # the stratum of whom nobody knows where it belongs


def paid_in(cycle_id: int) -> Select[*tuple[Any, ...]]:
    """The households, or people, that received something in a cycle, and how much in all:
    `registrant_id, area_id, paid, delivery`."""
    return (
        select(
            Entitlement.registrant_id,
            func.max(Entitlement.area_id).label("area_id"),
            func.sum(Entitlement.redeemed).label("paid"),
            func.min(Benefit.delivery).label("delivery"),
        )
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
        .where(Entitlement.cycle_id == cycle_id, Entitlement.state.in_(GIVEN))
        .group_by(Entitlement.registrant_id)
    )


def drawn_of(
    cycle_id: int, whom: Whom, by: StratifiedBy, *, wanted: int, cluster: int, seed: int
) -> Select[*tuple[Any, ...]]:
    """Who is drawn: `registrant_id, area_id, paid, stratum, population, team, place`.

    Each stratum gives its share of what is wanted, rounded up. In it neighbours stand in clusters,
    along a curve that fills the plane; whole clusters are drawn, in an order that follows from the
    seed alone.
    """
    placed = _placed(cycle_id, whom, by)
    at = placed.c
    of_it = at.stratum
    numbered = select(
        placed,
        func.count().over(partition_by=of_it).label("population"),
        func.count().over().label("all"),
        (
            (func.row_number().over(partition_by=of_it, order_by=[at.cell, at.registrant_id]) - 1)
            // literal(cluster)
        ).label("cluster"),
    ).subquery("numbered")
    n = numbered.c
    lot = func.md5(func.concat_ws("|", literal(seed), n.stratum, n.cluster))
    in_order = func.count().over(partition_by=n.stratum, order_by=[lot, n.cluster])
    of_cluster = func.count().over(partition_by=[n.stratum, n.cluster])
    dealt = select(numbered, (in_order - of_cluster).label("before")).subquery("dealt")
    d = dealt.c
    share = func.ceil(cast(literal(wanted) * d.population, Numeric) / d["all"])
    place = func.row_number().over(order_by=[d.stratum, d.cluster, d.cell, d.registrant_id])
    walks = (place - 1) // literal(WALK) + 1  # of single ones those that follow one another
    team = func.dense_rank().over(order_by=[d.stratum, d.cluster]) if cluster > 1 else walks
    return select(
        d.registrant_id,
        d.area_id,
        d.paid,
        d.stratum,
        d.population,
        team.label("team"),
        place.label("place"),
    ).where(d.before < share)


def _placed(cycle_id: int, whom: Whom, by: StratifiedBy) -> Subquery:
    """Those who were paid, each with its stratum and the cell of the grid it stands in."""
    paid = paid_in(cycle_id).subquery("paid")
    leaf, area = aliased(Area), aliased(Area)
    strata: dict[StratifiedBy, SQLColumnExpression[Any]] = {
        StratifiedBy.NOTHING: literal(""),
        StratifiedBy.AREA: area.pcode,
        StratifiedBy.SEX: whom.sex(paid.c.registrant_id),
        StratifiedBy.MECHANISM: paid.c.delivery,
    }
    return (
        select(
            paid,
            func.coalesce(strata[by], UNKNOWN).label("stratum"),
            func.coalesce(Location.cell, 0).label("cell"),
        )
        .join(Registrant, Registrant.id == paid.c.registrant_id)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .outerjoin(leaf, leaf.id == paid.c.area_id)
        .outerjoin(area, area.id == leaf.path[PROVINCE + 1])
        .subquery("placed")
    )
