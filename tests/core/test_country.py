"""What is decided of the country holds from the next transaction on, wherever that begins."""

from threading import Thread

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select

from app.cli.db import migrations
from core import settings as kept
from core.country import FIRST, Country, country, know
from core.db import transaction
from core.settings import first_value
from tests.make.country import make_decided


def test_what_is_decided_holds_in_every_transaction_that_begins_later(apart: None) -> None:
    with transaction() as session:
        make_decided(session, fewest=9, timezone="Africa/Nairobi", currencies=["KES"])
    know(FIRST)  # as a worker that has done nothing since knows it

    with transaction() as session:
        session.execute(select(1))
        assert (country().fewest, str(country().zone)) == (9, "Africa/Nairobi")
    assert country().currencies == ["KES"]
    know(FIRST)


def test_another_thread_goes_by_its_own_transactions(apart: None) -> None:
    seen: list[Country] = []

    def ask() -> None:
        seen.append(country())
        with transaction() as session:
            session.execute(select(1))
            seen.append(country())

    with transaction() as session:
        make_decided(session, fewest=9)
    thread = Thread(target=ask)
    thread.start()
    thread.join()

    assert [each.fewest for each in seen] == [FIRST.fewest, 9]
    know(FIRST)


def test_a_savepoint_keeps_what_its_transaction_knows(apart: None) -> None:
    with transaction() as session:
        make_decided(session, fewest=9)
        with session.begin_nested():
            know(FIRST)
            session.execute(select(1))
            assert country() is FIRST
    know(FIRST)


def test_the_environment_gives_first_values_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", " Asia/Manila ")

    assert first_value("timezone") == "Asia/Manila"
    assert first_value("fewest") == ""
    assert not hasattr(kept.settings(), "timezone")


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ({}, ("UTC", None, 5, 10, [])),
        (
            {"timezone": "Asia/Manila", "phone_region": "ph", "fewest": "11", "rounding": "100"}
            | {"ask_purpose": "exports, registrants"},
            ("Asia/Manila", "PH", 11, 100, ["registrants", "exports"]),
        ),
        (
            {"timezone": "Manila", "phone_region": "PHL", "fewest": "1", "rounding": "7"}
            | {"ask_purpose": "none"},
            ("UTC", None, 5, 10, []),
        ),
    ],
)
def test_an_older_installation_begins_with_what_its_environment_said(
    said: dict[str, str], row: tuple[object, ...]
) -> None:
    script = ScriptDirectory.from_config(migrations()).get_revision("0047")
    assert script is not None

    first = script.module.first_row(lambda name: said.get(name, ""))

    assert tuple(first.values()) == row
