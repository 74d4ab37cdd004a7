"""A real PostGIS, a real transaction, and a small world to act in."""

import gc
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.nodeid import NodeId
from alembic import command
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.orm import Session

import app.tables  # noqa: F401
from app.auth.roles import GIVES
from app.cli.db import migrations
from core import settings as kept
from core.actor import Actor
from core.country import FIRST, know
from core.db import connect, new_session
from tests.browser import chromium, launch  # noqa: F401 - fixtures
from tests.places import ROOT

DATABASES = {"DATABASE_URL", "DATABASE_WORKS_URL", "DATABASE_OWNER_URL"}
OWNER = "DATABASE_OWNER_URL" if "DATABASE_OWNER_URL" in os.environ else "DATABASE_URL"
EVERYTHING = frozenset().union(*GIVES.values())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of one group go to one worker, so that what they share is made once; groups are long,
    and so begin first.

    pytest-xdist 3.8 notes the group where pytest 9.2 does not look any more, and says nothing.
    """
    if not hasattr(config, "workerinput"):
        return
    groups = {item: _group_of(item) for item in items}
    items.sort(key=lambda item: not groups[item])
    for item, group in groups.items():
        if group:
            item._id = NodeId.parse(f"{item.nodeid}@{group}")


def _group_of(item: pytest.Item) -> str:
    """The group a test says it is of; else its module, if its tests share what one of them made."""
    if said := item.get_closest_marker("xdist_group"):
        return str(said.args[0])
    fixtures = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009 - pytest's own
    shares = any(fixture.scope in {"module", "package"} for each in fixtures for fixture in each)
    return item.nodeid.split("::")[0] if shares else ""


def pytest_collection_finish() -> None:
    """All that was imported stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()


def server() -> Engine:
    """The server the tests make their databases on."""
    url = make_url(os.environ[OWNER]).set(database="postgres")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


def in_database(name: str) -> dict[str, str]:
    """The addresses of a database of the server, for each who signs in to it."""
    urls = {variable: make_url(os.environ[variable]) for variable in DATABASES & os.environ.keys()}
    return {
        variable: url.set(database=name).render_as_string(hide_password=False)
        for variable, url in urls.items()
    }


def template() -> str:
    """The name of a migrated, empty database, made once for each state of the migrations."""
    text_of_all = b"".join(p.read_bytes() for p in sorted((ROOT / "migrations").rglob("*.py")))
    name = f"ground_{hashlib.sha256(text_of_all).hexdigest()[:12]}"
    with server().connect() as at:
        at.execute(text("select pg_advisory_lock(4711)"))
        there = text("select 1 from pg_database where datname = :name")
        if at.scalar(there, {"name": name}) is None:
            at.execute(text(f'drop database if exists "{name}_new"'))
            at.execute(text(f'create database "{name}_new"'))
            _migrate(at.engine.url.set(database=f"{name}_new"))
            at.execute(text(f'alter database "{name}_new" rename to "{name}"'))
    return name


def _migrate(url: URL) -> None:
    """Make all tables. Users begin at 1001, so that none is an actor that tests made up."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(text("alter sequence users_id_seq restart with 1001"))
    engine.dispose()


@pytest.fixture(scope="session")
def database(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """This worker's own database, copied from the template and dropped at the end."""
    name = f"test_{os.getpid()}_{worker_id}"
    with server().connect() as at:
        at.execute(text(f'create database "{name}" template "{template()}"'))
    os.environ.update(in_database(name))
    url = make_url(os.environ[OWNER])
    os.environ["STORAGE"] = str(tmp_path_factory.mktemp("storage"))
    os.environ.setdefault("SECRET_KEY", "of the tests")
    os.environ["SIGN_INS_A_MINUTE"] = "100000"  # of one address, from which all tests come
    os.environ["REQUESTS_AN_HOUR"] = "100000"
    os.environ["ASKS_A_MINUTE"] = "100000"
    kept.settings.cache_clear()
    yield url
    with server().connect() as at:
        at.execute(text(f'drop database "{name}" with (force)'))


@pytest.fixture(scope="session")
def engine(database: URL) -> Engine:
    return connect(database.render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def session(connection: Connection, storage: Path) -> Iterator[Session]:
    """One test, one transaction, never committed: commits inside it are savepoints."""
    connection.rollback()  # whatever a test without a session left open
    outer = connection.begin()
    new_session.configure(bind=connection, join_transaction_mode="create_savepoint")
    with new_session() as session:
        yield session
    outer.rollback()
    know(FIRST)  # what a test decided of the country goes with it
    new_session.configure(bind=connection.engine, join_transaction_mode="conditional_savepoint")


@pytest.fixture
def apart(database: URL) -> Iterator[None]:
    """For what has to be committed: transactions do, into a database that goes with the test."""
    name = f"test_{os.getpid()}_apart"
    with server().connect() as at:
        at.execute(text(f'create database "{name}" template "{template()}"'))
    before = new_session.kw.get("bind")
    own = create_engine(database.set(database=name), pool_size=12)
    new_session.configure(bind=own)
    yield
    new_session.configure(bind=before)
    own.dispose()
    with server().connect() as at:
        at.execute(text(f'drop database "{name}" with (force)'))


@pytest.fixture
def storage(database: URL) -> Path:
    """The folder of this worker's files."""
    return Path(os.environ["STORAGE"])


@pytest.fixture
def anybody() -> Actor:
    """Somebody who may do everything everywhere."""
    return Actor(id=1, name="Amina", permissions=EVERYTHING, national=True)


@pytest.fixture
def visitor() -> Actor:
    """Somebody who may do nothing and sees nothing."""
    return Actor(id=2, name="Boris", permissions=frozenset())


@pytest.fixture
def statements(connection: Connection) -> Iterator[list[str]]:
    """Every SQL statement the test ran."""
    seen: list[str] = []

    def note(_c: object, _cur: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


@pytest.fixture(scope="session", autouse=True)
def _roles_end_with_their_transaction() -> None:
    """What a transaction stands as ends with it, also where a test makes it a savepoint of its own.

    PostgreSQL forgets a role at the end of the outermost transaction only.
    """
    stood: list[str] = []

    def begin(connection: Connection, _name: str | None) -> None:
        stood.append(_role(connection, "show role"))

    def end(connection: Connection, _name: str, _context: object) -> None:
        _role(connection, "select set_config('role', %s, true)", stood.pop())

    def undo(_connection: Connection, _name: str, _context: object) -> None:
        stood.pop()

    event.listen(Engine, "savepoint", begin)
    event.listen(Engine, "release_savepoint", end)
    event.listen(Engine, "rollback_savepoint", undo)


def _role(connection: Connection, statement: str, *values: str) -> str:
    driver = connection.connection.driver_connection
    assert driver is not None
    return str(driver.execute(statement, values).fetchone()[0])
