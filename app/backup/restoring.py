"""Restoring a backup into an empty installation: the database wholly or not at all."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from app.backup import files, keys
from app.backup.checking import faults
from app.backup.installation import Installation, database_beside, database_name
from app.backup.manifest import Manifest
from app.backup.point import held, rows
from app.backup.programs import pour
from app.backup.roles import have_roles
from app.backup.shelf import DUMP, FILES, HEAD, KEYS, Backup
from core import jobs
from core.errors import Conflict, Invalid
from core.seals import heads_in, keep_head
from core.settings import ROOT

Server = psycopg.Connection[tuple[int]]

MAINTENANCE = "postgres"
LEAVING = 5.0  # seconds that a connection which was closed may take to go
THERE = "select 1 from pg_database where datname = %s"
CONNECTED = """
    select 1 from pg_stat_activity where datname = %s and backend_type = 'client backend'
"""
# Tables of any schema but the system's and an extension's; of ours only, whether any was used.
TABLES = """
    select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass
                      and d.objid = c.oid and d.deptype = 'e')
"""
OURS = "select 1 where to_regclass('alembic_version') is not null"
USED = "select 1 from users union all select 1 from audit_entries"
# What a superuser said of an extension's functions is in no dump (migration 0010).
AS_MIGRATED = text("""
    do $$
    begin
        alter function geometry_overlaps(geometry, geometry) leakproof;
    exception when insufficient_privilege then null;
    end $$
""")
ANALYZE = text("analyze")


class BackupBroken(Invalid):
    """The backup in {path} is not whole: {fault} Restore another one."""


class BackupNewer(Conflict):
    """The backup was made by a newer version of Highground (migration {revision}); update first."""


class NotEmpty(Conflict):
    """The database {name} holds something already; name an empty one in DATABASE_URL."""


class InUse(Conflict):
    """Somebody is connected to the database {name}; stop Highground's processes first."""


class RowsDiffer(Conflict):
    """The restored database does not hold what was backed up ({differing}); take another backup."""


@dataclass(frozen=True)
class Restored:
    """What a restore brought back."""

    manifest: Manifest
    new_files: int
    """Files that storage had not got."""
    put_back: int
    """Jobs that were running."""
    secrets: dict[str, str] = field(repr=False)
    """The settings that what is stored hangs on, as they were."""


def restore(backup: Backup, into: Installation, passphrase: str | None = None) -> Restored:
    """Bring a backup back into an installation in which nobody has done anything yet.

    The database is poured into a new one, compared, and takes the empty one's name last of all: a
    restore that fails leaves the empty one as it was. Files already brought stay; they are what
    their names say.

    Raises:
        BackupBroken, BackupNewer, NotEmpty, InUse, RowsDiffer, PassphraseMissing, PassphraseWrong,
        ClientMissing, ClientFailed
    """
    manifest = _proved(backup)
    secret = keys.read(backup.folder / KEYS, passphrase)
    with _server(into.database) as server:
        _refuse_unless_free(server, into.database)
        have_roles(server, manifest.roles)
        with _fresh(server, into.database) as fresh:
            pour(backup.folder / DUMP, fresh, manifest.major)
            put_back = _made_ready(fresh, manifest)
            digests = {name: backup.sums()[f"{FILES}/{name[:2]}/{name}"] for name in manifest.files}
            new_files = files.bring_back(backup.folder / FILES, into.storage, digests)
            keys.bring_back(secret, into)
            _keep_heads(backup, into)
            _swap(server, fresh, into.database)
    return Restored(manifest, new_files, put_back, keys.secrets_of(secret))


def _keep_heads(backup: Backup, into: Installation) -> None:
    """The trail that comes back has to reach the head it had."""
    file = backup.folder / HEAD
    for head in heads_in(file) if file.stat().st_size else ():
        keep_head(into.heads, head)


def _proved(backup: Backup) -> Manifest:
    """The manifest of a backup that is whole and that this version can read."""
    if fault := next(faults(backup), None):
        raise BackupBroken(path=backup.folder, fault=fault)
    manifest = backup.manifest()
    if not list((ROOT / "migrations" / "versions").glob(f"{manifest.revision}_*.py")):
        raise BackupNewer(revision=manifest.revision)
    return manifest


@contextmanager
def _server(database: str) -> Iterator[Server]:
    with psycopg.connect(database_beside(database, MAINTENANCE), autocommit=True) as server:
        yield server


def _refuse_unless_free(server: Server, database: str) -> None:
    """Nobody is in it, and there is nothing in it but what migrations put there."""
    name = database_name(database)
    if server.execute(THERE, [name]).fetchone() is None:
        return
    with psycopg.connect(database_beside(database, name)) as inside:
        if inside.execute(TABLES).fetchone():
            _refuse_if_used(inside, name)
    until = time.monotonic() + LEAVING
    while server.execute(CONNECTED, [name]).fetchone():
        if time.monotonic() > until:
            raise InUse(name=name)
        time.sleep(0.1)


def _refuse_if_used(inside: Server, name: str) -> None:
    """Tables of another product, or of ours when anybody has done anything."""
    if inside.execute(OURS).fetchone() is None or inside.execute(USED).fetchone():
        raise NotEmpty(name=name)


@contextmanager
def _fresh(server: Server, database: str) -> Iterator[str]:
    """A new database beside the empty one; gone at the end unless it took the other's name."""
    name = f"{database_name(database)[:40]}_{secrets.token_hex(4)}"
    server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield database_beside(database, name)
    finally:
        drop = sql.SQL("drop database if exists {} with (force)")
        server.execute(drop.format(sql.Identifier(name)))


def _made_ready(database: str, manifest: Manifest) -> int:
    """Compare it, and make it fit for work; answers how many jobs were running."""
    _refuse_other_rows(database, manifest)
    engine = create_engine(database, poolclass=NullPool)
    with Session(engine) as session, session.begin():
        session.execute(AS_MIGRATED)
        session.execute(ANALYZE)
        return jobs.put_all_back(session)


def _refuse_other_rows(database: str, manifest: Manifest) -> None:
    with held(database) as point:
        found = rows(point.connection)
    differing = [
        f"{name}: {found.get(name)}, {manifest.rows.get(name)}"
        for name in sorted(found.keys() | manifest.rows.keys())
        if found.get(name) != manifest.rows.get(name)
    ]
    if differing:
        raise RowsDiffer(differing="; ".join(differing))


def _swap(server: Server, fresh: str, database: str) -> None:
    """Give the restored database its name; the empty one goes."""
    name, new, old = database_name(database), database_name(fresh), f"{database_name(fresh)}_empty"
    rename = sql.SQL("alter database {} rename to {}")
    there = server.execute(THERE, [name]).fetchone()
    with server.transaction():
        if there:
            server.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
        server.execute(rename.format(sql.Identifier(new), sql.Identifier(name)))
    server.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(old)))
