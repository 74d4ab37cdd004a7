"""Hazard files on their way in, by any door: dropped on a page, by a program, by a command."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from core.actor import Actor
from core.errors import Invalid
from core.jobs import defer
from core.settings import settings
from core.storage import FileEmpty, FileTooLarge, Kept, keep
from geo.bundles import Sent, bundles, name_of, packed
from geo.jobs.fetches import fetch_release
from geo.jobs.releases import read_release
from geo.models.releases import Release
from geo.remote import allowed, hosts_named
from geo.services.releases import ask_receipt, receive_release

MOST = 100


class OneOfThem(Invalid):
    """{name}: {reason} None of the files was taken; leave it out, or put it right."""


class FileNotChosen(Invalid):
    """No file was chosen; choose one, or drop it onto the page."""


class AddressMissing(Invalid):
    """No address was written; write one, or several on a line each."""


class TooManyFiles(Invalid):
    """{count} files were sent at once; send {most} or fewer, or pack them into a zip."""


@dataclass(frozen=True)
class Taken:
    """The release a file became, or already was, and the work that reads it, if any does."""

    release: Release
    known: bool
    job_id: int | None


def files_sent(files: Iterable[FileStorage]) -> list[Sent]:
    """The files of a form; a field left empty is none."""
    return [Sent(file.filename, file.stream) for file in files if file.filename]


def take_in(session: Session, event_id: int, files: Sequence[Sent], *, actor: Actor) -> list[Taken]:
    """Keep files for an event and put off their reading; the parts of a shapefile are one file.

    Nothing is kept of who may not send, nor for an event that takes no files.

    Raises:
        FileNotChosen, TooManyFiles, EventUnknown, EventClosed, FileTooLarge, FileEmpty, OneOfThem
    """
    ask_receipt(session, event_id, actor=actor)
    if not files:
        raise FileNotChosen
    if len(files) > MOST:
        raise TooManyFiles(count=len(files), most=MOST)
    sent = bundles(files)
    if len(sent) == 1:
        return [_taken(session, event_id, sent[0], actor)]
    return [_one_of_them(session, event_id, parts, actor) for parts in sent]


def fetch(session: Session, event_id: int, url: str, *, actor: Actor) -> int:
    """Put off fetching a file for an event from an address; answers the work that does it.

    Raises:
        EventUnknown, EventClosed, and what `geo.remote.allowed` refuses.
    """
    event = ask_receipt(session, event_id, actor=actor)
    address = allowed(url, hosts_named(settings().fetch_hosts)).url
    only = f"event {event_id}, {address}"
    return defer(
        session, fetch_release, actor=actor, about=event, dedupe=only,
        event_id=event_id, url=address,
    )  # fmt: skip


def fetch_each(session: Session, event_id: int, text: str, *, actor: Actor) -> list[int]:
    """Put off fetching a file from each line's address; of one that is refused none is fetched.

    Raises:
        AddressMissing, TooManyFiles, and what `fetch` refuses.
    """
    addresses = list(dict.fromkeys(text.split()))
    if not addresses:
        raise AddressMissing
    if len(addresses) > MOST:
        raise TooManyFiles(count=len(addresses), most=MOST)
    return [fetch(session, event_id, url, actor=actor) for url in addresses]


def fetching_is_on() -> bool:
    """Whether this installation fetches files from anywhere."""
    return bool(hosts_named(settings().fetch_hosts))


def put_off_reading(session: Session, release: Release, *, actor: Actor) -> int:
    """Let a worker read a release; one work at a time on it."""
    only = f"release {release.id}"
    return defer(
        session, read_release, actor=actor, about=release, dedupe=only, release_id=release.id
    )


def _one_of_them(session: Session, event_id: int, parts: Sequence[Sent], actor: Actor) -> Taken:
    try:
        return _taken(session, event_id, parts, actor)
    except (FileEmpty, FileTooLarge) as refusal:
        raise OneOfThem(name=name_of(parts), reason=refusal.message) from refusal


def _taken(session: Session, event_id: int, parts: Sequence[Sent], actor: Actor) -> Taken:
    got = receive_release(session, event_id, _kept(parts), name_of(parts), actor=actor)
    job_id = None if got.known else put_off_reading(session, got.release, actor=actor)
    return Taken(got.release, got.known, job_id)


def _kept(parts: Sequence[Sent]) -> Kept:
    if len(parts) == 1:
        return keep(parts[0].stream)
    with tempfile.TemporaryDirectory() as folder:
        zipped = Path(folder) / "parts.zip"
        packed(parts, zipped)
        with zipped.open("rb") as stream:
            return keep(stream)
