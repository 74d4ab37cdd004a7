"""Programs of others as they are: GDAL, by pyogrio, and OWSLib read what is published."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pyogrio
import pytest
import shapely
from owslib.ogcapi.features import Features
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role, permissions_of
from core.actor import Actor
from tests.api.conftest import Told, make_told
from tests.conftest import OWNER
from tests.make.users import make_user
from tests.running import own_database, served


@dataclass(frozen=True)
class Service:
    """A running platform, keys to it (one that sees single households), and what is published."""

    address: str
    key: str
    exact_key: str
    told: Told


@pytest.fixture(scope="module")
def service(database: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    files = tmp_path_factory.mktemp("service")
    with own_database("clients", files) as environment:
        for name in ("STORAGE", "SECRET_KEY"):  # as this process keeps files, and seals keys
            environment[name] = os.environ[name]
        engine = create_engine(environment[OWNER])
        with Session(engine) as session, session.begin():
            told = make_told(session)
            user = make_user(session, Role.VIEWER)
            program = Actor(user.id, user.name, frozenset())
            key = keys.make(session, "GDAL", 1, actor=program)
            mapper = make_user(session, Role.COORDINATOR)
            sees = Actor(mapper.id, mapper.name, permissions_of([Role.COORDINATOR]))
            exact_key = keys.make(session, "QGIS", 1, actor=sees, purpose="Damage survey")
        engine.dispose()
        with served(environment, files) as platform:
            yield Service(f"{platform.address}/api/ogc", key, exact_key, told)


@pytest.fixture
def gdal(service: Service) -> Iterator[str]:
    """The address GDAL opens the service at, with the key it sends."""
    _say(f"anybody:{service.key}")
    yield f"OAPIF:{service.address}"
    pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": None, "GDAL_HTTP_USERPWD": None})


def _say(user_and_password: str) -> None:
    said = {"GDAL_HTTP_AUTH": "BASIC", "GDAL_HTTP_USERPWD": user_and_password}
    pyogrio.set_gdal_config_options(said)


def test_gdal_lists_and_reads_collections(gdal: str, service: Service) -> None:
    names = {name for name, _kind in pyogrio.list_layers(gdal)}
    assert {"areas-2", "releases", f"release-{service.told.depths}-areas-2"} <= names

    areas = pyogrio.read_dataframe(gdal, layer="areas-2").set_index("pcode")
    assert list(areas.index) == ["X11", "X12", "X21", "X22"]
    assert areas.geometry["X21"].equals(shapely.box(2, 0, 3, 2))
    assert areas.crs.to_epsg() in (4326, None) or "CRS84" in str(areas.crs)


def test_gdal_reads_all_pages(gdal: str) -> None:
    # a page of GDAL's is what the description says may be asked at once; this makes it three
    pyogrio.set_gdal_config_options({"OGR_OAPIF_PAGE_SIZE": "2"})
    assert len(pyogrio.read_dataframe(gdal, layer="areas-2")) == 4


def test_gdal_asks_by_box_and_condition(gdal: str, service: Service) -> None:
    hit = f"release-{service.told.depths}-areas-2"
    boxed = pyogrio.read_dataframe(gdal, layer="areas-2", bbox=(2.2, 0.2, 2.4, 0.4))
    deep = pyogrio.read_dataframe(gdal, layer=hit, where="most >= 1.5")

    assert list(boxed["pcode"]) == ["X21"]
    assert list(deep["pcode"]) == ["X11", "X22"]
    households = pyogrio.read_dataframe(gdal, layer=hit).set_index("pcode")["households_in"]
    assert households["X21"] == 7
    assert households.isna()["X12"]


def test_gdal_reads_the_classes_of_a_raster(gdal: str, service: Service) -> None:
    classes = pyogrio.read_dataframe(gdal, layer=f"release-{service.told.depths}")
    unseen = pyogrio.read_dataframe(
        gdal, layer=f"release-{service.told.depths}", where="status = 'not_observed'"
    )

    # two cells of a degree from 0.2 m, two from 0.5 m, one from 1 m, one from 2 m, one not seen
    sizes = shapely.area(classes.dissolve("class").geometry.to_numpy())
    assert sorted(sizes) == [1, 1, 1, 2, 2]
    assert unseen.union_all().equals(shapely.box(1, 0, 2, 1))


def test_gdal_reads_households_with_a_key_that_sees_them_and_with_no_other(
    gdal: str, service: Service
) -> None:
    assert "households" not in {name for name, _kind in pyogrio.list_layers(gdal)}
    _say(f"anybody:{service.exact_key}")

    households = pyogrio.read_dataframe(gdal, layer="households")
    wet = pyogrio.read_dataframe(gdal, layer="households", bbox=(2, 1, 3, 2))

    assert sorted(households.geometry.x.tolist()) == [0.5] * 6 + [1.5] * 3 + [2.5] * 7
    assert (len(wet), set(wet["pcode"])) == (7, {"X21"})


def test_owslib_reads_households_by_what_a_hazard_says_of_them(service: Service) -> None:
    key = {"Authorization": f"Bearer {service.exact_key}"}
    features = Features(f"{service.address}/", headers=key)
    deep = f"hazard_status({service.told.depths}, 1.5) = 'in'"

    found = features.collection_items("households", filter=deep, limit=100)

    assert len(found["features"]) == 6
    assert {one["properties"]["pcode"] for one in found["features"]} == {"X11"}
    assert "number" in features.collection_queryables("households")["properties"]


def test_gdal_with_a_wrong_key_reads_nothing(gdal: str) -> None:
    _say("anybody:hg_wrong")
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.list_layers(gdal)


def test_owslib_reads_it(service: Service) -> None:
    features = Features(f"{service.address}/", headers={"Authorization": f"Bearer {service.key}"})

    assert "areas-2" in features.feature_collections()
    assert features.collection("areas-2")["title"] == "district"
    assert "pcode" in features.collection_queryables("areas-2")["properties"]
    found = features.collection_items("areas-2", bbox=[0.2, 0.2, 0.4, 0.4])
    assert [one["id"] for one in found["features"]] == ["X11"]
    found = features.collection_items("areas-2", filter="pcode = 'X22'")
    assert [one["id"] for one in found["features"]] == ["X22"]
    assert features.collection_item("areas-2", "X12")["properties"]["name"] == "Area X12"
