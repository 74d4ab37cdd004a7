"""The parts Kesara is made of, where their answers can be known by hand."""

import numpy as np
import pytest

from bench.country import drainage, grading, noise, script, truth
from bench.country.borders import grown
from bench.country.frame import Frame, centres
from bench.country.meanders import swung
from bench.country.people import whole_years
from bench.country.roads import roads


@pytest.mark.parametrize(
    ("members", "due"), [(1, 2700), (4, 3600), (6, 4200), (7, 4500), (12, 4500)]
)
def test_help_grows_with_the_household_up_to_the_cap(members: int, due: int) -> None:
    assert truth.amounts(np.array([members]))[0] == due


@pytest.mark.parametrize(
    ("born", "years"),
    [
        ("2000-11-12", 26),
        ("2000-11-13", 25),
        ("2000-07-01", 26),
        ("2026-11-12", 0),
        ("2021-11-12", 5),
        ("2021-11-13", 4),
    ],
)
def test_a_year_of_life_is_full_on_the_birthday(born: str, years: int) -> None:
    day = np.datetime64("2026-11-12")

    assert whole_years(np.array([born], dtype="datetime64[D]"), day)[0] == years


def test_a_depth_of_exactly_the_threshold_is_in_and_nodata_is_never_dry() -> None:
    depth = np.array([0.1, 0.09, 0, -9999, 3], dtype=np.float32)
    located = np.array([True, True, True, True, False])

    answer = truth.answers_of_depth(depth, 0.1, np.float32(-9999), located)

    assert [truth.ANSWERS[one] for one in answer] == [
        *("in", "out", "out", "not_observed", "unlocated")
    ]


def test_a_circle_is_judged_by_every_cell_it_touches() -> None:
    frame = Frame(side_m=40, cell_m=10)
    square = np.full((4, 4), grading.DRY, dtype=np.uint8)
    square[:, 2:] = grading.WET
    square[3] = grading.UNSEEN
    middles = np.array([(15, 25), (19, 25), (25, 25), (25, 12), (15, 12)])
    utm = middles + np.array([frame.west, frame.north - 40])

    said = grading.answers_of_circles(frame, square, utm, np.full(5, 3.0))

    assert [truth.ANSWERS[one] for one in said] == [
        *("out", "probable", "in", "probable", "not_observed")
    ]


def test_water_runs_down_a_tilted_plain_to_the_sea_and_none_is_lost() -> None:
    heights = np.arange(8.0)[::-1][:, None].repeat(8, axis=1)
    heights[-1] = -2  # the sea

    routed = drainage.route(heights, {(0, 3): 0.5})

    at_sea = routed.receiver == drainage.NOWHERE
    assert at_sea.reshape(8, 8)[-1].all()
    assert at_sea.sum() == 8
    assert routed.flow[at_sea].sum() == pytest.approx(1.5)


def test_noise_is_the_same_at_every_resolution() -> None:
    coarse, fine = centres(9), centres(27)

    field = noise.noise(fine, fine[::-1], 0.2, seed=3)

    assert noise.noise(coarse, coarse[::-1], 0.2, seed=3) == pytest.approx(field[1::3, 1::3])
    points = np.column_stack([fine, np.full(27, fine[::-1][5])])
    assert noise.noise_at(points, 0.2, seed=3) == pytest.approx(field[5])


def test_noise_that_exceeds_is_the_same_whether_octaves_are_spared_or_not() -> None:
    ways = centres(64)
    for least in (-1.0, 0.3, 1.6):
        whole = noise.layered(ways, ways, 0.5, 7, seed=5) > least
        assert (noise.exceeds(ways, ways, 0.5, 7, 5, least) == whole).all()


def test_land_goes_to_the_seat_that_is_nearest() -> None:
    seats = np.array([[0.25, 0.5], [0.75, 0.5]])

    label = grown(np.ones((8, 8)), seats)

    assert (label[:, :4] == 0).all()
    assert (label[:, 5:] == 1).all()


def test_a_costly_river_becomes_the_border() -> None:
    cost = np.ones((9, 9))
    cost[:, 6] = 50  # east of the middle
    seats = np.array([[0.05, 0.5], [0.95, 0.5]])

    label = grown(cost, seats)

    assert (label[:, :6] == 0).all()
    assert (label[:, 7:] == 1).all()


def test_a_river_swings_about_its_valley_and_keeps_its_ends() -> None:
    axis = np.column_stack([np.linspace(0.1, 0.9, 60), np.full(60, 0.5)])

    line, _ = swung(axis, np.full(60, 0.002), seed=1)

    lengths = np.hypot(*np.diff(line, axis=0).T).sum()
    assert 1.1 < lengths / 0.8 < 3
    assert line[0] == pytest.approx([0.1, 0.5], abs=2e-3)
    assert line[-1] == pytest.approx([0.9, 0.5], abs=2e-3)
    assert 0.002 < np.abs(line[:, 1] - 0.5).max() < 0.05


def test_three_towns_in_a_row_need_two_roads() -> None:
    towns = np.array([[0.2, 0.5], [0.5, 0.5], [0.8, 0.5]])

    assert len(roads(towns, seed=1)) == 2


def test_the_frame_has_its_middle_where_the_sea_is() -> None:
    lon, lat = Frame(48_000, 60).degrees(np.array([[0.5, 0.5]]))[0]

    assert lon == 81
    assert lat == pytest.approx(-29, abs=0.01)


@pytest.mark.parametrize(
    ("latin", "local"),
    [
        ("Namuri", "ناموري"),
        ("Upper Oru", "أورو العليا"),
        ("Suma Delta", "دلتا سوما"),
        ("Belan Bridge", "جسر بيلان"),
        ("Doro", "دورو"),
    ],
)
def test_names_are_written_in_the_local_script(latin: str, local: str) -> None:
    assert script.in_kesari(latin) == local
