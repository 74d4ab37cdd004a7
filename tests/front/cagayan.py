"""The Cagayan valley in the flood of Typhoon Vamco, November 2020, as the demo site's tiles.

Boundaries and the flood extent are the real ones of tests.places.DATA; depths, clouds and
households are made up here: one point for some twenty households of each barangay's census.
"""

from functools import cache
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tests.front.tiles import Feature, layer, tile_bounds
from tests.places import DATA

BOUNDS = (121.15, 16.55, 122.35, 18.6)
CLOUD = (
    shapely.Point(121.95, 17.95)
    .buffer(0.16, 32)
    .union(shapely.Point(121.72, 18.12).buffer(0.1, 32))
)
STREET = 13
CELL = 32  # cells of a tile, each way, in which households are added up


@cache
def areas(level: int) -> gpd.GeoDataFrame:
    """Areas of an administrative level: pcode, name, geometry."""
    frame = gpd.read_file(DATA / "admin" / "phl_r02_cod_ab.gpkg", layer=f"phl_admbnda_adm{level}")
    named = {f"ADM{level}_PCODE": "pcode", f"ADM{level}_EN": "name"}
    return frame.rename(columns=named)[["pcode", "name", "geometry"]].dropna()


@cache
def flood() -> Any:
    """The flood extent, generalised to some 50 m."""
    frame = gpd.read_file(DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson")
    return shapely.make_valid(frame.geometry.iloc[0].simplify(0.0004))


@cache
def flood_parts() -> np.ndarray:
    """The extent's polygons, each small enough for an index to be worth it."""
    return np.array(shapely.get_parts(flood()))


@cache
def households() -> pd.DataFrame:
    """lon, lat, n, depth (m; 0 dry, NaN not observed) of each point."""
    census = pd.read_csv(DATA / "exposure" / "phl_r02_psgc_population_2015_2020.csv")
    people = census.set_index("PCODE")["pop2020"]
    chance = np.random.default_rng(20201113)
    found = []
    for pcode, shape in areas(4)[["pcode", "geometry"]].itertuples(index=False):
        count = int(people.get(pcode, 0) / 90) + 1
        west, south, east, north = shape.bounds
        tries = chance.uniform((west, south), (east, north), (count * 6, 2))
        found.append(tries[shapely.contains_xy(shape, *tries.T)][:count])
    lon, lat = np.vstack(found).T
    wet = np.zeros(len(lon), dtype=bool)
    wet[shapely.STRtree(shapely.points(lon, lat)).query(flood_parts(), "intersects")[1]] = True
    depth = np.where(wet, chance.gamma(1.6, 0.6, len(lon)), 0.0)
    depth[shapely.contains_xy(CLOUD, lon, lat)] = np.nan
    return pd.DataFrame({"lon": lon, "lat": lat, "n": 20, "depth": depth})


@cache
def area_tile(level: int, z: int, x: int, y: int) -> bytes:
    """Layers `areas` and `labels` of a level."""
    here = shapely.box(*tile_bounds(z, x, y))
    frame = areas(level)
    frame = frame.iloc[frame.sindex.query(here)]
    fine = 360 / 2**z / 2048
    about = [
        {"id": i, "pcode": pcode, "name": name}
        for i, pcode, name in frame[["pcode", "name"]].itertuples()
    ]
    shapes = shapely.simplify(frame.geometry.values, fine)
    spots = shapely.point_on_surface(frame.geometry.values)
    labels = [(s, a) for s, a in zip(spots, about, strict=True) if here.contains(s)]
    return layer("areas", zip(shapes, about, strict=True), z, x, y) + layer(
        "labels", labels, z, x, y
    )


@cache
def release_tile(z: int, x: int, y: int) -> bytes:
    """Layers `extent`, `observed` and `unseen`."""
    here = shapely.box(*tile_bounds(z, x, y)).buffer(0.02)
    parts = flood_parts()
    near = parts[shapely.intersects(parts, here)]
    fine = 360 / 2**z / 2048
    coarse = shapely.make_valid(shapely.simplify(near, fine))
    extent: list[Feature] = [(shape, {}) for shape in coarse if not shape.is_empty]
    observed = shapely.box(*BOUNDS).difference(CLOUD)
    return (
        layer("extent", extent, z, x, y)
        + layer("unseen", [(CLOUD, {})], z, x, y)
        + layer("observed", [(observed, {})], z, x, y)
    )


def search(text: str) -> list[dict[str, Any]]:
    """Areas whose name or P-code begins with a text, coarse before fine."""
    found = []
    for level in (2, 3, 4):
        frame = areas(level)
        wanted = text.lower()
        hit = frame.name.str.lower().str.startswith(wanted) | (frame.pcode == text.upper())
        found += [
            {"id": pcode, "pcode": pcode, "name": name, "level": level, "path": "Region II"}
            for pcode, name in frame[hit][["pcode", "name"]].itertuples(index=False)
        ]
    return found[:8]


def answer(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """By province: households in, out and not observed of those inside what is asked."""
    points = households()
    inside = _inside(asked, points)
    least = asked["clause"]["at_least"]
    rows = []
    for pcode, name, in_province in _provinces():
        here = points[inside & in_province]
        hit = int(here.n[here.depth >= least].sum())
        unseen = int(here.n[here.depth.isna()].sum())
        if len(here):
            total = int(here.n.sum())
            rows.append({"pcode": pcode, "name": name, "answers": SimpleNamespace(
                in_=hit, probable=0, expected=0.0, out=total - hit - unseen, not_observed=unseen,
                unlocated=0, asked=total, unshown=0)})  # fmt: skip
    return rows


@cache
def _provinces() -> list[tuple[str, str, Any]]:
    """P-code and name of each province, and which households stand in it."""
    at = households()
    return [
        (pcode, name, shapely.contains_xy(shape.simplify(0.01), at.lon, at.lat))
        for pcode, name, shape in areas(2).itertuples(index=False)
    ]


def _inside(asked: dict[str, Any], points: pd.DataFrame) -> Any:
    wanted = set(asked["areas"])
    shapes = [s for level in (2, 3, 4) for p, s in _shapes(level) if p in wanted]
    if asked["shapes"]:
        shapes.append(shapely.geometry.shape(asked["shapes"]))
    return shapely.contains_xy(shapely.union_all(shapes), points.lon, points.lat)


def _shapes(level: int) -> Any:
    return areas(level)[["pcode", "geometry"]].itertuples(index=False)


@cache
def household_tile(z: int, x: int, y: int, at_least: float) -> bytes:
    """Layer `households`: added up by cell below street zoom, one by one from there."""
    west, south, east, north = tile_bounds(z, x, y)
    all_ = households()
    here = all_[all_.lon.between(west, east) & all_.lat.between(south, north)]
    if z >= STREET:
        return layer("households", _points(here, at_least), z, x, y)
    cells = pd.DataFrame({
        "cx": ((here.lon - west) / (east - west) * CELL).astype(int),
        "cy": ((here.lat - south) / (north - south) * CELL).astype(int),
        "lon": here.lon, "lat": here.lat, "n": here.n,
        "in": here.n.where(here.depth >= at_least, 0),
        "not_observed": here.n.where(here.depth.isna(), 0),
    })  # fmt: skip
    added = cells.groupby(["cx", "cy"]).agg(
        {"lon": "mean", "lat": "mean", "n": "sum", "in": "sum", "not_observed": "sum"}
    )
    added["out"] = added["n"] - added["in"] - added["not_observed"]
    figures = [
        {"n": n, "in": inn, "out": out, "not_observed": unseen}
        for n, inn, out, unseen in added[["n", "in", "out", "not_observed"]].itertuples(index=False)
    ]
    spots = [shapely.Point(place) for place in added[["lon", "lat"]].to_numpy()]
    return layer("households", zip(spots, figures, strict=True), z, x, y)


def _points(here: pd.DataFrame, at_least: float) -> list[tuple[Any, dict[str, Any]]]:
    status = np.select([here.depth.isna(), here.depth >= at_least], ["not_observed", "in"], "out")
    spots = [shapely.Point(place) for place in here[["lon", "lat"]].to_numpy()]
    numbers = here.index.map(lambda i: f"HG-{i:06d}")
    return [(p, {"status": s, "number": n}) for p, s, n in zip(spots, status, numbers, strict=True)]
