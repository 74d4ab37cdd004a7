"""All the land that is held on maps: here as tiles, elsewhere as a collection.

A plot is shown as it lies to who may see exact places and read the registry; to who may only count,
plots are added up in cells, and too few of them are joined with their neighbours or left out.
"""

from collections.abc import Collection as Some
from typing import Any

from sqlalchemy import (
    CTE,
    Integer,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.cql import Kind, Term
from core.words import _
from geo.models.areas import Area
from geo.models.plots import Plot
from geo.permissions import May as Geo
from geo.queries.features import Collection
from geo.queries.queryables import area_terms
from registry.counting.tiles import CELLS, EXTENT, JOINED
from registry.models.holdings import Holding
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.answers import fewest
from registry.queries.consents import SHARING, declined
from registry.queries.household_collections import sees_households
from registry.queries.land import HECTARES, held_today
from registry.queries.tiles import STREET, Tile

PLOTS = "plots"


def land_title() -> str:
    return _("Plots of land, who holds them and how")


def every_plot(actor: Actor) -> Collection:
    """The plots held today within reach, drawn from street zoom on; without those of who does not
    agree to be shown to others.

    Raises:
        Forbidden
    """
    actor.require(Geo.EXACT_LOCATIONS)
    actor.require(May.READ_REGISTRANTS)
    said = _said_of_holdings(actor)
    rows = (
        select(Plot.id)
        .join(said, said.c.plot_id == Plot.id)
        .outerjoin(Area, Area.id == Plot.area_id)
    )
    exact, hectares = Geo.EXACT_LOCATIONS, Plot.km2 * HECTARES
    return Collection(
        PLOTS,
        land_title(),
        rows,
        Plot.number,
        Plot.shape,
        {
            "number": Plot.number,
            "hectares": hectares,
            "holders": said.c.holders,
            "tenure": said.c.tenure,
            "use": said.c.use,
            "crop": said.c.crop,
            "pcode": Area.pcode,
            "source": Plot.source,
            "accuracy_m": Plot.accuracy_m,
            "taken_at": Plot.taken_at,
        },
        {
            "geometry": Term(Plot.shape, Kind.GEOMETRY, _("Its shape"), exact),
            "number": Term(Plot.number, Kind.TEXT, _("Number of the plot"), exact),
            "hectares": Term(hectares, Kind.NUMBER, _("Hectares"), exact),
            "tenure": Term(said.c.tenure, Kind.TEXT, _("How it is held"), exact),
            "use": Term(said.c.use, Kind.TEXT, _("What it is used for"), exact),
            **area_terms(Plot.area_id),
        },
        first_zoom=STREET,
    )


def _said_of_holdings(actor: Actor) -> Subquery:
    """By plot, how and by whom it is held; of several holders everything, with commas."""
    shy = aliased(Holding)
    hidden = exists().where(
        shy.plot_id == Holding.plot_id,
        shy.until.is_(None),
        shy.registrant_id.in_(declined(SHARING)),
    )

    def all_of(column: Any) -> Any:
        return func.string_agg(column.distinct(), literal_column("', '"))

    held = held_today(actor).where(~hidden).group_by(Holding.plot_id)
    return held.with_only_columns(
        Holding.plot_id,
        all_of(Registrant.number).label("holders"),
        all_of(Holding.tenure).label("tenure"),
        all_of(Holding.use).label("use"),
        all_of(Holding.crop).label("crop"),
    ).subquery("said")


def holders_of(session: Session, numbers: Some[str]) -> list[int]:
    """The keys of who holds plots, by the numbers of these, for the looks at them."""
    held = select(Holding.registrant_id).join(Plot, Plot.id == Holding.plot_id)
    return list(session.scalars(held.where(Plot.number.in_(numbers), Holding.until.is_(None))))


def plot_tile(session: Session, tile: Tile, *, actor: Actor) -> bytes:
    """One tile of the land that is held, layer `plots`; empty bytes where there is none.

    Cells carry `n`, plots their `number`.

    Raises:
        Forbidden
    """
    actor.require(May.COUNT_REGISTRANTS)
    exact = sees_households(actor)
    if exact and tile[0] >= STREET:
        layer = _as_they_lie(tile, actor)
    else:
        layer = _in_cells(tile, actor, 1 if exact else fewest())
    whole = func.ST_AsMVT(literal_column("layer"), PLOTS, EXTENT, "geom")
    return bytes(session.scalar(select(whole).select_from(layer.subquery("layer"))) or b"")


def _near(tile: Tile) -> Any:
    return Plot.shape.op("&&")(func.ST_Transform(func.ST_TileEnvelope(*tile), 4326))


def _as_they_lie(tile: Tile, actor: Actor) -> Select[Any]:
    shape = func.ST_Transform(Plot.shape, 3857)
    drawn = func.ST_AsMVTGeom(shape, func.ST_TileEnvelope(*tile), EXTENT, 64, True)
    held = select(held_today(actor).subquery().c.plot_id)
    return select(Plot.number, drawn.label("geom")).where(_near(tile), Plot.id.in_(held))


def _in_cells(tile: Tile, actor: Actor, few: int) -> Select[Any]:
    """Plots added up in the cells their middles lie in, and where they lie on average."""
    held = select(held_today(actor).subquery().c.plot_id)
    middle = func.ST_Transform(func.ST_Centroid(Plot.shape), 3857)
    box = func.ST_TileEnvelope(*tile)
    each = (
        select(func.ST_X(middle).label("x"), func.ST_Y(middle).label("y"))
        .where(_near(tile), Plot.id.in_(held))
        .subquery("each")
    )
    west, south, east, north = (
        side(box) for side in (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
    )
    column = func.width_bucket(each.c.x, west, east, CELLS) - 1
    row = func.width_bucket(each.c.y, south, north, CELLS) - 1
    inside = and_(column.between(0, CELLS - 1), row.between(0, CELLS - 1))
    one = select(
        column.label("column"),
        row.label("row"),
        literal_column("1").label("n"),
        each.c.x,
        each.c.y,
    ).where(inside)
    cells = _added_up(one.subquery("one"), 1).cte("cells")
    joined = _added_up(select(cells).where(cells.c.n < few).subquery("few"), JOINED)
    left = joined.subquery("joined")
    told = union_all(
        select(cells).where(cells.c.n >= few), select(left).where(left.c.n >= few)
    ).subquery("told")
    point = func.ST_SetSRID(func.ST_MakePoint(told.c.x, told.c.y), 3857)
    drawn = func.ST_AsMVTGeom(point, box, EXTENT, 0, True).label("geom")
    return select(told.c.n, drawn)


def _added_up(cells: Subquery | CTE, each_way: int) -> Select[Any]:
    column, row = (
        cast(func.floor(place / float(each_way)), Integer)
        for place in (cells.c.column, cells.c.row)
    )
    n = cast(func.sum(cells.c.n), Integer)
    x, y = ((func.sum(side * cells.c.n) / n).label(side.name) for side in (cells.c.x, cells.c.y))
    placed: list[Any] = [column.label("column"), row.label("row")]
    told: Select[Any] = select(*placed, n.label("n"), x, y)
    return told.group_by(*placed)
