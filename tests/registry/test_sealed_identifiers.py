"""Identifiers where a file of keys is configured: none stands in the database as it was given."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, literal_column, select, table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import crypto
from core.actor import Actor
from core.settings import settings
from core.storage import digest_of, keep, keep_personal, path_of, readable, stream_of
from registry.models.registrants import Identifier
from registry.queries.registrants import registrants_page
from tests.make.imports import person, rows_of, take_people
from tests.make.registry import make_household, make_location, make_person

NUMBER = "KS-1984-00717"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "keys"
    crypto.make_keys(file)
    monkeypatch.setenv("ENCRYPTION_KEYS", str(file))
    settings.cache_clear()
    yield file
    monkeypatch.undo()
    settings.cache_clear()


def columns_that_hold(session: Session, value: str) -> list[str]:
    """Every column of text, or of what can be written as one, in which a value stands."""
    session.flush()
    found = []
    for name in inspect(session.connection()).get_table_names():
        rows = select(func.to_jsonb(literal_column("t"))).select_from(table(name).alias("t"))
        for row in session.scalars(rows):
            found += [f"{name}.{column}" for column, said in row.items() if value in str(said)]
    return found


def test_an_identifier_is_kept_sealed_and_read_as_it_was_given(
    session: Session, keys: Path
) -> None:
    person = make_person(session, make_household(session), "female")
    session.add(Identifier(registrant_id=person.id, type="national_id", value=NUMBER))

    assert columns_that_hold(session, NUMBER) == []
    session.expire_all()
    assert session.scalars(select(Identifier.value)).all() == [NUMBER]


def test_people_of_a_file_are_known_by_identifiers_nobody_can_read(
    session: Session, keys: Path, tmp_path: Path, anybody: Actor
) -> None:
    make_household(session, make_location(session, 0.5, 0.5), code="H1")
    take_people(session, tmp_path, anybody, person(id_number=NUMBER))

    again = take_people(session, tmp_path, anybody, person(code="", id_number=NUMBER))
    other = person(code="P9", relation="child", sex="male", id_number=NUMBER)
    somebody_else = take_people(session, tmp_path, anybody, other)

    assert again.counts["error"] == 1  # a code is asked for, whoever it is
    [row] = rows_of(session, somebody_else)
    assert row.warnings == ["repeated_id"]
    assert row.id_number == NUMBER
    assert columns_that_hold(session, NUMBER) == []


def test_a_valid_identifier_is_still_one_persons_alone(session: Session, keys: Path) -> None:
    for _nth in range(2):
        person = make_person(session, make_household(session), "female")
        session.add(Identifier(registrant_id=person.id, type="national_id", value=NUMBER))

    with pytest.raises(IntegrityError, match="uq_identifiers_valid"):
        session.flush()


def test_a_person_is_found_by_a_sealed_identifier(
    session: Session, keys: Path, anybody: Actor
) -> None:
    person = make_person(session, make_household(session), "female")
    session.add(Identifier(registrant_id=person.id, type="national_id", value=NUMBER))
    session.flush()

    crypto.add_key(keys)  # what an older key told to be the same is found as well

    found = registrants_page(session, NUMBER, actor=anybody).rows
    assert [row.id for row in found] == [person.id]


def test_a_file_that_names_people_is_kept_unreadable_under_a_name_that_says_nothing(
    storage: Path, keys: Path
) -> None:
    body = f"name,id\nAmina,{NUMBER}\n".encode() * 1000

    kept = keep_personal(BytesIO(body))

    on_disk = path_of(kept.sha256).read_bytes()
    assert NUMBER.encode() not in on_disk
    assert kept.size == len(body)
    assert kept.sha256 != keep(BytesIO(body)).sha256
    assert stream_of(kept.sha256).read() == body
    with readable(kept.sha256) as path:
        assert path.read_bytes() == body
    assert not path.exists()
    assert digest_of(path_of(kept.sha256)) == kept.sha256


def test_a_sealed_file_that_was_altered_is_refused(storage: Path, keys: Path) -> None:
    kept = keep_personal(BytesIO(b"name\nAmina\n"))
    path = path_of(kept.sha256)
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(body)

    with pytest.raises(crypto.SealBroken):
        stream_of(kept.sha256)


def test_without_keys_a_file_that_names_people_is_kept_as_any_other(storage: Path) -> None:
    kept = keep_personal(BytesIO(b"name\nAmina\n"))

    assert kept == keep(BytesIO(b"name\nAmina\n"))
    assert digest_of(path_of(kept.sha256)) == kept.sha256
