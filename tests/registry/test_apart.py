"""What is told apart of those who are out and of those who were not observed, counted by hand.

The country X has the provinces X1 (districts X11, X12) and X2 (X21, X22). In each district stand
some in the flood, on dry ground, in permanent water, under cloud, where the product cannot tell,
and outside of its box.
"""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.exposure import Exposure
from geo.models.releases import Release
from geo.permissions import May as Geo
from geo.queries.selections import Question
from geo.raster.reasons import Reason
from registry.counting.answers import Answers, AnswersDoNotAddUp, Apart
from registry.counting.guarded import Guarded, Tree
from registry.counting.people import FIGURES
from registry.counting.sums import Key, KeyApart, Tally
from registry.queries.answers import ask
from registry.queries.tables import table_asked
from registry.services.household_cells import count_release
from tests.make.exposure import make_due, make_exposure, make_water
from tests.make.geo import make_country, make_event, make_release
from tests.make.registry import make_household, make_location

# in, dry, in permanent water, cloud, excluded, not asked yet
HERE = {"X11": (6, 7, 8, 9, 0, 1), "X12": (5, 6, 0, 0, 10, 0), "X21": (0, 20, 2, 5, 6, 0)}
WEST = {"X11": 0.2, "X12": 1.2, "X21": 2.2}


@pytest.fixture
def release(session: Session) -> Release:
    areas = make_country(session)
    release = make_release(session, make_event(session), floor=0.1, unit="m")
    make_exposure(session, release, {})
    for pcode, counts in HERE.items():
        _settle(session, release, areas[pcode], WEST[pcode], counts)
    return release


def _settle(
    session: Session, release: Release, area: Area, west: float, counts: tuple[int, ...]
) -> None:
    spots = np.linspace(0.1, 1.9, sum(counts))
    places = [make_location(session, west, lat, area_id=area.id, accuracy_m=None) for lat in spots]
    for place in places:
        make_household(session, place)
    first = np.concatenate([[0], np.cumsum(counts)]).tolist()
    wet, _dry, water, cloud, hidden, due = (places[start:end] for start, end in pairwise(first))
    make_exposure(session, release, dict.fromkeys(wet, 1.0))
    make_water(session, release, *water)
    make_exposure(session, release, dict.fromkeys([*cloud, *hidden]))
    for reason, some in ((Reason.CLOUD, cloud), (Reason.EXCLUDED, hidden)):
        for place in some:
            session.get_one(Exposure, (release.id, place.id)).why = reason
    for place in due:
        make_due(session, release, place)
    session.flush()


@pytest.mark.parametrize("counted", [False, True])
def test_water_and_reasons_are_told_beside_the_answers(
    session: Session, release: Release, anybody: Actor, *, counted: bool
) -> None:
    if counted:
        count_release(session, release, lambda _done, _total: None)

    result = ask(session, Question(release_id=release.id), actor=anybody, level=2)

    all_of_them = result.answers
    assert (all_of_them.in_, all_of_them.out, all_of_them.not_observed) == (11, 43, 31)
    assert all_of_them.apart == Apart(permanent_water=10, cloud=14, excluded=16, waiting=1)
    assert {row.pcode: row.answers.apart for row in result.areas} == {
        "X11": Apart(permanent_water=8, cloud=9, waiting=1),
        "X12": Apart(excluded=10),
        "X21": Apart(permanent_water=2, cloud=5, excluded=6),
    }


def test_files_tell_them_apart_in_columns_of_their_own(
    session: Session, release: Release, anybody: Actor
) -> None:
    table = table_asked(session, Question(release_id=release.id), "Who", actor=anybody)

    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    of_x1 = rows["X1"]
    assert (of_x1["households_out"], of_x1["households_out_in_permanent_water"]) == (21, 8)
    assert of_x1["households_not_observed"] == 20
    told = {name: n for name, n in of_x1.items() if name.startswith("households_not_observed_")}
    assert {name.removeprefix("households_not_observed_"): n for name, n in told.items()} == {
        "outside": 0,
        "nodata": 0,
        "cloud": 9,
        "excluded": 10,
        "partly": 0,
        "waiting": 1,
    }


