"""What is kept for something that fails is taken away again; what is others' stays."""

import io
from pathlib import Path

import pytest

from core.storage import keep, kept_if_done, path_of


def stored(storage: Path) -> set[Path]:
    return {path for path in storage.rglob("*") if path.is_file()}


def fail_after_keeping(content: bytes) -> None:
    with kept_if_done():
        keep(io.BytesIO(content))
        raise InterruptedError


def test_what_is_kept_for_something_that_fails_is_gone(storage: Path) -> None:
    before = stored(storage)

    with pytest.raises(InterruptedError):
        fail_after_keeping(b"of an act that failed")

    assert stored(storage) == before


def test_what_is_kept_for_something_that_ends_well_stays(storage: Path) -> None:
    with kept_if_done():
        kept = keep(io.BytesIO(b"of an act that stands"))

    assert path_of(kept.sha256).read_bytes() == b"of an act that stands"


def test_what_was_there_before_stays(storage: Path) -> None:
    kept = keep(io.BytesIO(b"there before"))

    with pytest.raises(InterruptedError):
        fail_after_keeping(b"there before")

    assert path_of(kept.sha256).read_bytes() == b"there before"


def test_what_somebody_else_kept_meanwhile_stays(storage: Path) -> None:
    def both() -> None:
        with kept_if_done():
            keep(io.BytesIO(b"of two at once"))
            with kept_if_done():  # another request, as far as storage knows
                keep(io.BytesIO(b"of two at once"))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        both()

    assert len(stored(storage)) > 0
    assert b"of two at once" in {path.read_bytes() for path in stored(storage)}
