"""Sizes of samples and what they tell, against figures published or counted by hand."""

import pytest

from programs.sampling.sizes import Stratum, design_effect, estimated, sample_size


@pytest.mark.parametrize(
    ("population", "confidence", "margin", "size"),
    [
        (1_000_000, 95, 0.05, 385),  # 384.16 and rounded up: Cochran's own
        (10_000, 95, 0.05, 370),  # 384.16 / (1 + 383.16 / 10,000)
        (1000, 95, 0.05, 278),
        (500, 95, 0.05, 218),
        (100, 95, 0.05, 80),
        (1000, 95, 0.1, 88),
        (1000, 90, 0.05, 214),  # 270.57 / (1 + 269.57 / 1000), which is 213.1
        (1000, 99, 0.05, 400),
        (1, 95, 0.05, 1),
        (0, 95, 0.05, 0),
    ],
)
def test_so_many_are_asked(population: int, confidence: int, margin: float, size: int) -> None:
    assert sample_size(population, confidence, margin) == size


def test_neighbours_tell_less_so_more_of_them_are_asked() -> None:
    assert design_effect(5) == pytest.approx(1.4)
    assert sample_size(1000, 95, 0.05, cluster=5) == 350  # 537.824 / (1 + 536.824 / 1000)


def test_never_more_are_asked_than_there_are() -> None:
    assert sample_size(30, 99, 0.01, cluster=30) == 30


def test_ninety_of_a_hundred_of_very_many() -> None:
    found = estimated([Stratum(10_000_000, 100, 90)], 95)

    assert found is not None
    assert found.share == pytest.approx(0.9)
    assert found.low == pytest.approx(0.8256, abs=1e-4)  # Wilson 1927
    assert found.high == pytest.approx(0.9448, abs=1e-4)


def test_who_all_were_asked_are_known_for_sure() -> None:
    found = estimated([Stratum(4, 4, 3)], 95)

    assert found is not None
    assert (found.share, found.low, found.high) == (0.75, 0.75, 0.75)


def test_parts_weigh_by_how_many_there_are_of_them() -> None:
    found = estimated([Stratum(900, 10, 10), Stratum(100, 10, 0)], 95)

    assert found is not None
    assert found.share == pytest.approx(0.9)


def test_clusters_are_less_sure() -> None:
    apart = estimated([Stratum(100_000, 100, 80)], 95)
    together = estimated([Stratum(100_000, 100, 80)], 95, cluster=11)

    assert apart is not None
    assert together is not None
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


def test_without_answers_there_is_no_estimate() -> None:
    assert estimated([Stratum(100, 0, 0)], 95) is None
