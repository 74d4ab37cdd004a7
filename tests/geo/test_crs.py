"""Coordinate systems are compared by what they mean, and points kept in their range."""

import numpy as np
import pytest
from pyproj import CRS

from geo.crs import (
    WGS84,
    CrsContradicts,
    CrsMissing,
    CrsUnknown,
    carried,
    in_degrees,
    label,
    parsed,
    same,
    settled,
    suggestions,
    within_range,
)

UTM = CRS.from_epsg(32651)


@pytest.mark.parametrize("text", ["EPSG:4326", "4326", "OGC:CRS84", "+proj=longlat +datum=WGS84"])
def test_wgs_84_is_known_by_many_names(text: str) -> None:
    assert same(parsed(text), WGS84)


def test_a_system_in_esris_words_is_the_same_system() -> None:
    assert same(CRS.from_wkt(UTM.to_wkt("WKT1_ESRI")), UTM)
    assert not same(UTM, CRS.from_epsg(32652))


def test_heights_do_not_make_another_system() -> None:
    assert same(CRS.from_epsg(9518), WGS84)  # WGS 84 + EGM2008 height


def test_the_way_to_wgs_84_that_older_files_add_does_not_make_another_system() -> None:
    sphere = 'SPHEROID["WGS 84",6378137,298.257223563],TOWGS84[0,0,0,0,0,0,0]'
    old = CRS.from_wkt(
        f'GEOGCS["WGS 84",DATUM["WGS_1984",{sphere}],PRIMEM["Greenwich",0],'
        'UNIT["degree",0.0174532925199433]]'
    )

    assert old.is_bound
    assert settled("a", old, "EPSG:4326") == old
    assert label(old) == "EPSG:4326"


def test_what_is_missing_is_asked_for_and_what_differs_refused() -> None:
    assert settled("a", None, "EPSG:32651") == UTM
    assert settled("a", UTM, "EPSG:32651") == UTM
    assert settled("a", UTM, None) == UTM
    with pytest.raises(CrsMissing):
        settled("a", None, None)
    with pytest.raises(CrsContradicts, match="EPSG:32651, not EPSG:4326"):
        settled("a", UTM, "EPSG:4326")
    with pytest.raises(CrsUnknown):
        parsed("the usual one")


def test_the_label_is_a_code_where_there_is_one() -> None:
    assert label(UTM) == "EPSG:32651"
    assert "sinu" in label(CRS.from_proj4("+proj=sinu +R=6371007.181"))


def test_degrees_end_at_180_and_90() -> None:
    x = np.array([180.0, -180.0, 180.1, 0.0, 0.0, np.nan])
    y = np.array([0.0, 0.0, 0.0, 90.0, -90.5, 0.0])

    assert within_range(x, y, WGS84).tolist() == [True, True, False, True, False, False]


def test_metres_end_where_they_lead_to_no_place() -> None:
    x = np.array([500_000.0, 5e8, np.nan, 30_000_000.0])
    y = np.array([2_000_000.0, 2_000_000.0, 0.0, 0.0])

    assert within_range(x, y, UTM).tolist() == [True, False, False, False]
    assert within_range(np.array([2e7, 2.1e7]), np.zeros(2), CRS.from_epsg(3857)).tolist() == [
        True,
        False,
    ]


def test_points_are_carried_longitude_first() -> None:
    x, y = carried(np.array([123.0]), np.array([0.0]), WGS84, UTM)

    assert (x[0], y[0]) == (pytest.approx(500_000), pytest.approx(0))


def test_degrees_are_told_from_metres() -> None:
    assert in_degrees(WGS84)
    assert not in_degrees(UTM)


PHILIPPINES = (116.9, 4.6, 126.6, 21.1)


def test_a_file_without_a_system_is_offered_those_that_land_in_the_country() -> None:
    """The corners of the flood mask of Vamco, which lies in UTM zone 51."""
    offered = suggestions((315_000, 1_838_000, 399_000, 2_049_000), PHILIPPINES)

    assert offered[0].crs == "EPSG:32651"
    assert all(one.lands for one in offered)
    assert offered[0].box == pytest.approx((121.25, 16.62, 122.05, 18.53), abs=0.02)


def test_numbers_that_are_degrees_are_offered_as_degrees() -> None:
    (offered,) = suggestions((121.2, 16.6, 122, 18.5), PHILIPPINES)

    assert (offered.crs, offered.swapped) == ("EPSG:4326", False)


def test_latitude_before_longitude_is_said() -> None:
    (offered,) = suggestions((16.6, 121.2, 18.5, 122), PHILIPPINES)

    assert (offered.swapped, offered.box) == (True, (121.2, 16.6, 122, 18.5))


def test_what_lands_nowhere_in_the_country_is_offered_with_how_far_it_is_off() -> None:
    offered = suggestions((8, 45, 11, 46), (5.9, 45.8, 10.5, 47.8))  # beside Switzerland

    assert offered[0].crs == "EPSG:4326"
    away = suggestions((8, 45, 11, 46), (12.3, 48, 15, 49))
    assert not away[0].lands
    assert away[0].km_off == pytest.approx(459, abs=2)  # 3 degrees of 111.2 km, 4.15 of 75.8
