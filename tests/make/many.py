"""A hundred communes with twenty thousand households, for plans and proofs of scale."""

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.bulk import copy_array
from tests.make.geo import make_area

SIDE = 10  # communes each way, each a tenth of a degree
HOUSEHOLDS = text("""
    with places as (
        insert into locations (lon, lat, accuracy_m, source, area_id)
        select lon, lat, 6, 'gps', area_id from spots returning id, area_id
    ), homes as (
        insert into registrants (kind, code, name, location_id, area_id)
        select 'group', 'H' || id, 'Household ' || id, id, area_id from places order by id
        returning id, area_id
    )
    insert into groups (registrant_id, area_id) select id, area_id from homes
""")


def make_many(session: Session, households: int = 20_000) -> None:
    """Households at random in a hundred communes, laid down in the order of the communes."""
    country = make_area(session, "M", shapely.box(0, 0, 1, 1), is_leaf=False)
    communes = [
        make_area(
            session,
            f"M{row}{column}",
            shapely.box(column / SIDE, row / SIDE, (column + 1) / SIDE, (row + 1) / SIDE),
            country,
        ).id
        for row in range(SIDE)
        for column in range(SIDE)
    ]
    session.execute(
        text("create temporary table spots (lon float8, lat float8, area_id bigint) on commit drop")
    )
    copy_array(session, "spots", _spots(np.array(communes), households))
    session.execute(HOUSEHOLDS)


def _spots(communes: np.ndarray, households: int) -> np.ndarray:
    chance = np.random.default_rng(7)
    spots = np.empty(households, [("lon", "f8"), ("lat", "f8"), ("area_id", "i8")])
    spots["lon"], spots["lat"] = chance.random((2, households))
    row, column = ((spots[axis] * SIDE).astype(int) for axis in ("lat", "lon"))
    spots["area_id"] = communes[row * SIDE + column]
    return np.sort(spots, order="area_id")
