"""What is sent in parts is told apart into the files that people mean."""

import io

import pytest

from geo.bundles import Sent, bundles, name_of


def sorted_into(*names: str) -> list[tuple[str, list[str]]]:
    found = bundles([Sent(name, io.BytesIO()) for name in names])
    return sorted((name_of(parts), sorted(part.name for part in parts)) for parts in found)


@pytest.mark.parametrize("beside", ["depth.prj", "DEPTH.PRJ", "depth.asc.aux.xml"])
def test_a_grid_keeps_what_stands_beside_it(beside: str) -> None:
    assert sorted_into(beside, "Depth.asc", "other.tif") == [
        ("Depth.zip", sorted(["Depth.asc", beside])),
        ("other.tif", ["other.tif"]),
    ]


def test_a_shapefile_takes_the_projection_before_a_grid_of_its_name() -> None:
    assert sorted_into("a.tif", "a.prj", "a.shp", "a.dbf", "a.tfw") == [
        ("a.zip", ["a.dbf", "a.prj", "a.shp"]),
        ("a.zip", ["a.tfw", "a.tif"]),
    ]


def test_what_may_belong_to_either_of_two_grids_belongs_to_none() -> None:
    assert sorted_into("a.asc", "a.tif", "a.prj") == [
        ("a.asc", ["a.asc"]),
        ("a.prj", ["a.prj"]),
        ("a.tif", ["a.tif"]),
    ]
