"""The generator's figures agree with other people's code: rasterio, shapely, geopandas, pandas."""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from tests.demo.graded import graded

RELEASES = ("flood_depth_r1.tif", "flood_depth_r2.tif")
LEAST = {"at_least_0.5_m": 0.5, "at_least_0.1_m": 0.1}
QUESTIONS = [(file, key) for file in RELEASES for key in LEAST]
EXTENT = ("flood_extent.geojson", "inside")
SEXES = ("female", "male")
BANDS = {"0-4": (0, 4), "5-17": (5, 17), "18-59": (18, 59), "60+": (60, 200)}

Answers = dict[tuple[str, str], pd.Series]


@pytest.fixture(scope="module")
def points(households: pd.DataFrame) -> gpd.GeoDataFrame:
    """Households with their points, empty where they have none."""
    where = gpd.points_from_xy(households.longitude, households.latitude)
    return gpd.GeoDataFrame(households, geometry=where, crs=4326)


@pytest.fixture(scope="module")
def drawn_over(country: Path, points: gpd.GeoDataFrame, truth: dict[str, Any]) -> pd.DataFrame:
    """Per household: its point in the drawn polygon; its commune wholly, or partly, in it."""
    drawn = shapely.geometry.shape(truth["drawn"]["polygon"])
    communes = gpd.read_file(country / "areas.gpkg", layer="ksm_admbnda_adm3")
    shapes = communes.set_index("ADM3_PCODE").geometry
    stated = points.area_pcode
    return pd.DataFrame(
        {
            "point": points.within(drawn),
            "wholly": stated.map(shapes.within(drawn)).eq(True),
            "partly": stated.map(shapes.overlaps(drawn)).eq(True),
        }
    )


@pytest.fixture(scope="module")
def answers(country: Path, points: gpd.GeoDataFrame) -> Answers:
    """Each household's answer to each question, by rasterio's sampling and geopandas' joins."""
    found = {(file, key): _by_depth(country / file, LEAST[key], points) for file, key in QUESTIONS}
    return found | {EXTENT: _by_extent(country, points)}


def _by_depth(path: Path, least: float, points: gpd.GeoDataFrame) -> pd.Series:
    located = points[points.longitude.notna()]
    with rasterio.open(path) as release:
        utm = located.to_crs(release.crs).geometry
        depth = np.array([value[0] for value in release.sample(zip(utm.x, utm.y, strict=True))])
    answer = np.where(depth >= np.float32(least), "in", "out")
    answer = np.where(depth == -9999, "not_observed", answer)
    return pd.Series(answer, located.index).reindex(points.index, fill_value="unlocated")


def _by_extent(country: Path, points: gpd.GeoDataFrame) -> pd.Series:
    located = points[points.longitude.notna()]
    flood = gpd.read_file(country / "flood_extent.geojson").geometry.union_all()
    observed = gpd.read_file(country / "observed_extent.geojson").geometry.union_all()
    seen = np.where(located.within(observed), "out", "not_observed")
    answer = np.where(located.within(flood), "in", seen)
    return pd.Series(answer, located.index).reindex(points.index, fill_value="unlocated")


@pytest.mark.parametrize("question", [*QUESTIONS, EXTENT])
def test_households_and_people_by_answer_are_as_sampled(
    question: tuple[str, str], answers: Answers, households: pd.DataFrame, truth: dict[str, Any]
) -> None:
    told = _told(truth, question)["country"]

    assert _counted(answers[question]) == _present(told["households"])
    assert _summed(households["size"], answers[question]) == _present(told["people"])


@pytest.mark.parametrize("question", [*QUESTIONS, EXTENT])
@pytest.mark.parametrize(("level", "length"), [("province", 4), ("district", 6), ("commune", 8)])
def test_households_by_area_are_as_sampled(
    question: tuple[str, str],
    level: str,
    length: int,
    answers: Answers,
    households: pd.DataFrame,
    truth: dict[str, Any],
) -> None:
    areas = households.area_pcode.dropna().str[:length]
    counted = pd.crosstab(areas, answers[question].loc[areas.index])

    for code, told in _told(truth, question)["by_area"][level].items():
        found = counted.loc[code] if code in counted.index else pd.Series(dtype=int)
        assert _present(told["households"]) == _as_figures(found), code


@pytest.mark.parametrize("question", [*QUESTIONS, EXTENT])
def test_people_in_by_sex_and_age_are_as_counted_person_by_person(
    question: tuple[str, str],
    answers: Answers,
    households: pd.DataFrame,
    people: pd.DataFrame,
    truth: dict[str, Any],
) -> None:
    told = _told(truth, question)["country"]["people_in_by_sex_and_age"]
    inside = households[answers[question] == "in"]
    listed = people[people.household_code.isin(inside.code)]
    on = date.fromisoformat(truth["event"]["reference_date"])
    ages = listed.birth_date.map(lambda born: _age(date.fromisoformat(born), on))

    for sex in SEXES:
        for band, (least, most) in BANDS.items():
            counted = ((listed.sex == sex) & ages.between(least, most)).sum()
            assert told[sex][band] == counted, (sex, band)
    assert told["unknown"] == inside["size"].sum() - len(listed)


