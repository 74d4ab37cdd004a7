"""What the rooms of administration say of the platform itself."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.auth.roles import Role
from core.settings import settings
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the settings name for backups."""
    folder = tmp_path / "shelf"
    monkeypatch.setenv("BACKUP_FOLDER", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()


def test_an_administrator_sees_when_the_last_backup_was_made(
    signed_in: SignedIn, shelf: Path
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    assert f"No backup was found in {shelf}." in administrator.get("/admin").text
    for name in ("2026-11-21T030000.000000Z", "2026-11-22T030412.500000Z", "notes"):
        (shelf / name).mkdir(parents=True)
    (shelf / ".2026-11-23T030000.000000Z.part").mkdir()
    assert "The last backup was made at 22 Nov 2026, 03:04." in administrator.get("/admin").text


def test_nothing_is_said_of_backups_where_no_folder_is_named(signed_in: SignedIn) -> None:
    assert "backup" not in signed_in(Role.ADMINISTRATOR).get("/admin").text
