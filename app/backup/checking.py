"""Checking a backup: whatever is not as it was when it was made is named by its place."""

import re
from collections.abc import Iterator

from app.backup.manifest import Manifest, ManifestBroken
from app.backup.programs import ClientFailed, contents
from app.backup.shelf import DUMP, FILES, SUMS, Backup, digest_of
from core.words import _

TABLE_DATA = re.compile(r"^\d+; \d+ \d+ TABLE DATA (\S+) (\S+) ", re.MULTILINE)
OF_POSTGIS = "spatial_ref_sys"
"""A table of the extension, of which a dump holds what was added to it."""


def faults(backup: Backup) -> Iterator[str]:
    """A sentence for each place at which a backup is not whole; none if it is.

    Reads every byte of it.

    Raises:
        ClientMissing
    """
    yield from _of_files(backup)
    try:
        manifest = backup.manifest()
    except ManifestBroken as broken:
        yield broken.message
        return
    yield from _of_stored(backup, manifest)
    yield from _of_dump(backup, manifest)


def _of_files(backup: Backup) -> Iterator[str]:
    """Whether each file that is listed is there as it was, and each that is there is listed."""
    sums = backup.sums()
    for path, digest in sums.items():
        file = backup.folder / path
        if not file.is_file():
            yield _("{path} is missing.", path=file)
        elif digest_of(file) != digest:
            yield _("{path} is not what it was: its SHA-256 is another.", path=file)
    for file in sorted(backup.folder.rglob("*")):
        path = file.relative_to(backup.folder).as_posix()
        if file.is_file() and path != SUMS and path not in sums:
            yield _("{path} is not listed in {sums}.", path=file, sums=SUMS)


def _of_stored(backup: Backup, manifest: Manifest) -> Iterator[str]:
    """Whether the manifest and the list of digests tell of the same stored files."""
    listed = {path.rpartition("/")[2] for path in backup.sums() if path.startswith(f"{FILES}/")}
    for name in sorted(listed ^ manifest.files.keys()):
        yield _("The stored file {name} is listed in one place only.", name=name)


def _of_dump(backup: Backup, manifest: Manifest) -> Iterator[str]:
    """Whether the dump can be read and holds the tables whose rows were counted."""
    try:
        listed = contents(backup.folder / DUMP, manifest.major)
    except ClientFailed as failed:
        yield _("{path} cannot be read: {said}", path=backup.folder / DUMP, said=failed.message)
        return
    dumped = {f"{schema}.{name}" for schema, name in TABLE_DATA.findall(listed)}
    dumped = {name for name in dumped if not name.endswith(f".{OF_POSTGIS}")}
    for name in sorted(dumped ^ manifest.rows.keys()):
        yield _("The table {name} is in the dump or was counted, but not both.", name=name)
