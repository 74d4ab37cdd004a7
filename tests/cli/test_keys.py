"""The commands about keys: what the database holds is sealed, sealed anew and opened, for good."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.cli import keys as commands
from core import crypto
from core.db import transaction
from core.settings import settings
from tests.make.registry import make_household, make_identifier, make_person

NUMBERS = ["KS-1984-00717", "KS-1990-10021"]


@pytest.fixture
def file(apart: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of keys, configured after two people's numbers were written down without one."""
    path = tmp_path / "keys"
    monkeypatch.setattr(commands, "connect", lambda _url: None)
    monkeypatch.setenv("STORAGE", str(tmp_path / "files"))
    settings.cache_clear()
    with transaction() as session:
        for number in NUMBERS:
            make_identifier(session, make_person(session, make_household(session), "male"), number)
    monkeypatch.setenv("ENCRYPTION_KEYS", str(path))
    settings.cache_clear()
    yield path
    monkeypatch.undo()
    settings.cache_clear()


def _run(*words: object) -> Result:
    return CliRunner().invoke(commands.keys, [*map(str, words)])


def _values() -> list[str]:
    """What stands in the table, read by whoever has the database alone."""
    with transaction() as session:
        return list(session.scalars(text("select value from identifiers order by id")))


def test_numbers_are_sealed_turned_over_to_a_new_key_and_opened(file: Path) -> None:
    assert _run("make", file).exit_code == 0
    first = crypto.newest().name

    sealed = _run("seal")
    assert sorted(sealed.output.splitlines()) == [
        "accounts.value: 0 values",
        "change_answers.value: 0 values",
        "change_lines.after: 0 values",
        "change_lines.before: 0 values",
        "change_requests.contact: 0 values",
        "contacts.value: 0 values",
        "files: 0",
        "identifiers.value: 2 values",
        "import_cells.value: 0 values",
        "import_rows.id_number: 0 values",
    ]
    assert all(value.startswith(f"{crypto.MARK}{first}:") for value in _values())

    rotated = _run("rotate")
    second = crypto.newest().name
    assert second != first
    assert f"key {second}; the lines below the first may be taken away" in rotated.output
    assert all(value.startswith(f"{crypto.MARK}{second}:") for value in _values())

    opened = _run("open")
    assert opened.exit_code == 0
    assert _values() == NUMBERS


def test_without_a_file_of_keys_nothing_is_begun(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCRYPTION_KEYS", "")
    settings.cache_clear()

    for command in ("seal", "rotate", "open"):
        assert isinstance(_run(command).exception, commands.KeysNotConfigured)
    assert _values() == NUMBERS
