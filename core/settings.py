"""Settings: what differs between two installations, read once from the environment.

`./run` keeps what it made in `var/environment`; a variable that is set wins over that file.
"""

import os
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

from core.errors import Refusal

ROOT = Path(__file__).parents[1]


class SettingMissing(Refusal):
    """The setting {name} is missing; run ./run --setup, or set it in the environment."""

    status = 503


def _setting(meaning: str, default: str | None = None) -> str:
    return field(default=default, metadata={"meaning": meaning})  # type: ignore[return-value]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings; each is the environment variable of its upper-case name."""

    database_url: str = _setting("Where PostgreSQL with PostGIS answers the pages: a libpq URL.")
    database_works_url: str = _setting("Where it answers workers and commands, if elsewhere.", "")
    database_owner_url: str = _setting("Where it answers the tables' owner, if elsewhere.", "")
    redis_url: str = _setting("Where Redis answers; it holds the queue's bell, and counts tries.")
    secret_key: str = _setting("Signs the session cookies; make it once, keep it secret.")
    storage: str = _setting("The folder of uploaded and made files.", str(ROOT / "var" / "files"))
    base_url: str = _setting("The address people reach the platform at.", "http://127.0.0.1:8000")
    upload_mb: str = _setting("The largest file that may be uploaded, in MB.", "2048")
    idle_hours: str = _setting("After so many hours without a request a sign-in ends.", "12")
    sign_in_days: str = _setting("After so many days a sign-in ends, used or not.", "7")
    confirm_minutes: str = _setting("For so long a confirmation lets money be moved.", "15")
    sign_ins_a_minute: str = _setting("How often one network address may try to sign in.", "30")
    proxies: str = _setting("How many proxies of ours pass requests on; they name the asker.", "0")
    audit_key: str = _setting(
        "Signs the audit trail; after a change keep the old ones behind it, divided by commas. "
        "Empty: made of the secret key.",
        "",
    )
    requests_an_hour: str = _setting(
        "How many requests of the public form are taken from one network address in an hour.", "10"
    )
    audit_heads: str = _setting(
        "The file the heads of the audit chain are kept in. Empty: beside the storage folder.", ""
    )
    looks_months: str = _setting("Whole months for which looks at people are kept; 0: all.", "24")
    changes_months: str = _setting("Whole months for which field changes are kept; 0: all.", "0")
    audit_years: str = _setting("Years for which entries of the trail are kept; 0: all.", "0")
    encryption_keys: str = _setting("The file of keys that seal what names people; empty: off.", "")
    backup_folder: str = _setting("Where backups are made to, for the pages to say when.", "")
    fetch_hosts: str = _setting(
        "The hosts hazard files are fetched from, divided by commas; HOST:PORT=ADDRESS names one "
        "within. Empty: none.",
        "",
    )
    asks_a_minute: str = _setting("How often one key may ask the service for machines.", "1200")
    message_gateway: str = _setting(
        "The address messages to people are handed to, each as JSON. Empty: as files only.",
        "",
    )
    message_gateway_key: str = _setting("The bearer token of that gateway; keep it secret.", "")
    ask_after_minutes: str = _setting(
        "After how many minutes of silence a provider of payments is asked what became of its "
        "orders; later more seldom. 0: only when somebody asks.",
        "15",
    )


@cache
def settings() -> Settings:
    """This installation's settings.

    Raises:
        SettingMissing: one that has no default is nowhere to be found.
    """
    known = {**_of_one_server(_kept()), **os.environ}
    given = {f.name: known.get(f.name.upper(), f.default) for f in fields(Settings)}
    for name, value in given.items():
        if value is None:
            raise SettingMissing(name=name.upper())
    for name in ("database_works_url", "database_owner_url"):
        given[name] = given[name] or given["database_url"]
    return Settings(**{name: str(value) for name, value in given.items()})


def first_value(name: str) -> str:
    """What the environment says of a value that is kept in the database (`core.country`): what it
    begins with there, and no more than that; empty where it says nothing."""
    return {**_kept(), **os.environ}.get(name.upper(), "").strip()


def _of_one_server(kept: dict[str, str]) -> dict[str, str]:
    """Who names another database outside means it for all that is kept of where databases are."""
    if "DATABASE_URL" not in os.environ:
        return kept
    return {name: value for name, value in kept.items() if not name.startswith("DATABASE_")}


def _kept() -> dict[str, str]:
    file = Path(os.environ.get("HIGHGROUND_VAR", ROOT / "var")) / "environment"
    if not file.is_file():
        return {}
    lines = (line.partition("=") for line in file.read_text().splitlines())
    return {name: value for name, equals, value in lines if equals}
