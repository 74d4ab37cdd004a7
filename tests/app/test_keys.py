"""Keys: made, rotated, switched on and off, with nothing lost on the way."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import keys as sealing
from app.cli.keys import keys as command
from core import crypto
from core.actor import Actor
from core.settings import settings
from core.storage import keep_personal, stream_of
from registry.models.imports import Import
from registry.models.registrants import Identifier
from registry.queries.registrants import registrants_page
from tests.make.imports import person, take_people
from tests.make.registry import make_household, make_identifier, make_location, make_person
from tests.registry.test_sealed_identifiers import columns_that_hold

NUMBER = "KS-1984-00717"


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "keys"
    crypto.make_keys(path)
    monkeypatch.setenv("ENCRYPTION_KEYS", str(path))
    monkeypatch.setenv("STORAGE", str(tmp_path / "files"))  # of these keys alone
    settings.cache_clear()
    yield path
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def switched_off(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """There is a file of keys, which is not configured yet."""
    monkeypatch.setenv("ENCRYPTION_KEYS", "")
    settings.cache_clear()
    return file


def switch_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCRYPTION_KEYS", str(file))
    settings.cache_clear()


def take_one(session: Session, folder: Path, actor: Actor) -> Import:
    """A file of one person, who has the identifier, taken in."""
    make_household(session, make_location(session, 0.5, 0.5), code="H1")
    return take_people(session, folder, actor, person(id_number=NUMBER))


def test_after_a_rotation_the_old_key_is_needed_no_more(
    session: Session, file: Path, tmp_path: Path, anybody: Actor
) -> None:
    made = take_one(session, tmp_path, anybody)
    original = stream_of(made.original_sha256).read()
    session.flush()

    key = crypto.add_key(file)
    values = sealing.write_anew(session, sealing.is_under(key), sealing.under(key))
    files = sealing.files_anew(key)
    file.write_text(file.read_text().splitlines()[0])
    session.expire_all()

    assert {name: count for name, count in values.items() if count} == {
        "identifiers.value": 1,
        "import_rows.id_number": 1,
    }
    assert files >= 1
    assert session.scalars(select(Identifier.value)).all() == [NUMBER]
    assert stream_of(made.original_sha256).read() == original
    assert len(registrants_page(session, NUMBER, actor=anybody).rows) == 1
    assert columns_that_hold(session, NUMBER) == []
    assert not sealing.broken_off(session, key)


def test_uniqueness_outlives_a_rotation(session: Session, file: Path) -> None:
    first = make_person(session, make_household(session), "female")
    make_identifier(session, first, NUMBER)
    session.flush()
    key = crypto.add_key(file)
    sealing.write_anew(session, sealing.is_under(key), sealing.under(key))

    second = make_person(session, make_household(session), "male")
    session.add(Identifier(registrant_id=second.id, type="national_id", value=NUMBER))
    with pytest.raises(IntegrityError, match="uq_identifiers_valid"):
        session.flush()


def test_a_rotation_that_was_broken_off_is_gone_on_with(
    session: Session, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    for nth in range(5):
        somebody = make_person(session, make_household(session), "female")
        make_identifier(session, somebody, f"{NUMBER}-{nth}")
    session.flush()
    key = crypto.add_key(file)
    one = session.scalars(select(Identifier)).first()
    assert one is not None
    one.value = f"{one.value}x"  # written under the new key
    session.flush()

    assert sealing.broken_off(session, key)
    values = sealing.write_anew(session, sealing.is_under(key), sealing.under(key))

    assert values["identifiers.value"] == 4
    assert not sealing.broken_off(session, key)


def test_what_was_kept_plain_is_sealed_once_there_are_keys_and_opened_again(
    session: Session,
    switched_off: Path,
    tmp_path: Path,
    anybody: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = take_one(session, tmp_path, anybody)
    original = stream_of(made.original_sha256).read()
    plain = columns_that_hold(session, NUMBER)
    switch_on(switched_off, monkeypatch)
    key = crypto.newest()

    sealing.write_anew(session, sealing.is_sealed_at_all, sealing.under(key))
    sealed_files = sealing.files_sealed(session, key)

    told = columns_that_hold(session, NUMBER)
    assert set(plain) - set(told) >= {"identifiers.value", "identifiers.key"}
    assert {"import_rows.id_number", "import_rows.id_key"} <= set(plain) - set(told)
    assert sealed_files == 1
    assert stream_of(made.original_sha256).read() == original

    sealing.write_anew(session, sealing.is_plain, sealing.plain)
    sealing.files_anew(None)
    monkeypatch.setenv("ENCRYPTION_KEYS", "")
    settings.cache_clear()
    session.expire_all()
    assert session.scalars(select(Identifier.value)).all() == [NUMBER]
    assert session.scalars(select(Identifier.key)).all() == [NUMBER]
    assert stream_of(made.original_sha256).read() == original


def test_a_file_of_storage_is_sealed_anew_under_the_same_name(file: Path) -> None:
    kept = keep_personal(BytesIO(b"name\nAmina\n"))
    key = crypto.add_key(file)

    assert sealing.files_anew(key) >= 1
    file.write_text(file.read_text().splitlines()[0])

    assert stream_of(kept.sha256).read() == b"name\nAmina\n"
    assert sealing.files_anew(key) == 0


def test_a_new_file_of_keys_is_made_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "new keys"
    runner = CliRunner()

    first = runner.invoke(command, ["make", str(path)])
    before = path.read_text()
    second = runner.invoke(command, ["make", str(path)])

    assert first.exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert isinstance(second.exception, crypto.KeysStand)
    assert path.read_text() == before
