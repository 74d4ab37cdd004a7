"""What is kept unreadable: sealed under which key, opened with which, and told to be the same."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core import crypto
from core.settings import settings

NUMBER = "KS-1984-00717"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, os.environ.get(name, "unused"))
    monkeypatch.setenv("SECRET_KEY", "a secret of the tests")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    crypto.make_keys(path)
    monkeypatch.setenv("ENCRYPTION_KEYS", str(path))
    settings.cache_clear()
    return path


def test_without_keys_a_value_is_kept_as_it_is_and_a_secret_is_sealed_all_the_same() -> None:
    assert crypto.kept(NUMBER) == NUMBER
    assert crypto.equality(NUMBER) == NUMBER
    assert NUMBER not in crypto.sealed(NUMBER)
    assert crypto.opened(crypto.sealed(NUMBER)) == NUMBER


def test_with_keys_a_value_is_kept_sealed_and_read_as_it_was_given(file: Path) -> None:
    kept = crypto.kept(NUMBER)

    token = kept.rsplit(":", 1)[1]
    own = Fernet(file.read_text().split()[0])
    assert kept.startswith("sealed:")
    assert own.decrypt(token).decode() == NUMBER
    assert crypto.opened(kept) == NUMBER
    assert crypto.kept(NUMBER) != kept


def test_a_plain_value_is_read_beside_sealed_ones(file: Path) -> None:
    assert crypto.opened(NUMBER) == NUMBER


def test_a_value_that_looks_sealed_is_read_as_it_was_given() -> None:
    assert crypto.opened(crypto.kept("sealed:by hand")) == "sealed:by hand"


def test_two_values_are_the_same_by_their_keyed_digest(file: Path) -> None:
    key = base64.urlsafe_b64decode(file.read_text().split()[1])
    expected = hmac.new(key, NUMBER.encode(), hashlib.sha256).hexdigest()

    assert crypto.equality(NUMBER).split(":")[1] == expected
    assert crypto.equality(NUMBER) == crypto.equality(NUMBER)
    assert crypto.equality(NUMBER) != crypto.equality(f"{NUMBER} ")


def test_what_an_older_key_sealed_is_read_and_found_after_a_new_one_came(file: Path) -> None:
    kept, known = crypto.kept(NUMBER), crypto.equality(NUMBER)

    crypto.add_key(file)

    assert crypto.opened(kept) == NUMBER
    assert crypto.equality(NUMBER) != known
    assert known in crypto.equalities(NUMBER)


def test_a_secret_sealed_before_there_were_keys_is_read_with_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = crypto.sealed(NUMBER)
    crypto.make_keys(tmp_path / "keys")
    monkeypatch.setenv("ENCRYPTION_KEYS", str(tmp_path / "keys"))
    settings.cache_clear()

    assert crypto.opened(before) == NUMBER


def test_a_value_whose_key_is_gone_is_refused(file: Path) -> None:
    kept = crypto.kept(NUMBER)
    crypto.add_key(file)
    newest = file.read_text().splitlines()[0]
    file.write_text(newest)

    with pytest.raises(crypto.KeyUnknown):
        crypto.opened(kept)


def test_a_value_that_was_altered_is_refused(file: Path) -> None:
    kept = crypto.kept(NUMBER)

    with pytest.raises(crypto.SealBroken):
        crypto.opened(f"{kept[:-4]}AAA=")


def test_keys_are_for_their_owner_alone_and_never_written_over(file: Path) -> None:
    before = file.read_text()

    with pytest.raises(crypto.KeysStand):
        crypto.make_keys(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == before


@pytest.mark.parametrize("text", ["", "\n", "one two", "a b c"])
def test_a_file_that_is_no_file_of_keys_is_refused(file: Path, text: str) -> None:
    file.write_text(text)

    with pytest.raises(crypto.KeysUnreadable):
        crypto.sealed(NUMBER)


def test_a_file_of_keys_that_is_gone_is_refused(file: Path) -> None:
    file.unlink()

    with pytest.raises(crypto.KeysUnreadable):
        crypto.sealed(NUMBER)
