"""What a backup says of itself."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from core.errors import Invalid

MANIFEST = "manifest.json"
FORMAT = 1


class ManifestBroken(Invalid):
    """{path} cannot be read as the manifest of a backup; take another backup."""


@dataclass(frozen=True)
class Role:
    """A role that the database's rows and privileges name; roles belong to the whole server."""

    name: str
    signs_in: bool
    inherits: bool
    stands_as: list[str]
    """The roles it is a member of."""


@dataclass(frozen=True)
class Manifest:
    """What was so at the moment of a backup."""

    moment: str
    """UTC, ISO 8601."""
    wal: str
    """Where in the server's log the snapshot stood."""
    revision: str
    """The last migration."""
    major: int
    """Of PostgreSQL."""
    versions: dict[str, str]
    rows: dict[str, int]
    """By `schema.table`."""
    files: dict[str, int]
    """Sizes in bytes of the stored files, by the name they are stored under."""
    missing: list[str]
    """Stored files that a row names and that were not there, or not what their name says."""
    roles: list[Role]
    sealed_keys: bool
    head: str = ""
    """The head of the audit chain, sealed right before, as `highground audit head` prints it."""
    format: int = field(default=FORMAT)

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write it as JSON that people can read."""
    path.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))


def read_manifest(path: Path) -> Manifest:
    """Read it back.

    Raises:
        ManifestBroken
    """
    try:
        told: dict[str, Any] = orjson.loads(path.read_bytes())
        roles = [Role(**role) for role in told.pop("roles")]
        return Manifest(roles=roles, **told)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ManifestBroken(path=path) from error
