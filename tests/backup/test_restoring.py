"""What is restored is what was there at the moment of the backup, or nothing at all."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text

from app.backup.files import place
from app.backup.installation import Installation, database_name
from app.backup.keys import PassphraseMissing, PassphraseWrong
from app.backup.making import make, write
from app.backup.point import held, sums
from app.backup.restoring import (
    BackupBroken,
    BackupNewer,
    InUse,
    NotEmpty,
    RowsDiffer,
    restore,
)
from app.backup.shelf import opened
from core import jobs
from core.actor import Actor
from core.db import transaction
from core.jobs import Job, JobState
from tests.backup.conftest import Send
from tests.backup.test_making import FIRST, SECOND, flip, rewritten
from tests.conftest import server
from tests.make.registry import make_household


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "shelf"


def asked(of: Installation, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(of.database) as connection:
        return connection.execute(question).fetchall()


def databases(of: Installation) -> set[str]:
    """The databases of the server whose names begin as this one's does."""
    like = {"name": f"{database_name(of.database)}%"}
    with server().connect() as at:
        return set(
            at.scalars(text("select datname from pg_database where datname like :name"), like)
        )


def test_rows_files_and_keys_are_there_again(
    filled: Installation, theirs: Installation, shelf: Path
) -> None:
    restore(make(filled, shelf).backup, theirs)
    assert asked(theirs, "select name from registrants order by name") == [
        ("Beli",),
        ("Doro",),
        ("Sero",),
    ]
    assert place(theirs.storage, FIRST).read_text() == "code,size\n1,5\n"
    assert place(theirs.storage, SECOND).read_text() == "code,size\n2,7\n"
    assert sums_of(theirs) == sums_of(filled)


def sums_of(installation: Installation) -> dict[str, str]:
    with held(installation.database) as point:
        return sums(point.connection)


def test_the_second_wall_stands_again(
    filled: Installation, theirs: Installation, shelf: Path
) -> None:
    """Policies and rights of the roles come along: nobody's role sees nobody."""
    restore(make(filled, shelf).backup, theirs)
    policies = "select tablename, policyname, roles, qual from pg_policies order by 1, 2"
    assert asked(theirs, policies) == asked(filled, policies)
    rights = """
        select c.relname, c.relrowsecurity, r.rolname, a.privilege_type
        from pg_class c, pg_roles r, aclexplode(coalesce(c.relacl, acldefault(
            case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
        where c.relnamespace = 'public'::regnamespace and r.oid = a.grantee order by 1, 2, 3, 4
    """
    assert asked(theirs, rights) == asked(filled, rights)
    with psycopg.connect(theirs.database) as connection:
        connection.execute("set role highground_local")
        assert connection.execute("select count(*) from registrants").fetchone() == (0,)


def test_keys_the_data_hangs_on_come_along_and_doors_of_the_machine_stay(
    filled: Installation, theirs: Installation, shelf: Path
) -> None:
    restore(make(filled, shelf).backup, theirs)
    assert json.loads((theirs.var / "keys.json").read_text()) == {
        "postgres": "new door",
        "web": "of the cookies",
    }
    assert set((theirs.var / "environment").read_text().splitlines()) == {
        "TIMEZONE=Asia/Manila",
        "REDIS_URL=unix:///new",
        "SECRET_KEY=of the cookies",
        "AUDIT_KEY=",
    }


def test_the_file_of_keys_comes_along_before_keys_that_were_made_meanwhile(
    filled: Installation, theirs: Installation, shelf: Path, tmp_path: Path
) -> None:
    (tmp_path / "sealing").write_text("old one\n")
    (theirs.var / "sealing").write_text("made at setup\n")
    restore(
        make(replace(filled, sealing=tmp_path / "sealing"), shelf).backup,
        replace(theirs, sealing=theirs.var / "sealing"),
    )
    assert (theirs.var / "sealing").read_text() == "old one\nmade at setup\n"


def test_the_trail_has_to_reach_the_head_it_had(
    filled: Installation, theirs: Installation, shelf: Path
) -> None:
    made = make(filled, shelf)
    restore(made.backup, theirs)
    assert theirs.heads.read_text() == f"{made.manifest.head}\n"


def test_sealed_keys_are_opened_by_their_passphrase_only(
    filled: Installation, theirs: Installation, shelf: Path
) -> None:
    backup = make(filled, shelf, passphrase="high above the water").backup
    with pytest.raises(PassphraseMissing):
        restore(backup, theirs)
    with pytest.raises(PassphraseWrong):
        restore(backup, theirs, "below it")
    restore(backup, theirs, "high above the water")
    assert json.loads((theirs.var / "keys.json").read_text())["web"] == "of the cookies"


