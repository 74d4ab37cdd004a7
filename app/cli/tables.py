"""What a command from file to file leaves: a table written whole or not at all, and a summary.

A table is a CSV in UTF-8 with commas, dots and line feeds; an empty cell is no answer. A summary is
one JSON object on stdout; sentences for people go to stderr.
"""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import click
import orjson

from core.errors import Invalid, Refusal


class OutIsInput(Invalid):
    """{path} is one of the files to be read; name another file for the answers."""


class OutUnwritable(Invalid):
    """The answers cannot be written to {path} ({reason}); name another file."""


class TableCommand(click.Command):
    """A command that writes a table to `--out`; a slip in its words leaves no old one there."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            _forget_table(words)
            raise


def _forget_table(words: list[str]) -> None:
    """Take away the file that `--out` names, unless other words name it too."""
    spelt = [word.removeprefix("--out=") for word in words if word.startswith("--out=")]
    spelt += [after for word, after in pairwise(words) if word == "--out"]
    for name in spelt:
        with suppress(OSError):  # a name no file can have, or a folder that keeps its files
            if words.count(name) <= 1 and Path(name).is_file():
                Path(name).unlink()


@contextmanager
def answering(out: Path, *read: Path | None) -> Iterator[None]:
    """Keep the promise that after a command `out` holds its answers or is not there at all.

    What stood there before is taken away too when the command is refused, so that nobody takes an
    old answer for a new one. The files that are read are never touched.
    """
    try:
        _refuse_place(out)
    except OSError as error:  # a name no file can have, a folder that may not be entered
        raise OutUnwritable(path=out, reason=error.strerror) from error
    if any(path and _same(out, path) for path in read):
        raise OutIsInput(path=out)
    try:
        yield
    except Refusal:
        out.unlink(missing_ok=True)
        raise


def _refuse_place(out: Path) -> None:
    if out.exists() and not out.is_file():
        raise OutUnwritable(path=out, reason="it is no file")
    if not out.parent.is_dir():
        raise OutUnwritable(path=out, reason="its folder does not exist")
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise OutUnwritable(path=out, reason="its folder may not be written to")


def _same(out: Path, path: Path) -> bool:
    try:
        return out.samefile(path)
    except OSError:  # one of them is not there, or may not be looked at
        return False


def write_table(out: Path, header: Sequence[str], columns: Sequence[Iterable[str]]) -> None:
    """Write columns of text as a table, under another name until all of it is on disk."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            sheet = csv.writer(stream, lineterminator="\n")
            sheet.writerow(header)
            sheet.writerows(zip(*columns, strict=True))
        draft.replace(out)
    except OSError as error:
        raise OutUnwritable(path=out, reason=error.strerror) from error
    finally:
        draft.unlink(missing_ok=True)


def say(summary: dict[str, object]) -> None:
    """Print the summary of a command as one JSON object."""
    click.echo(orjson.dumps(summary, default=str).decode())


def tell(sentence: str) -> None:
    """Say a sentence to the person, apart from the figures."""
    click.echo(sentence, err=True)
