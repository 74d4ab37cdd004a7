"""Finding the servers' programs: the system's own, or those unpacked below var/ without root."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/")


@dataclass(frozen=True)
class Program:
    """A program and the root of the file tree it was found in."""

    root: Path
    path: Path

    def environment(self) -> dict[str, str]:
        """What it needs to run; kept from our own processes, whose wheels bring other libraries."""
        plain = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent"}
        if self.root == SYSTEM:
            return plain
        return plain | {
            "LD_LIBRARY_PATH": ":".join(map(str, libraries(self.root))),
            "PROJ_DATA": str(self.root / "usr/share/proj"),
            "PROJ_LIB": str(self.root / "usr/share/proj"),
            "GDAL_DATA": str(self.root / "usr/share/gdal"),
        }


@dataclass(frozen=True)
class Postgres:
    """The programs of one PostgreSQL that has PostGIS."""

    postgres: Program
    major: int

    def program(self, name: str) -> Path:
        """initdb, pg_ctl, psql, pg_isready: clients may come from the system, the server not."""
        own = self.postgres.path.with_name(name)
        return own if own.exists() else Path(f"/usr/lib/postgresql/{self.major}/bin") / name


def libraries(root: Path) -> list[Path]:
    """The library folders of an unpacked tree; a few libraries live in folders of their own."""
    triplet = f"{platform.machine()}-linux-gnu"
    shared = root / "usr/lib" / triplet
    apart = [shared / name for name in ("blas", "lapack", "nss", "pulseaudio")]
    return [shared, *apart, root / "lib" / triplet, root / "usr/lib"]


def find_postgres(debroot: Path) -> Postgres | None:
    """The newest server with PostGIS, the system's before ours."""
    for root in _roots(debroot):
        found = (root / "usr/lib/postgresql").glob("[0-9]*/bin/postgres")
        for path in sorted(found, key=_major, reverse=True):
            control = f"usr/share/postgresql/{_major(path)}/extension/postgis.control"
            if (root / control).exists():
                return Postgres(Program(root, path), _major(path))
    return None


def find_client(debroot: Path, name: str, major: int) -> Program | None:
    """A client of PostgreSQL (pg_dump) fit for a server of this version: its own, or the next."""
    for root in _roots(debroot):
        found = (root / "usr/lib/postgresql").glob(f"[0-9]*/bin/{name}")
        if fit := [path for path in found if _major(path) >= major]:
            return Program(root, min(fit, key=_major))
    return None


def find_program(debroot: Path, name: str) -> Program | None:
    """A program of /usr/bin, the system's before ours."""
    for root in _roots(debroot):
        path = root / "usr/bin" / name
        if os.access(path, os.X_OK):
            return Program(root, path)
    return None


def _roots(debroot: Path) -> Iterator[Path]:
    yield SYSTEM
    yield debroot


def _major(path: Path) -> int:
    return int(path.parts[-3])
