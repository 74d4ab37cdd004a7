"""Making a backup: one moment of the database, then the files it can name, then the keys."""

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from app.backup import files, keys
from app.backup.files import Earlier, Taken, place
from app.backup.installation import Installation
from app.backup.manifest import MANIFEST, Manifest, write_manifest
from app.backup.point import Point, files_named, held, rows
from app.backup.programs import client, dump
from app.backup.roles import roles_named
from app.backup.shelf import (
    DUMP,
    FILES,
    KEYS,
    Backup,
    backups,
    beside,
    opened,
    thin_out,
    write_sums,
)

LAST_ENTRY = text("select id, digest from audit_entries order by id desc limit 1")


@dataclass(frozen=True)
class Made:
    """A backup that was made, and the older ones that went for it."""

    backup: Backup
    manifest: Manifest
    gone: list[Backup]


def make(
    installation: Installation, shelf: Path, keep: int | None = None, passphrase: str | None = None
) -> Made:
    """Back the installation up into a new folder below the shelf, while writing goes on.

    Older ones go only once this one stands and misses nothing.

    Raises:
        ShelfBusy, ShelfUnusable, ClientMissing, ClientFailed
    """
    head = sealed_head(installation.database)
    with opened(shelf), held(installation.database) as point:
        backup = write(point, installation, shelf, passphrase, head)
        manifest = backup.manifest()
        gone = thin_out(shelf, keep) if keep and not manifest.missing else []
    return Made(backup, manifest, gone)


def write(
    point: Point, installation: Installation, shelf: Path, passphrase: str | None, head: str
) -> Backup:
    """Write all that belongs to a moment that is held."""
    with beside(shelf, point.moment) as (folder, backup):
        dump(installation.database, point.major, point.snapshot, folder / DUMP)
        taken = _files(point, installation, shelf, folder)
        keys.take(installation, folder / KEYS, passphrase)
        manifest = _manifest(point, taken, folder, head, sealed_keys=passphrase is not None)
        write_manifest(folder / MANIFEST, manifest)
        known = {f"{FILES}/{name[:2]}/{name}": digest for name, digest in taken.digests.items()}
        write_sums(folder, known)
    return backup


def sealed_head(database: str) -> str:
    """The last entry of the audit trail and its digest: where a cut tail shows."""
    engine = create_engine(database, poolclass=NullPool)
    with engine.connect() as connection:
        last = connection.execute(LAST_ENTRY).one_or_none()
    return f"{last.id} {last.digest.hex()}" if last else ""


def _files(point: Point, installation: Installation, shelf: Path, folder: Path) -> Taken:
    before = backups(shelf)[-1:]
    earlier = Earlier(before[0].folder, before[0].sums()) if before else None
    named = files_named(point.connection)
    return files.take(installation.storage, folder / FILES, named, earlier)


def _manifest(
    point: Point, taken: Taken, folder: Path, head: str, *, sealed_keys: bool
) -> Manifest:
    tool = client("pg_dump", point.major)
    return Manifest(
        moment=point.moment.astimezone(UTC).isoformat(),
        wal=point.wal,
        revision=point.revision,
        major=point.major,
        versions={
            "PostgreSQL": point.server,
            "PostGIS": point.postgis,
            "pg_dump": tool.path.parts[-3],
        },
        rows=rows(point.connection),
        files={name: place(folder / FILES, name).stat().st_size for name in taken.digests},
        missing=taken.missing,
        roles=roles_named(point.connection),
        sealed_keys=sealed_keys,
        head=head,
    )