def test_a_few_in_water_are_hidden_with_what_would_tell_them(
    session: Session, release: Release, anybody: Actor
) -> None:
    """The 2 of X21 could be had from its 22 less 20, and from the 10 of all less the 8 of X11."""
    analyst = replace(anybody, permissions=anybody.permissions - {Geo.EXACT_LOCATIONS})

    result = ask(session, Question(release_id=release.id), actor=analyst, level=2)

    rows = {row.pcode: (row.answers.out, row.answers.apart) for row in result.areas}
    assert result.answers.apart is not None
    assert (result.answers.out, result.answers.apart.permanent_water) == (43, 10)
    assert {pcode: (out, a and a.permanent_water) for pcode, (out, a) in rows.items()} == {
        "X11": (15, None),
        "X12": (6, 0),
        "X21": (22, None),
    }
    assert result.hides


def test_what_is_told_apart_is_no_more_than_its_answer() -> None:
    answers = {"in": 1, "out": 3, "not_observed": 2}
    assert Answers.of(answers, 6, apart=Apart(permanent_water=3, cloud=2))
    for wrong in (Apart(permanent_water=4, cloud=2), Apart(cloud=1), Apart(cloud=2, outside=1)):
        with pytest.raises(AnswersDoNotAddUp):
            Answers.of(answers, 6, apart=wrong)


FEWEST = 3
IDS, ABOVE = np.array([0, 1, 2, 3, 4, 5]), np.array([0, 0, 1, 1, 2, 2])
LEVEL = np.array([-1, 0, 1, 1, 2, 2])
LEAVES = (3, 4, 5)
# Which leaves lie in an area; 0 stands, at the last level, for the province that is a leaf.
PARTS_OF: dict[int, list[int]] = {0: [0], 1: [0, 1, 2], 2: [1, 2], 3: [0], 4: [1], 5: [2]}
MOST = 5
small = st.one_of(st.just(0), st.integers(0, MOST))


def _guarded(water: dict[int, int], out: dict[int, int]) -> Guarded:
    counts: dict[Key, tuple[int, ...]] = {
        (area, "out"): (n, *([0] * len(FIGURES))) for area, n in out.items() if n
    }
    apart: dict[KeyApart, int] = {
        (area, Reason.PERMANENT_WATER): n for area, n in water.items() if n
    }
    tally = Tally(counts, apart=apart)
    tree = Tree(IDS, ABOVE, LEVEL)
    return Guarded(tree, tally, tally, tree.within((), ()), FEWEST)


def _told(guarded: Guarded) -> dict[tuple[str, int], int | None]:
    """What is shown of water at every level, by area."""
    shown: dict[tuple[str, int], int | None] = {}
    for level in (0, 1, 2):
        for area, said in guarded.by_area(level).items():
            assert said.answers.apart is not None
            shown["out", area] = said.answers.out
            shown["water", area] = said.answers.apart.permanent_water
    return shown


@example([(0, 5), (1, 4), (5, 0)])  # who is out of the third is all that parts the first two
@example([(0, 0), (1, 5), (2, 5)])  # nobody knows how many at most are out on land
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(small, small), min_size=3, max_size=3))
def test_nobody_can_tell_how_few_stand_in_water(pairs: list[tuple[int, int]]) -> None:
    """Whoever tries everything that agrees with what is shown is left with several numbers for each
    figure of a few; and with several for those who are out, where these are hidden."""
    water, dry = (dict(zip(LEAVES, some, strict=True)) for some in zip(*pairs, strict=True))
    out = {leaf: water[leaf] + dry[leaf] for leaf in LEAVES}
    shown = _told(_guarded(water, out))

    ranges = [range(MOST + 1)] * len(LEAVES) + [range(2 * MOST + 1)] * len(LEAVES)
    guesses = np.array(list(product(*ranges)), dtype=np.int8)
    in_water, on_land = guesses[:, :3], guesses[:, 3:]
    figures = {"water": in_water, "out": in_water + on_land}
    agrees = np.ones(len(guesses), dtype=bool)
    for (kind, area), n in shown.items():
        if n is not None:
            agrees &= figures[kind][:, PARTS_OF[area]].sum(axis=1) == n
    for place, leaf in enumerate(LEAVES):
        if 0 < water[leaf] < FEWEST:
            assert shown.get(("water", leaf)) is None
            assert len(np.unique(in_water[agrees, place])) > 1
        if 0 < out[leaf] < FEWEST:
            assert len(np.unique(figures["out"][agrees, place])) > 1
