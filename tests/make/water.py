"""Small products that tell of permanent water, under the names and with the codes of real ones."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.readings import Role
from geo.models.releases import ObservedRule, Release
from geo.queries.readings import companions_of
from geo.services.meanings import Meaning
from tests.make.files import shapes_file
from tests.make.products import GFM, code_file, zip_of
from tests.make.releases import FLOOD, published

GFM_MEANS = Meaning(
    layer="Flood extent",
    measure="Flooded",
    unit="",
    observed_at=datetime(2020, 11, 13, 21, 56, 12, tzinfo=UTC),
    source="Copernicus GFM, Sentinel-1",
    licence="Copernicus",
)
EMS_MEANS = replace(FLOOD, observed_rule=ObservedRule.LAYER, source="Copernicus EMS")


def published_ems(session: Session, release: Release, actor: Actor, **said: Any) -> Release:
    """Publish a release of `ems_zip`, which saw what it says itself that it saw."""
    [seen] = companions_of(session, release.id)[Role.OBSERVED]
    meaning = replace(EMS_MEANS, observed_part=seen.number, **said)
    return published(session, release, actor, meaning)


def gfm_zip(folder: Path, second: int = 1) -> Path:
    """A row of six cells: dry, flooded, dry in a town, dry on a river, no data, flooded on it.

    `second` is what stands in the flooded one.
    """
    names = {
        GFM: [[0, second, 0, 0, 255, 1]],
        GFM.replace("ENSEMBLE_FLOOD", "REFERENCE_WATER"): [[0, 0, 0, 1, 0, 2]],
        GFM.replace("ENSEMBLE_FLOOD", "EXCLUSION_MASK"): [[0, 0, 1, 0, 0, 0]],
    }
    files = [code_file(folder / name, codes, nodata=255) for name, codes in names.items()]
    return zip_of(folder / "gfm.zip", *files)


def ems_zip(folder: Path) -> Path:
    """A flood of 0..1 east; a lake of 0.5..1.5; looked at was 0..3, all between 0 and 1 north."""
    layers = {
        "observedEventA": (0.0, 1.0, {"event_type": "5-Flood", "notation": "Flooded area"}),
        "hydrographyA": (0.5, 1.5, {"obj_type": "BH080-Lake"}),
        "areaOfInterestA": (0.0, 3.0, {}),
    }
    prefix = "EMSR487_AOI01_DEL_PRODUCT_"
    files = [
        shapes_file(folder / f"{prefix}{name}_r1_v1.geojson", (shapely.box(west, 0, east, 1), said))
        for name, (west, east, said) in layers.items()
    ]
    return zip_of(folder / f"{prefix}r1_v1.zip", *files)
