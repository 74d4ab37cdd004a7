"""The bench says what it measured, and believes no side that answers differently."""

import json
import subprocess
import sys
from typing import Any

import pytest

from bench.lines import Judge, Line, Pair, Side, Target, side_by_side, table
from tests.demo.country import tiny_country
from tests.places import ROOT
from tests.running import own_database

JUDGE = Judge(goal=1, size="tiny")
KEYS = [
    "goal",
    "name",
    "ours",
    "peer",
    "ratio",
    "target",
    "holds",
    "answers_equal",
    "peer_version",
    "n",
    "size",
]


def _line(ours: float, peer: float, target: Target, *, equal: bool = True) -> Line:
    return JUDGE.compared("sums", Pair([ours], [peer], equal), target, "nobody 1.0")


def test_three_times_as_quick_as_the_peer_is_enough_for_a_target_of_three() -> None:
    assert _line(1.0, 3.0, Target(at_least=3)).holds
    assert not _line(1.0, 2.9, Target(at_least=3)).holds


def test_a_limit_may_be_passed_by_so_much_and_no_more() -> None:
    near = _line(3.0, 2.0, Target(at_most=1.5))
    assert (near.ratio, near.target, near.holds) == (1.5, "<= 1.5", True)
    assert not _line(3.1, 2.0, Target(at_most=1.5)).holds


def test_no_speed_makes_up_for_another_answer() -> None:
    pair = side_by_side(Side(lambda: 42), Side(lambda: 41), 3)
    line = JUDGE.compared("sums", pair, Target(), "nobody 1.0")
    assert (line.answers_equal, line.holds) == (False, False)
    assert "answers differ" in table([line])


def test_one_run_that_answers_differently_is_enough() -> None:
    answers = iter([42, 42, 41])
    pair = side_by_side(Side(lambda: 42), Side(lambda: next(answers)), 3)
    assert not pair.answers_equal


def test_sides_are_run_in_turn_and_asked_after_the_clock() -> None:
    seen: list[str] = []
    ours = Side(lambda: seen.append("ours"), lambda _none: seen.append("our answer"))
    peer = Side(lambda: seen.append("peer"), lambda _none: seen.append("its answer"))
    side_by_side(ours, peer, 2)
    assert seen == ["ours", "our answer", "peer", "its answer"] * 2


def test_a_percentile_is_held_against_its_limit() -> None:
    hundred = [float(figure) for figure in range(1, 101)]
    assert JUDGE.limited("pages", hundred, 95.0).holds
    assert not JUDGE.limited("pages", hundred, 94.0).holds


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """All goals measured on the tiny country, as the JSON tells them."""
    folder = tmp_path_factory.mktemp("bench")
    kept = folder / "lines.json"
    country = str(tiny_country(tmp_path_factory))
    words = ["--size", "tiny", "--country", country, "--json", str(kept)]
    with own_database("bench", folder) as environment:
        done = subprocess.run(
            [sys.executable, "-m", "bench", *words],
            env=environment,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert kept.is_file(), done.stderr
    told: list[dict[str, Any]] = json.loads(kept.read_text())
    return told


@pytest.mark.xdist_group("bench")
def test_every_line_has_the_same_keys(lines: list[dict[str, Any]]) -> None:
    assert all(list(line) == KEYS for line in lines)
    assert {line["goal"] for line in lines} == {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12}
    assert {line["size"] for line in lines} == {"tiny"}


@pytest.mark.xdist_group("bench")
def test_on_the_tiny_country_all_sides_answer_the_same(lines: list[dict[str, Any]]) -> None:
    assert [line["name"] for line in lines if not line["answers_equal"]] == []
