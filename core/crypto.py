"""What is kept unreadable: values sealed under a key of this installation, and their equality.

A sealed value reads `sealed:<key>:<token>`: the name of the key that sealed it, and a Fernet token
(AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec). Sealed and plain values stand side
by side in one column; the mark tells them apart. Whether two values are the same is told by a keyed
digest (HMAC-SHA256), `<key>:<hex>`, which can be unique and indexed where the value cannot.

The file of keys has one key a line, the newest first, in three words: that of values (Fernet), that
of equality (base64), that of files (X25519, as age writes it). Values which are always sealed are
so under a key made from SECRET_KEY where there is no such file.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

import pyrage
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyrage import IdentityError, x25519
from sqlalchemy import Dialect, String
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.types import TypeDecorator

from core.errors import Conflict, Refusal
from core.settings import settings

MARK = "sealed:"
NAME_LETTERS = 8


class KeysUnreadable(Refusal):
    """The file of keys, {path}, cannot be read ({reason}); put it back, or correct it."""

    status = 503


class KeyUnknown(Refusal):
    """A value was sealed under the key {key}, which is not at hand; put the old key back."""

    status = 503


class SealBroken(Refusal):
    """A sealed value does not fit its key {key} any more; restore it from a backup."""

    status = 503


class KeysStand(Conflict):
    """There is a file at {path} already, and keys are never written over; name another."""


@dataclass(frozen=True)
class Key:
    """One key of the installation: its name, and what seals values, compares them, seals files."""

    name: str
    values: Fernet
    equality: bytes
    files: x25519.Identity | None = None  # only in the file of keys


class Sealed(TypeDecorator[str]):
    """A column of text that names people: sealed where that is configured, read as it was given.

    What is written by SQL alone has to be sealed by whoever writes it (`kept`). `key` names the
    column beside it that tells whether two values are the same; `same` writes two ways to write one
    value as one.
    """

    impl = String
    cache_ok = True

    def __init__(self, key: str, same: Callable[[str], str] = str) -> None:
        super().__init__()
        self.key, self.same = key, same

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is kept."""
        return None if value is None else kept(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was given."""
        return None if value is None else opened(value)


def equality_of(
    column: str, same: Callable[[str], str] = str
) -> Callable[[DefaultExecutionContext], str]:
    """The default of a column that tells whether another one, which is sealed, is the same."""

    def told(context: DefaultExecutionContext) -> str:
        given = context.get_current_parameters()  # type: ignore[no-untyped-call]
        return equality(same(given[column]))

    return told


def configured() -> bool:
    """Whether this installation has a file of keys, so that what can be sealed is."""
    return bool(settings().encryption_keys)


def sealed(text: str) -> str:
    """A value that is kept unreadable in every installation."""
    return sealed_by(text, newest())


def kept(text: str) -> str:
    """A value as it is kept: sealed where that is configured, else as it is."""
    mistakable = text.startswith(MARK)
    return sealed(text) if configured() or mistakable else text


def opened(text: str) -> str:
    """A value as it was given, whether it was sealed or not.

    Raises:
        KeyUnknown, SealBroken
    """
    if not text.startswith(MARK):
        return text
    name, _colon, token = text.removeprefix(MARK).partition(":")
    try:
        return key_named(name).values.decrypt(token).decode()
    except InvalidToken as broken:
        raise SealBroken(key=name) from broken


def sealed_by(text: str, key: Key) -> str:
    """A value sealed under one key; the same value twice gives two seals."""
    return f"{MARK}{key.name}:{key.values.encrypt(text.encode()).decode()}"


def equality(text: str) -> str:
    """What two values share if and only if they are the same: a keyed digest, or the value."""
    return equality_by(text, newest()) if configured() else text


def equalities(text: str) -> list[str]:
    """All that `equality` may have said of a value since the oldest key: what to look for."""
    digests = [equality_by(text, key) for key in keys()] if configured() else []
    return [*digests, text]


def equality_by(text: str, key: Key) -> str:
    """The keyed digest of a value under one key."""
    return f"{key.name}:{hmac.digest(key.equality, text.encode(), 'sha256').hex()}"


def seal_stream(plain: IO[bytes], out: IO[bytes], key: Key) -> None:
    """Write a stream sealed, as age does, piece by piece."""
    if key.files is None:
        raise KeyUnknown(key=key.name)
    pyrage.encrypt_io(plain, out, [key.files.to_public()])


def open_stream(sealed_stream: IO[bytes], out: IO[bytes], key: Key) -> None:
    """Write what was sealed as it was given, piece by piece.

    Raises:
        SealBroken
    """
    try:
        pyrage.decrypt_io(sealed_stream, out, [key.files])
    except (pyrage.DecryptError, OSError) as broken:
        raise SealBroken(key=key.name) from broken


def newest() -> Key:
    """The key that seals today."""
    return keys()[0] if configured() else own_key()


def key_named(name: str) -> Key:
    """A key of this installation.

    Raises:
        KeyUnknown
    """
    at_hand = [*(keys() if configured() else ()), own_key()]
    found = next((key for key in at_hand if key.name == name), None)
    if found is None:
        raise KeyUnknown(key=name)
    return found


def keys() -> Sequence[Key]:
    """The keys of the installation's file, the newest first, as the file is now.

    Raises:
        KeysUnreadable
    """
    path = Path(settings().encryption_keys)
    try:
        return keys_of(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise KeysUnreadable(path=path, reason=error.strerror) from error


@lru_cache(maxsize=4)
def keys_of(path: Path, _changed: int) -> Sequence[Key]:
    """The keys of a file that last changed at a moment.

    Raises:
        KeysUnreadable, OSError
    """
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    try:
        found = [_key(*words) for words in lines]
    except (TypeError, ValueError, IdentityError) as error:
        raise KeysUnreadable(path=path, reason="three words a line") from error
    if not found:
        raise KeysUnreadable(path=path, reason="it is empty")
    return found


def own_key() -> Key:
    """The key made from SECRET_KEY; it seals where there is no file of keys, and reads for ever."""
    return _key_from(settings().secret_key)


def make_keys(path: Path) -> Key:
    """Write a new file with one key, for its owner's eyes alone.

    Raises:
        KeysStand: a file is there.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise KeysStand(path=path) from error
    line = _new_line()
    _write(handle, [line])
    return _key(*line.split())


def add_key(path: Path) -> Key:
    """Put a new key before the others of a file, whole or not at all."""
    line = _new_line()
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    _write(handle, [line, *path.read_text().splitlines()])
    beside.replace(path)
    return _key(*line.split())


def _new_line() -> str:
    equality_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return f"{Fernet.generate_key().decode()} {equality_key} {x25519.Identity.generate()}"


def _write(handle: int, lines: Sequence[str]) -> None:
    with os.fdopen(handle, "w") as out:
        out.writelines(f"{line}\n" for line in lines)
        out.flush()
        os.fsync(out.fileno())


def _key(values: str, equality_key: str, files: str) -> Key:
    name = hashlib.sha256(values.encode()).hexdigest()[:NAME_LETTERS]
    digest_key = base64.urlsafe_b64decode(equality_key)
    return Key(name, Fernet(values), digest_key, x25519.Identity.from_str(files))


@lru_cache(maxsize=4)
def _key_from(secret: str) -> Key:
    derived = HKDF(SHA256(), 64, salt=None, info=b"highground values").derive(secret.encode())
    values = base64.urlsafe_b64encode(derived[:32]).decode()
    name = hashlib.sha256(values.encode()).hexdigest()[:NAME_LETTERS]
    return Key(name, Fernet(values), derived[32:])
