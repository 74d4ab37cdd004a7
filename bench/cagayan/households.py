"""Households in every barangay by its census population, for the registry's own import."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

ONE_IN = 40  # of the households there really are: some 20,000
PERSONS_A_HOUSEHOLD = 4.58  # of the rosters below: 4,580 persons in 1,000 households
FLOOD_DAY = date(2020, 11, 13)
RELATIONS = {1: "head", 2: "spouse", 3: "child"}
SEXES = {1: "male", 2: "female"}

BOUNDARIES = "admin/phl_r02_cod_ab.gpkg"
CENSUS = "exposure/phl_r02_psgc_population_2015_2020.csv"
ROSTERS = "exposure/household_roster_sdcmicro_testdata.csv"

HOUSEHOLD = [
    *("code", "area_pcode", "longitude", "latitude", "accuracy_m"),
    *("location_source", "located_on", "size", "roster"),
]
PERSON = [
    *("code", "household_code", "name", "sex", "birth_date", "birth_date_exact", "relation"),
]


@dataclass(frozen=True)
class Made:
    """The files that were written, and how many rows are in each."""

    households_file: Path
    people_file: Path
    households: int
    people: int


def make(data: Path, out: Path, seed: int = 2020, one_in: int = ONE_IN) -> Made:
    """Write `households.csv` and `people.csv` into `out` from the data pack in `data`."""
    random = np.random.default_rng(seed)
    barangays = _barangays(data)
    per_barangay = random.poisson(barangays.pop2020 / PERSONS_A_HOUSEHOLD / one_in)
    points = _points(barangays.geometry.to_numpy(), per_barangay, random)
    pcodes = np.repeat(barangays.ADM4_PCODE.to_numpy(), per_barangay)
    rosters = _rosters(data)
    chosen = random.integers(0, len(rosters), len(pcodes))
    out.mkdir(parents=True, exist_ok=True)
    households = out / "households.csv"
    _write(households, HOUSEHOLD, _household_rows(pcodes, points, rosters, chosen))
    people = out / "people.csv"
    count = _write(people, PERSON, _person_rows(rosters, chosen))
    return Made(households, people, len(pcodes), count)


def _barangays(data: Path) -> gpd.GeoDataFrame:
    """Barangays with a shape, and their population in 2020."""
    shapes = gpd.read_file(data / BOUNDARIES, layer="phl_admbnda_adm4")
    census = pd.read_csv(data / CENSUS, dtype={"PCODE": str})
    counted = census[census.admin_level == 4].set_index("PCODE").pop2020
    shapes = shapes[shapes.geometry.notna()].assign(
        pop2020=lambda rows: rows.ADM4_PCODE.map(counted)
    )
    return shapes.dropna(subset=["pop2020"]).sort_values("ADM4_PCODE")


def _points(
    shapes: NDArray[np.object_], wanted: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float64]:
    """`wanted[i]` points in `shapes[i]`, uniform by area: (N, 2) longitude, latitude."""
    of = np.repeat(np.arange(len(shapes)), wanted)
    west, south, east, north = shapely.bounds(shapes)[of].T
    points = np.empty((len(of), 2))
    missing = np.arange(len(of))
    shapely.prepare(shapes)
    while len(missing):
        x = random.uniform(west[missing], east[missing]).round(6)
        y = random.uniform(south[missing], north[missing]).round(6)
        inside = shapely.contains_xy(shapes[of[missing]], x, y)
        points[missing[inside]] = np.column_stack([x, y])[inside]
        missing = missing[~inside]
    return points


def _rosters(data: Path) -> list[list[tuple[str, str, int]]]:
    """Each real household as (sex, relation, age) of its members."""
    rows = pd.read_csv(data / ROSTERS)
    return [
        [
            (SEXES[sex], RELATIONS.get(relation, "other"), int(age))
            for sex, relation, age in zip(home.sex, home.relat, home.age, strict=True)
        ]
        for _key, home in rows.groupby("hh_id")
    ]


def _household_rows(
    pcodes: NDArray[np.object_],
    points: NDArray[np.float64],
    rosters: list[list[tuple[str, str, int]]],
    chosen: NDArray[np.int64],
) -> Iterator[tuple[object, ...]]:
    for n, (pcode, (lon, lat), roster) in enumerate(zip(pcodes, points, chosen, strict=True)):
        size = len(rosters[roster])
        yield f"C{n:06}", pcode, lon, lat, 8, "gps", "2020-06-01", size, "complete"


def _person_rows(
    rosters: list[list[tuple[str, str, int]]], chosen: NDArray[np.int64]
) -> Iterator[tuple[object, ...]]:
    """A birth date is 1 July of the year that gives the age on the day of the flood."""
    for n, roster in enumerate(chosen):
        for m, (sex, relation, age) in enumerate(rosters[roster]):
            born = f"{FLOOD_DAY.year - age}-07-01"
            yield f"C{n:06}-{m}", f"C{n:06}", f"Person {n}-{m}", sex, born, "no", relation


def _write(file: Path, header: list[str], rows: Iterator[tuple[object, ...]]) -> int:
    count = 0
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is the answer
            writer.writerow(row)
    return count
