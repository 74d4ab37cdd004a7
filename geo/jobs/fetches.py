"""Fetching: a hazard file is brought from where it is published, and read like any other."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, defer, work
from core.settings import settings
from core.storage import keep
from core.words import _
from geo.jobs.releases import read_release
from geo.remote import fetched, hosts_named
from geo.services.releases import ask_receipt, receive_release


@work
def fetch_release(
    session: Session, *, actor: Actor, progress: Progress, event_id: int, url: str
) -> dict[str, int]:
    """Fetch a hazard file.

    Answers the release it became, or already was; a new one is read by work of its own.
    """
    ask_receipt(session, event_id, actor=actor)
    hosts, limit = hosts_named(settings().fetch_hosts), int(settings().upload_mb)

    def heard(done: int, total: int) -> None:
        progress.report(done, total, _("{mb} MB came", mb=done >> 20))

    with fetched(url, hosts, limit, heard) as file:
        kept, address = keep(file.body), file.address
    got = receive_release(session, event_id, kept, file.name, actor=actor, url=address.told)
    if not got.known:
        only = f"release {got.release.id}"
        defer(
            session, read_release, actor=actor, about=got.release, dedupe=only,
            release_id=got.release.id,
        )  # fmt: skip
    return {"release": got.release.id}
