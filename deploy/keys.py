"""The secrets of one installation: made once, kept in a file only its owner can read."""

import json
import os
import secrets
from pathlib import Path

NAMES = ("postgres", "app", "works", "redis", "web")


def keys(var: Path) -> dict[str, str]:
    """The passwords of the servers and the key that signs cookies; missing ones are made."""
    file = var / "keys.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = {name: secrets.token_urlsafe(32) for name in NAMES if name not in known}
    if missing:
        write_private(file, json.dumps(known | missing, indent=1))
    return known | missing


def write_private(file: Path, text: str) -> None:
    """Write a file whole or not at all, 0600."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