def test_what_is_committed_after_the_moment_is_not_in_it(
    filled: Installation, theirs: Installation, shelf: Path, send: Send
) -> None:
    with opened(shelf), held(filled.database) as point:
        with transaction() as session:
            make_household(session, name="Late")
            session.execute(text("update registrants set name = 'Renamed' where name = 'Doro'"))
        then = sums(point.connection)
        backup = write(point, filled, shelf, None, "")
    restore(backup, theirs)
    assert asked(theirs, "select count(*) from registrants where name in ('Late', 'Renamed')") == [
        (0,)
    ]
    assert sums_of(theirs) == then


def test_a_backup_made_while_files_are_sent_holds_each_row_with_its_file(
    filled: Installation, theirs: Installation, shelf: Path, send: Send
) -> None:
    over, sent = threading.Event(), [FIRST, SECOND]

    def go_on_sending() -> None:
        while not over.is_set():
            sent.append(send(f"code,size\n{len(sent)},1\n"))

    writer = threading.Thread(target=go_on_sending)
    writer.start()
    try:
        made = make(filled, shelf)
    finally:
        over.set()
        writer.join()
    restore(made.backup, theirs)
    rows = [sha256 for [sha256] in asked(theirs, "select original_sha256 from imports order by id")]
    assert len(rows) < len(sent)
    assert rows == sent[: len(rows)]
    assert all(place(theirs.storage, str(name)).is_file() for name in rows)


def test_work_that_was_running_waits_again(
    filled: Installation, theirs: Installation, shelf: Path, anybody: Actor
) -> None:
    with transaction() as session:
        job_id = jobs.defer(session, work_of_the_test, actor=anybody)
    with transaction() as session:
        assert jobs.take(session, job_id) is not None
    restored = restore(make(filled, shelf).backup, theirs)
    assert restored.put_back == 1
    assert asked(theirs, "select state, token, lease_until, rung_at from jobs") == [
        ("waiting", None, None, None)
    ]
    with transaction() as session:
        assert session.scalars(select(Job.state)).one() is JobState.RUNNING


def work_of_the_test() -> None:
    """Named by a job, never called."""


def test_a_database_in_which_somebody_acted_is_refused_and_left_alone(
    filled: Installation, shelf: Path
) -> None:
    backup = make(filled, shelf).backup
    name = database_name(filled.database)
    with pytest.raises(NotEmpty, match=f"The database {name} holds something already"):
        restore(backup, filled)
    assert asked(filled, "select count(*) from registrants") == [(3,)]


def test_a_database_somebody_is_connected_to_is_refused(
    filled: Installation, theirs: Installation, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.backup.restoring.LEAVING", 0.1)  # this one does not leave
    backup = make(filled, shelf).backup
    with psycopg.connect(theirs.database), pytest.raises(InUse):
        restore(backup, theirs)


@pytest.mark.parametrize("place_of", ["dump/toc.dat", f"files/{FIRST[:2]}/{FIRST}"])
def test_a_backup_that_is_not_whole_is_not_restored(
    filled: Installation, theirs: Installation, shelf: Path, place_of: str
) -> None:
    backup = make(filled, shelf).backup
    flip(backup.folder / place_of)
    with pytest.raises(BackupBroken, match="is not what it was"):
        restore(backup, theirs)
    assert databases(theirs) == {database_name(theirs.database)}
    assert asked(theirs, "select to_regclass('registrants')") == [(None,)]


def test_rows_that_are_not_there_again_leave_the_empty_database_as_it_was(
    filled: Installation, theirs: Installation, shelf: Path
) -> None:
    backup = make(filled, shelf).backup
    rewritten(backup, rows={**backup.manifest().rows, "public.registrants": 4})
    with pytest.raises(RowsDiffer, match=r"public.registrants: 3, 4"):
        restore(backup, theirs)
    assert databases(theirs) == {database_name(theirs.database)}
    assert asked(theirs, "select to_regclass('registrants')") == [(None,)]


def test_a_backup_of_a_newer_version_is_refused(
    filled: Installation, theirs: Installation, shelf: Path
) -> None:
    backup = make(filled, shelf).backup
    rewritten(backup, revision="9999")
    with pytest.raises(BackupNewer, match="9999"):
        restore(backup, theirs)
