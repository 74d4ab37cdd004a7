"""The faulty files hold what they say they hold."""

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def faulty(country: Path) -> pd.DataFrame:
    """households_with_faults.csv, as text."""
    return pd.read_csv(country / "households_with_faults.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def members(country: Path) -> pd.DataFrame:
    """people_with_faults.csv, as text."""
    return pd.read_csv(country / "people_with_faults.csv", dtype=str, keep_default_na=False)


def _of(rows: pd.DataFrame, expected: str) -> pd.DataFrame:
    found = rows[rows.expected == expected]
    assert len(found) >= 5
    return found


def test_about_half_of_two_hundred_rows_are_sound(faulty: pd.DataFrame) -> None:
    assert len(faulty) == 200
    assert 90 < (faulty.expected == "create").sum() < 130


def test_swapped_coordinates_would_be_in_the_country_the_other_way_round(
    faulty: pd.DataFrame,
) -> None:
    swapped = _of(faulty, "flagged:swapped")

    assert swapped.latitude.astype(float).between(78, 84).all()
    assert swapped.longitude.astype(float).between(-32, -26).all()


def test_zero_and_foreign_coordinates_are_flagged(faulty: pd.DataFrame) -> None:
    zero, foreign = _of(faulty, "flagged:zero"), _of(faulty, "flagged:foreign")

    assert set(zero.longitude) == set(zero.latitude) == {"0"}
    assert not foreign.longitude.astype(float).between(78, 84).any()


def test_a_point_outside_its_stated_area_is_another_households_point(
    faulty: pd.DataFrame,
) -> None:
    outside = _of(faulty, "flagged:outside_area")
    good = faulty[faulty.expected == "create"].set_index(["longitude", "latitude"]).area_pcode

    for _, row in outside.iterrows():
        assert good[row.longitude, row.latitude] != row.area_pcode


def test_a_repeated_code_is_one_that_a_sound_row_before_it_has(faulty: pd.DataFrame) -> None:
    repeated = _of(faulty, "error:repeated_code")
    sound = faulty[faulty.expected == "create"]

    assert repeated.code.isin(sound.code).all()
    assert repeated.index.min() > sound.index.max()
    assert sound.code.is_unique


@pytest.mark.parametrize(
    ("expected", "column", "value"),
    [
        ("error:unknown_area", "area_pcode", "KS9999"),
        ("error:missing_size", "size", ""),
        ("error:size_not_a_number", "size", "six"),
        ("error:size_out_of_range", "size", "-3"),
        ("error:bad_date", "located_on", "31/02/2025"),
        ("error:missing_code", "code", ""),
    ],
)
def test_each_fault_is_in_its_column(
    faulty: pd.DataFrame, expected: str, column: str, value: str
) -> None:
    assert set(_of(faulty, expected)[column]) == {value}


def test_faulty_people_belong_to_sound_households_of_the_other_file(
    faulty: pd.DataFrame, members: pd.DataFrame
) -> None:
    sound = faulty[faulty.expected == "create"].code
    strangers = members[~members.household_code.isin(sound)]

    assert set(strangers.expected) == {"error:unknown_household"}


def test_sound_members_would_give_each_household_one_head(members: pd.DataFrame) -> None:
    sound = members[members.expected == "create"]

    assert (sound[sound.relation == "head"].groupby("household_code").size() == 1).all()
    assert set(sound.sex) == {"female", "male"}


def test_a_repeated_identifier_is_a_sound_members(members: pd.DataFrame) -> None:
    repeated = _of(members, "flagged:repeated_id")

    assert repeated.id_number.isin(members[members.expected == "create"].id_number).all()
