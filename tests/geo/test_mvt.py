"""Tiles of points as GDAL reads them."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest

from geo.vector.mvt import points

SPAN = 40_075_016.685578488  # metres, the only tile of zoom 0


def test_points_and_their_figures_are_read_as_they_were_written(tmp_path: Path) -> None:
    x, y = np.array([0, 1024, 4095]), np.array([0, 2048, 63])
    figures = {"n": np.array([0, 128, 70_000]), "in": np.array([128, 0, 16_384])}
    file = tmp_path / "0" / "0" / "0.mvt"
    file.parent.mkdir(parents=True)

    file.write_bytes(points("households", x, y, figures))

    frame = pyogrio.read_dataframe(file, layer="households")
    assert frame["n"].tolist() == [0, 128, 70_000]
    assert frame["in"].tolist() == [128, 0, 16_384]
    assert frame.geometry.x.tolist() == pytest.approx((x / 4096 - 0.5) * SPAN, abs=1)
    assert frame.geometry.y.tolist() == pytest.approx((0.5 - y / 4096) * SPAN, abs=1)


def test_no_points_make_no_tile() -> None:
    nothing = np.zeros(0, dtype=np.int64)

    assert points("households", nothing, nothing, {"n": nothing}) == b""
