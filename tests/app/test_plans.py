"""The second wall takes no index away from the queries that pages ask most."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from bench.hot import HOTTEST, Asked, Query
from bench.lived_in import settle
from core.actor import Actor
from core.db import stand
from tests.app.test_walls import guarded
from tests.make.many import make_many
from tests.make.programs import make_actor

pytestmark = pytest.mark.xdist_group("plans")  # one world of many households for all of them
READS = ("select", "with")
STANDS = ("stand_locally", "set_config")
INDEXES = text("select indexname from pg_indexes where tablename = any (:tables)")


@dataclass(frozen=True)
class Plans:
    """By which indexes one query reads tables about people, and which of them from end to end."""

    indexes: frozenset[str]
    scanned: frozenset[str]


@pytest.fixture(scope="module")
def lived_in(connection: Connection) -> Iterator[tuple[Session, Asked]]:
    """Twenty thousand households in a hundred communes, undone at the end."""
    connection.rollback()
    outer = connection.begin()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        make_many(session)
        yield session, settle(session, 20_000)
    outer.rollback()


@pytest.mark.parametrize("query", HOTTEST.values(), ids=HOTTEST.keys())
def test_the_whole_country_is_read_by_the_same_indexes(
    lived_in: tuple[Session, Asked], query: Query
) -> None:
    session, asked = lived_in
    everybody = make_actor(1, "Country")
    without = plans(session, query, asked, everybody)
    stand(session, everybody)
    assert plans(session, query, asked, everybody) == without


@pytest.mark.parametrize("query", HOTTEST.values(), ids=HOTTEST.keys())
def test_one_commune_is_read_without_reading_a_table_of_people_from_end_to_end(
    lived_in: tuple[Session, Asked], query: Query
) -> None:
    session, asked = lived_in
    bound = make_actor(2, "Commune", national=False, area_ids=frozenset({asked.area.id}))
    without = plans(session, query, asked, bound)
    stand(session, bound)
    within = plans(session, query, asked, bound)
    assert within.scanned <= without.scanned
    assert within.indexes


def plans(session: Session, query: Query, asked: Asked, actor: Actor) -> Plans:
    """The plans of all a query asks, by the roles it is asked with; the role ends with it."""
    connection, asked_for = session.connection(), []

    def note(_c: object, _cursor: object, sql: str, values: Any, *_rest: object) -> None:
        asked_for.append((sql, values))

    event.listen(connection, "before_cursor_execute", note)
    query(session, asked, actor)
    event.remove(connection, "before_cursor_execute", note)
    nodes = [node for sql, values in asked_for if reads(sql) for node in plan(session, sql, values)]
    session.execute(text("reset role"))
    session.expire_all()
    scanned = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    indexes = {node["Index Name"] for node in nodes if "Index Name" in node}
    about_people = {table.name for table in guarded()}
    return Plans(
        frozenset(indexes & set(session.scalars(INDEXES, {"tables": list(about_people)}))),
        frozenset(scanned & about_people),
    )


def reads(sql: str) -> bool:
    return sql.lstrip().lower().startswith(READS) and not any(word in sql for word in STANDS)


def plan(session: Session, sql: str, values: Any) -> list[dict[str, Any]]:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    [[found]] = driver.execute(f"explain (format json) {sql}", values).fetchall()
    return list(below(found[0]["Plan"]))


def below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from below(child)
