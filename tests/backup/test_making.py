"""A backup is what was there at its moment, and says where it is not whole."""

import hashlib
import io
import json
import os
import subprocess
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from app.backup.checking import faults
from app.backup.files import place
from app.backup.installation import Installation
from app.backup.making import make
from app.backup.manifest import Manifest, write_manifest
from app.backup.programs import ClientMissing, client
from app.backup.shelf import Backup, ShelfBusy, backups, opened, write_sums
from core.crypto import make_keys
from core.db import transaction
from core.settings import settings
from core.storage import keep_personal
from tests.backup.conftest import Send

FIRST = hashlib.sha256(b"code,size\n1,5\n").hexdigest()
SECOND = hashlib.sha256(b"code,size\n2,7\n").hexdigest()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "shelf"


def flip(path: Path, at: int = 0) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def rewritten(backup: Backup, **other: object) -> None:
    """Write another manifest, with digests that fit it: as somebody careful would falsify it."""
    told = orjson.loads((backup.folder / "manifest.json").read_bytes())
    changed = Manifest(**{**told, **other, "roles": backup.manifest().roles})
    write_manifest(backup.folder / "manifest.json", changed)
    (backup.folder / "SHA256SUMS").unlink()
    write_sums(backup.folder, {})


def test_a_backup_tells_its_rows_files_and_the_end_of_the_trail(
    filled: Installation, shelf: Path
) -> None:
    made = make(filled, shelf)
    told = made.manifest
    counted = {name: told.rows[f"public.{name}"] for name in ("registrants", "groups", "imports")}
    assert counted == {"registrants": 3, "groups": 3, "imports": 2}
    assert told.files == {FIRST: 14, SECOND: 14}
    assert told.missing == []
    with transaction() as session:
        [last] = session.execute(text("select max(id) from audit_entries")).one()
    head = json.loads(told.head)
    assert (head["position"], head["entry"]) == (2, last)
    assert list(faults(made.backup)) == []


def test_anybody_can_check_it_with_the_tools_of_any_machine(
    filled: Installation, shelf: Path
) -> None:
    folder = make(filled, shelf).backup.folder
    checked = ["/usr/bin/sha256sum", "--quiet", "-c", "SHA256SUMS"]
    assert subprocess.run(checked, cwd=folder, check=False).returncode == 0


def test_nobody_else_may_look_into_it(filled: Installation, shelf: Path) -> None:
    folder = make(filled, shelf).backup.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "keys/keys.json").stat().st_mode & 0o777 == 0o600


def test_the_second_backup_links_the_files_the_first_has(
    filled: Installation, shelf: Path, send: Send
) -> None:
    first = make(filled, shelf).backup
    new = send("code,size\n3,1\n")
    second = make(filled, shelf)
    kept = [place(one.folder / "files", FIRST).stat().st_ino for one in (first, second.backup)]
    assert kept[0] == kept[1]
    assert second.manifest.files == {FIRST: 14, SECOND: 14, new: 14}


def test_a_damaged_file_and_a_missing_one_are_named_and_the_rest_is_kept(
    filled: Installation, shelf: Path, send: Send
) -> None:
    whole = send("code,size\n3,1\n")
    flip(place(filled.storage, FIRST))
    place(filled.storage, SECOND).unlink()
    made = make(filled, shelf)
    assert sorted(made.manifest.missing) == sorted([FIRST, SECOND])
    assert made.manifest.files == {whole: 14}
    assert list(faults(made.backup)) == []


def test_what_was_damaged_since_is_kept_as_the_earlier_backup_has_it(
    filled: Installation, shelf: Path
) -> None:
    make(filled, shelf)
    flip(place(filled.storage, FIRST))
    made = make(filled, shelf)
    assert made.manifest.missing == [FIRST]
    assert place(made.backup.folder / "files", FIRST).read_text() == "code,size\n1,5\n"