def test_figures_of_communes_districts_and_provinces_add_up_to_those_with_an_area(
    truth: dict[str, Any], households: pd.DataFrame
) -> None:
    for questions in truth["answers"].values():
        for told in questions.values():
            for level in ("province", "district", "commune"):
                areas = told["by_area"][level].values()
                total = sum(sum(area["households"].values()) for area in areas)
                assert total == households.area_pcode.notna().sum()


def test_households_in_the_drawn_polygon_are_those_shapely_finds(
    answers: Answers, points: gpd.GeoDataFrame, drawn_over: pd.DataFrame, truth: dict[str, Any]
) -> None:
    located = points.longitude.notna()
    inside = drawn_over.point | (~located & drawn_over.wholly)

    assert inside.any()
    assert truth["drawn"]["unlocated_nearby"] == (~located & drawn_over.partly).sum()
    for question in (*QUESTIONS, EXTENT):
        told = truth["by_point"]["drawn"][question[0]][question[1]]["households"]
        assert _counted(answers[question][inside]) == _present(told)


def test_the_cost_of_help_is_the_capped_sum_over_households_that_are_in_the_polygon(
    country: Path, points: gpd.GeoDataFrame, drawn_over: pd.DataFrame, truth: dict[str, Any]
) -> None:
    inside = points[drawn_over.point | (points.longitude.isna() & drawn_over.wholly)]
    answers = graded(country, RELEASES[1], LEAST["at_least_0.5_m"], inside)
    due = inside[answers.answer == "in"]
    amounts = [min(2400 + 300 * size, 4500) for size in due["size"]]

    assert truth["help"]["households"] == len(due) > 0
    assert truth["help"]["amount"] == sum(amounts)
    assert truth["help"]["rule"] == {"base": 2400, "per_member": 300, "cap": 4500}


def test_households_enter_and_leave_the_water_between_the_releases(
    answers: Answers, truth: dict[str, Any]
) -> None:
    before, after = (answers[file, "at_least_0.5_m"] for file in RELEASES)
    told = truth["by_point"]["difference_r1_to_r2_at_least_0.5_m"]

    assert told["enter"] == ((before == "out") & (after == "in")).sum() > 0
    assert told["leave"] == ((before == "in") & (after == "out")).sum() > 0
    assert told["stay"] == ((before == "in") & (after == "in")).sum() > 0


def test_counts_are_those_of_the_files(
    country: Path, households: pd.DataFrame, people: pd.DataFrame, truth: dict[str, Any]
) -> None:
    counts = truth["counts"]

    assert counts["households"] == len(households) == 800
    assert counts["people"] == households["size"].sum()
    assert counts["people_listed"] == len(people)
    assert counts["households_with_coordinates"] == households.longitude.notna().sum()
    assert counts["households_with_no_place"] == households.area_pcode.isna().sum()
    assert counts["settlements"] == len(gpd.read_file(country / "settlements.geojson"))


def test_all_five_answers_occur(truth: dict[str, Any]) -> None:
    for questions in truth["answers"].values():
        for told in questions.values():
            assert min(told["country"]["households"].values()) > 10


@pytest.mark.parametrize(("file", "key"), QUESTIONS)
def test_circles_and_communes_are_in_or_probable_as_shapely_finds(
    file: str, key: str, country: Path, points: gpd.GeoDataFrame, truth: dict[str, Any]
) -> None:
    found = graded(country, file, LEAST[key], points)
    told = truth["answers"][file][key]

    assert _counted(found.answer) == _present(told["country"]["households"])
    probable = found[found.answer == "probable"].share.sum()
    assert told["country"]["expected_of_the_probable"] == pytest.approx(probable, rel=0.01)
    by_commune = pd.crosstab(points.area_pcode, found.answer)
    for code, area in told["by_area"]["commune"].items():
        counted = by_commune.loc[code] if code in by_commune.index else pd.Series(dtype=int)
        assert _present(area["households"]) == _as_figures(counted), code


def test_the_country_is_young(people: pd.DataFrame) -> None:
    ages = people.birth_date.map(lambda born: _age(date.fromisoformat(born), date(2026, 11, 12)))

    assert 0.09 < (ages < 5).mean() < 0.17
    assert 0.22 < ages.between(5, 17).mean() < 0.40
    assert 0.03 < (ages >= 60).mean() < 0.10


def _told(truth: dict[str, Any], question: tuple[str, str]) -> dict[str, Any]:
    """The figures by the point alone."""
    told: dict[str, Any] = truth["by_point"]["answers"][question[0]][question[1]]
    return told


def _counted(answers: pd.Series) -> dict[str, int]:
    return _as_figures(answers.value_counts())


def _summed(sizes: pd.Series, answers: pd.Series) -> dict[str, int]:
    return _as_figures(sizes.groupby(answers).sum())


def _as_figures(counts: pd.Series) -> dict[str, int]:
    return {str(answer): int(count) for answer, count in counts.items() if count}


def _present(figures: dict[str, int]) -> dict[str, int]:
    return {answer: count for answer, count in figures.items() if count}


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
