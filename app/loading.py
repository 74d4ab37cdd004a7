"""Loading a country from plain files through the acts anybody uses, one person for each role.

The demonstration and the headless run of the main job stand on it: nothing here goes round an
import, a job, a permission or an approval.
"""

import base64
import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import worker
from app.auth import second_factor
from app.auth.door import actor_of, grants_of
from app.auth.models import RoleGrant, User
from app.auth.passwords import hashed
from app.auth.roles import SECOND_FACTOR, Role
from app.intake import fetch, put_off_reading, take_in
from core import audit, jobs
from core.actor import NOBODY, Actor
from core.db import transaction
from core.errors import Conflict
from core.jobs import Job, JobState
from core.storage import keep_file, keep_personal_file, kept_if_done
from geo.bundles import Sent
from geo.jobs.areas import import_boundaries
from geo.jobs.composites import compose
from geo.jobs.context import load_layer as load_context
from geo.jobs.context import read_layer
from geo.jobs.releases import look_over, publish
from geo.models.context import ContextLayer
from geo.models.release_findings import Code
from geo.models.releases import Release, ReleaseState
from geo.raster.bands import Choice
from geo.services.composites import Composite, derive
from geo.services.context import Counting, count_layer, receive_layer
from geo.services.meanings import UNREAD, Meaning, choose_in_file, confirm_release
from geo.services.releases import ask_publication, receive_release
from geo.services.sanity import accept_findings
from registry.jobs.imports import check_import, merge_import
from registry.models.imports import Import, ImportKind, ImportState
from registry.parsing.days import DayOrder
from registry.services import imports

Team = dict[Role, Actor]

WAIT = 0.2  # seconds between two looks at a job another worker has taken


class WorkFailed(Conflict):
    """{work} came to nothing: {reason}"""


@dataclass(frozen=True)
class Signing:
    """Somebody who may sign in to the demonstration."""

    role: Role
    name: str
    email: str


def make_team(people: list[Signing], password: str) -> Team:
    """Make one user for each role, all with one password, and answer them as actors."""
    kept = hashed(password)
    with transaction() as session:
        return {person.role: _made(session, person, kept) for person in people}