def test_a_file_that_is_sealed_is_taken_as_it_lies_and_proved_by_opening_it(
    filled: Installation, shelf: Path, sealing: Path
) -> None:
    named = keep_personal(io.BytesIO(b"MARK of somebody")).sha256
    made = make(filled, shelf)
    copy = place(made.backup.folder / "files", named)
    assert copy.read_bytes() == place(filled.storage, named).read_bytes()
    assert b"MARK" not in copy.read_bytes()
    assert list(faults(made.backup)) == []
    flip(place(filled.storage, named), -3)
    assert make(filled, shelf).manifest.missing == [named]


@pytest.fixture
def sealing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of keys of an installation that keeps files unreadable."""
    file = tmp_path / "sealing"
    make_keys(file)
    monkeypatch.setenv("ENCRYPTION_KEYS", str(file))
    settings.cache_clear()
    return file


def test_older_backups_go_once_the_new_one_misses_nothing(
    filled: Installation, shelf: Path
) -> None:
    first, second = make(filled, shelf).backup, make(filled, shelf).backup
    third = make(filled, shelf, keep=2)
    assert third.gone == [first]
    assert backups(shelf) == [second, third.backup]
    flip(place(filled.storage, FIRST))
    damaged = make(filled, shelf, keep=1)
    assert damaged.gone == []
    assert backups(shelf) == [second, third.backup, damaged.backup]


def test_one_that_was_cut_is_none_and_the_next_clears_it_away(
    filled: Installation, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = shelf / ".2026-11-22T120000.000000Z.part"
    cut.mkdir(parents=True)
    assert backups(shelf) == []
    make(filled, shelf)
    assert not cut.exists()
    monkeypatch.setattr("app.backup.making.write_manifest", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        make(filled, shelf)
    assert len(backups(shelf)) == 1


def _power_cut(*_given: object) -> None:
    raise KeyboardInterrupt


def test_two_are_not_made_into_one_folder_at_once(filled: Installation, shelf: Path) -> None:
    with opened(shelf), pytest.raises(ShelfBusy):
        make(filled, shelf)


def test_keys_sealed_for_a_passphrase_tell_nothing(filled: Installation, shelf: Path) -> None:
    made = make(filled, shelf, passphrase="high above the water")
    assert made.manifest.sealed_keys
    [sealed] = (made.backup.folder / "keys").iterdir()
    assert sealed.name == "keys.age"
    assert b"of the cookies" not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o777 == 0o600


def test_a_flipped_byte_is_found_wherever_it_is(filled: Installation, shelf: Path) -> None:
    backup = make(filled, shelf).backup
    for path in (
        place(backup.folder / "files", SECOND),
        backup.folder / "dump/toc.dat",
        backup.folder / "keys/keys.json",
        backup.folder / "manifest.json",
    ):
        flip(path, -3)
        found = list(faults(backup))
        assert f"{path} is not what it was: its SHA-256 is another." in found
        flip(path, -3)
    assert list(faults(backup)) == []


def test_a_dump_cut_short_is_found(filled: Installation, shelf: Path) -> None:
    backup = make(filled, shelf).backup
    toc = backup.folder / "dump/toc.dat"
    os.truncate(toc, toc.stat().st_size // 2)
    found = " ".join(faults(backup))
    assert f"{toc} is not what it was" in found
    assert "dump cannot be read: pg_restore did not succeed" in found


def test_a_table_nobody_counted_is_found_though_all_digests_fit(
    filled: Installation, shelf: Path
) -> None:
    backup = make(filled, shelf).backup
    rows = backup.manifest().rows
    rewritten(backup, rows={name: n for name, n in rows.items() if name != "public.groups"})
    assert list(faults(backup)) == [
        "The table public.groups is in the dump or was counted, but not both."
    ]


def test_a_file_that_went_and_one_that_came_are_found(filled: Installation, shelf: Path) -> None:
    backup = make(filled, shelf).backup
    gone, came = place(backup.folder / "files", FIRST), backup.folder / "files/stranger"
    gone.unlink()
    came.write_text("x")
    assert list(faults(backup)) == [f"{gone} is missing.", f"{came} is not listed in SHA256SUMS."]


def test_a_server_newer_than_our_programs_is_told_in_a_sentence() -> None:
    with pytest.raises(ClientMissing, match="pg_dump for PostgreSQL 99 is not here"):
        client("pg_dump", 99)
