"""PostgreSQL's own programs for dumping and restoring; the passwords stay off their arguments."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.backup.installation import database_beside, database_name
from core.errors import Refusal
from deploy.checkout import DEBROOT
from deploy.tools import Program, find_client

MOST_HANDS = 8
LAST_WORDS = 600


class ClientMissing(Refusal):
    """{name} for PostgreSQL {major} is not here; install the package postgresql-client-{major}."""

    status = 503


class ClientFailed(Refusal):
    """{name} did not succeed; it said: {said}"""

    status = 503


def client(name: str, major: int) -> Program:
    """pg_dump or pg_restore, for a server of this version.

    Raises:
        ClientMissing
    """
    found = find_client(DEBROOT, name, major)
    if found is None:
        raise ClientMissing(name=name, major=major)
    return found


def dump(database: str, major: int, snapshot: str, folder: Path) -> None:
    """Write all that a snapshot shows into a new folder: privileges and partitions included.

    Raises:
        ClientMissing, ClientFailed
    """
    words = ["--format=directory", "--compress=1", f"--jobs={_hands()}", f"--snapshot={snapshot}"]
    _run(client("pg_dump", major), [*words, f"--file={folder}"], database)


def pour(folder: Path, database: str, major: int) -> None:
    """Restore a dump into an empty database, which then is its owner's who connects.

    Raises:
        ClientMissing, ClientFailed
    """
    words = ["--exit-on-error", "--no-owner", "--no-comments", f"--jobs={_hands()}"]
    _run(client("pg_restore", major), [*words, str(folder)], database)


def contents(folder: Path, major: int) -> str:
    """The table of contents of a dump, as pg_restore lists it.

    Raises:
        ClientMissing, ClientFailed
    """
    return _run(client("pg_restore", major), ["--list", str(folder)])


def _hands() -> int:
    return min(os.cpu_count() or 1, MOST_HANDS)


def _run(program: Program, words: list[str], database: str = "") -> str:
    where, secret = _reached(database) if database else ([], {})
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's
        [str(program.path), *words, *where],
        env={**program.environment(), **secret},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise ClientFailed(name=program.path.name, said=done.stderr.strip()[-LAST_WORDS:])
    return done.stdout


def _reached(database: str) -> tuple[list[str], Mapping[str, str]]:
    """The words that name a database, and the variable that holds its password."""
    plain = conninfo_to_dict(database_beside(database, database_name(database)))
    known = {name: str(value) for name, value in plain.items() if value is not None}
    password = known.pop("password", "")
    return [f"--dbname={make_conninfo('', **known)}"], {"PGPASSWORD": password} if password else {}