def published_key(email: str) -> str:
    """The key of the one-time codes of somebody in a demonstration: anybody can work it out."""
    digest = hashlib.sha256(f"Highground demonstration {email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def _made(session: Session, person: Signing, password_hash: str) -> Actor:
    user = User(name=person.name, email=person.email, password_hash=password_hash)
    if person.role in SECOND_FACTOR:
        second_factor.keep(user, published_key(person.email))
    with audit.act(session, NOBODY, "users.make_for_demo", user) as figures:
        session.add(user)
        session.flush()
        session.add(RoleGrant(user_id=user.id, role=person.role))
        figures.update(role=person.role)
    return actor_of(session, user, grants_of(session, user))


def load_areas(file: Path, *, actor: Actor, **said: Any) -> dict[str, Any]:
    """Import a file of boundaries; answers what the job told of it."""
    kept = keep_file(file)
    return carried_out(import_boundaries, actor=actor, sha256=kept.sha256, name=file.name, **said)


def load_registrants(
    file: Path,
    kind: ImportKind,
    *,
    actor: Actor,
    accepted: Collection[str] = (),
    day_order: DayOrder | None = None,
) -> Import:
    """Import a file of households or people through all five steps.

    Columns are mapped by their headings; cells with one of the `accepted` warnings are used.
    """
    kept = keep_personal_file(file)
    with transaction(actor) as session:
        made = imports.upload(session, kept, file.name, kind, actor=actor)
        imports.map_columns(session, made.id, made.mapping, actor=actor, day_order=day_order)
        import_id = made.id
    carried_out(check_import, actor=actor, import_id=import_id)
    with transaction(actor) as session:
        checked = session.get_one(Import, import_id)
        if checked.state is ImportState.REFUSED:
            raise WorkFailed(work="check_import", reason=checked.refusal)
        for finding in checked.counts["findings"].keys() & set(accepted):
            imports.accept(session, import_id, actor=actor, finding=finding)
        imports.review(session, import_id, actor=actor)
    carried_out(merge_import, actor=actor, import_id=import_id)
    with transaction(actor) as session:
        merged = session.get_one(Import, import_id)
        session.expunge(merged)
        return merged


def load_files(
    event_id: int, files: Sequence[Path], urls: Sequence[str], *, actor: Actor
) -> list[Release]:
    """Take hazard files for an event, some from addresses, and read them; answers what they became.

    Raises:
        WorkFailed: an address did not give its file.
    """
    with ExitStack() as stack:
        sent = [Sent(file.name, stack.enter_context(file.open("rb"))) for file in files]
        stack.enter_context(kept_if_done())
        session = stack.enter_context(transaction(actor))
        taken = take_in(session, event_id, sent, actor=actor) if sent else []
        fetching = [fetch(session, event_id, url, actor=actor) for url in urls]
        became = [one.release.id for one in taken]
    became += [seen_through(job_id)["release"] for job_id in fetching]
    return [_read(release_id, actor) for release_id in dict.fromkeys(became)]


def _read(release_id: int, actor: Actor) -> Release:
    """A release whose file was read, if that was still to be done."""
    with transaction(actor) as session:
        release = session.get_one(Release, release_id)
        unread = release.state is ReleaseState.RECEIVED
        job_id = put_off_reading(session, release, actor=actor) if unread else None
    if job_id is not None:
        seen_through(job_id)
    with transaction(actor) as session:
        release = session.get_one(Release, release_id)
        session.expunge(release)
        return release


def load_layer(
    file: Path, name: str, chosen: Callable[[ContextLayer], Counting], *, actor: Actor
) -> ContextLayer:
    """Take a file for a context layer, say what of what was found in it is counted, and load it."""
    kept = keep_file(file)
    with transaction(actor) as session:
        layer_id = receive_layer(session, kept, file.name, name, actor=actor).id
    if told := carried_out(read_layer, actor=actor, layer_id=layer_id):
        raise WorkFailed(work="read_layer", reason=told["refused"])
    with transaction(actor) as session:
        found = session.get_one(ContextLayer, layer_id)
        count_layer(session, layer_id, chosen(found), actor=actor)
    carried_out(load_context, actor=actor, layer_id=layer_id)
    with transaction(actor) as session:
        layer = session.get_one(ContextLayer, layer_id)
        session.expunge(layer)
        return layer


def load_release(
    file: Path,
    event_id: int,
    meaning: Meaning,
    *,
    actor: Actor,
    choice: Choice | None = None,
    accepted: Collection[str] = tuple(Code),
) -> Release:
    """Take a hazard file for an event, confirm what it means and publish it.

    `choice` says which part of it is meant, where it holds several, and where that lies. Of what
    is odd about it the `accepted` findings are taken on by the actor. The same bytes again go on
    from where they stand: what was refused for a finding is published once that is accepted.

    Raises:
        WorkFailed, FindingsOpen, ReleaseNotInState: it is published already.
    """
    kept = keep_file(file)
    with transaction(actor) as session:
        received = receive_release(session, event_id, kept, file.name, actor=actor)
        release_id = received.release.id
        if choice is not None and received.release.state in UNREAD:
            choose_in_file(session, release_id, choice, actor=actor)
    release = _read(release_id, actor)
    if release.refusal:
        raise WorkFailed(work="read_release", reason=release.refusal)
    with transaction(actor) as session:
        confirm_release(session, release_id, meaning, actor=actor)
    carried_out(look_over, actor=actor, release_id=release_id)
    return _published(release_id, accepted, actor)


def load_composite(composite: Composite, name: str, *, actor: Actor) -> Release:
    """Put releases together into a new one, and publish it with all that is odd about it: that was
    taken on with the releases it is made of."""
    with transaction(actor) as session:
        release_id = derive(session, composite, name, actor=actor).id
    told = carried_out(compose, actor=actor, release_id=release_id)
    if "refused" in told:
        raise WorkFailed(work="compose", reason=told["refused"])
    seen_through(told["looked_over_by"])
    return _published(release_id, tuple(Code), actor)


def _published(release_id: int, accepted: Collection[str], actor: Actor) -> Release:
    """A release that was looked over, published."""
    with transaction(actor) as session:
        accept_findings(session, release_id, accepted, actor=actor)
        ask_publication(session, release_id, actor=actor)
    carried_out(publish, actor=actor, release_id=release_id)
    with transaction(actor) as session:
        release = session.get_one(Release, release_id)
        session.expunge(release)
        return release


def carried_out(work: Callable[..., Any], *, actor: Actor, **args: Any) -> dict[str, Any]:
    """Put work off and see it through; answers its result.

    Raises:
        WorkFailed: it was refused, or stumbled too often.
    """
    with transaction() as session:
        job_id = jobs.defer(session, work, actor=actor, **args)
    return seen_through(job_id)


def seen_through(job_id: int) -> dict[str, Any]:
    """See work through, here or by a worker that was quicker; answers its result.

    Raises:
        WorkFailed: it was refused, or stumbled too often.
    """
    worker.load_works()
    worker.do(job_id)
    while (job := _looked_at(job_id)).state in jobs.LIVE:
        time.sleep(WAIT)
        worker.do(job_id)
    if job.state is not JobState.DONE:
        raise WorkFailed(work=job.work.rpartition(".")[2], reason=job.refusal or job.state)
    return job.result or {}


def work_off() -> None:
    """Do all work that waits, such as what the last act left for later."""
    worker.load_works()
    while True:
        with transaction() as session:
            live = select(Job.id).where(Job.state.in_(jobs.LIVE)).order_by(Job.id)
            job_id = session.scalars(live.limit(1)).first()
        if job_id is None:
            return
        worker.do(job_id)
        if _looked_at(job_id).state in jobs.LIVE:
            time.sleep(WAIT)


def _looked_at(job_id: int) -> Job:
    with transaction() as session:
        job = session.get_one(Job, job_id)
        session.expunge(job)
        return job
