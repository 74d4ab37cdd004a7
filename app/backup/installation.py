"""What belongs to one installation, and so to its backup."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from core.seals import heads_file
from core.settings import settings
from deploy.checkout import VAR


@dataclass(frozen=True)
class Installation:
    """Where one installation keeps its database, its files and its secrets."""

    database: str
    """The libpq URL of the tables' owner."""
    storage: Path
    var: Path
    """The folder of `keys.json` and `environment`."""
    heads: Path
    """The file of heads of the audit chain."""
    secrets: dict[str, str]
    """The settings that what is stored hangs on: what is sealed always, who signs the trail."""
    sealing: Path | None
    """The file of keys of what is kept unreadable, where there is one."""


def here() -> Installation:
    """The installation whose settings are in force."""
    given = settings()
    sealing = Path(given.encryption_keys) if given.encryption_keys else None
    return Installation(
        database=given.database_owner_url,
        storage=Path(given.storage),
        var=VAR,
        heads=heads_file(),
        secrets={"SECRET_KEY": given.secret_key, "AUDIT_KEY": given.audit_key},
        sealing=sealing,
    )


def database_beside(database: str, name: str) -> str:
    """The libpq URL of another database on the same server."""
    url = make_url(database).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


def database_name(database: str) -> str:
    """The name of a URL's database."""
    url = make_url(database)
    return str(url.database or url.username)
