"""The tiny country and its truth, for the tests of the demo."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.demo.country import tiny_country


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny country."""
    return tiny_country(tmp_path_factory)


@pytest.fixture(scope="session")
def truth(country: Path) -> dict[str, Any]:
    """What the generator says of the tiny country."""
    told: dict[str, Any] = json.loads((country / "truth.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="session")
def households(country: Path) -> pd.DataFrame:
    """households.csv as anybody would read it."""
    return pd.read_csv(country / "households.csv", dtype={"area_pcode": str})


@pytest.fixture(scope="session")
def people(country: Path) -> pd.DataFrame:
    """people.csv as anybody would read it."""
    return pd.read_csv(country / "people.csv", dtype=str)
