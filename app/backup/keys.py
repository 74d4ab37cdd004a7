"""The secrets of a backup: plain in a folder only its owner enters, or sealed for a passphrase."""

import json
from pathlib import Path

import orjson
import pyrage

from app.backup.installation import Installation
from core.errors import Invalid
from deploy.keys import write_private

PLAIN, SEALED = "keys.json", "keys.age"
SERVERS = frozenset({"postgres", "redis", "app", "works"})
"""The words of `keys.json` that open this machine's own servers, and no other's."""
OF_THE_MACHINE = frozenset({"STORAGE", "BASE_URL", "BACKUP_FOLDER", "ENCRYPTION_KEYS"})
"""Lines of `environment` that tell of a machine, as all do that end in _URL."""


class PassphraseMissing(Invalid):
    """The keys of this backup are sealed; name the file of its passphrase: --passphrase-file."""


class PassphraseWrong(Invalid):
    """The passphrase does not open the keys of this backup; name the file of the right one."""


def take(installation: Installation, folder: Path, passphrase: str | None) -> None:
    """Write the secrets into a folder of a backup, 0600, sealed if there is a passphrase."""
    folder.mkdir(mode=0o700)
    told = orjson.dumps(_gathered(installation), option=orjson.OPT_INDENT_2)
    if passphrase is None:
        write_private(folder / PLAIN, told.decode())
        return
    sealed = pyrage.passphrase.encrypt(told, passphrase)
    (folder / SEALED).touch(mode=0o600)
    (folder / SEALED).write_bytes(sealed)


def read(folder: Path, passphrase: str | None) -> dict[str, str]:
    """The secrets of a backup, by the names of their files.

    Raises:
        PassphraseMissing, PassphraseWrong
    """
    if (folder / PLAIN).is_file():
        return _read((folder / PLAIN).read_bytes())
    if passphrase is None:
        raise PassphraseMissing
    try:
        return _read(pyrage.passphrase.decrypt((folder / SEALED).read_bytes(), passphrase))
    except pyrage.DecryptError as error:
        raise PassphraseWrong from error


def bring_back(held: dict[str, str], installation: Installation) -> None:
    """Put the secrets of a backup where an empty installation looks for them.

    What the data hangs on is the backup's from now on: SECRET_KEY, AUDIT_KEY, and the keys of what
    is kept unreadable. What opens this machine's own servers stays, and so do its other lines.
    """
    lines = _lines(held["environment"])
    add = {name: value for name, value in lines.items() if not _of_the_machine(name)}
    must = secrets_of(held)
    _merge_keys(installation.var / "keys.json", json.loads(held["keys.json"]), must["SECRET_KEY"])
    if held["sealing"]:
        must["ENCRYPTION_KEYS"] = str(_bring_back_sealing(held["sealing"], installation))
    _merge_environment(installation.var / "environment", add, must)


def secrets_of(held: dict[str, str]) -> dict[str, str]:
    """The settings that what is stored hangs on, as they were."""
    return _lines(held["secrets"])


def _bring_back_sealing(held: str, installation: Installation) -> Path:
    """The backup's keys before our own: the newest one seals."""
    path = installation.sealing or installation.var / "encryption.keys"
    own = [line for line in _text(path).splitlines() if line not in held.splitlines()]
    write_private(path, "".join(f"{line}\n" for line in [*held.splitlines(), *own]))
    return path


def _merge_environment(file: Path, add: dict[str, str], must: dict[str, str]) -> None:
    lines = {**add, **_lines(_text(file)), **must}
    write_private(file, "".join(f"{name}={value}\n" for name, value in lines.items()))


def _merge_keys(file: Path, held: dict[str, str], secret: str) -> None:
    own: dict[str, str] = json.loads(_text(file) or "{}")
    theirs = {name: value for name, value in held.items() if name not in SERVERS}
    write_private(file, json.dumps({**own, **theirs, "web": secret}, indent=1))


def _of_the_machine(name: str) -> bool:
    return name in OF_THE_MACHINE or name.endswith("_URL")


def _lines(written: str) -> dict[str, str]:
    parts = (line.partition("=") for line in written.splitlines())
    return {name: value for name, equals, value in parts if equals}


def _read(told: bytes) -> dict[str, str]:
    held: dict[str, str] = orjson.loads(told)
    return held


def _gathered(installation: Installation) -> dict[str, str]:
    return {
        "keys.json": _text(installation.var / "keys.json") or "{}",
        "environment": _text(installation.var / "environment"),
        "secrets": "".join(f"{name}={value}\n" for name, value in installation.secrets.items()),
        "sealing": _text(installation.sealing),
    }


def _text(path: Path | None) -> str:
    return path.read_text() if path and path.is_file() else ""
