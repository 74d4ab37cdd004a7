"""Making a backup: one moment of the database, then the files it can name, then the keys."""

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

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
    HEAD,
    KEYS,
    Backup,
    backups,
    beside,
    opened,
    thin_out,
    write_sums,
)
from app.upkeep import seal_all
from core.db import transaction
from core.seals import head_of


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

    The audit trail is sealed first, so that the backup bears a head of its own moment. Older
    backups go only once this one stands and misses nothing.

    Raises:
        ShelfBusy, ShelfUnusable, ClientMissing, ClientFailed
    """
    head = sealed_head()
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
        (folder / HEAD).write_text(f"{head}\n" if head else "")
        known = {f"{FILES}/{name[:2]}/{name}": digest for name, digest in taken.digests.items()}
        write_sums(folder, known)
    return backup


def sealed_head() -> str:
    """Chain all that has committed; answers the head as a line of JSON, or nothing."""
    seal_all()
    with transaction() as session:
        head = head_of(session)
    return head.written() if head else ""


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
