"""Releases: a received file is read; a confirmed one is asked about everything and published.

What the reader saw stands in `found`, for the page that asks what it means. Whatever is asked later
of places, areas and the map is made from the normal form: a COG, or parts and what was observed.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Refusal
from core.jobs import Progress, whole_country, work
from core.storage import named_copy
from core.words import _, kept
from geo.archives import unpacked
from geo.crs import CrsMissing
from geo.jobs import release_extents, release_grids, release_tables
from geo.jobs.context import put_off_measuring
from geo.jobs.release_outlines import put_off_outlining
from geo.jobs.release_parts import adopt, look_through, places_suggested
from geo.models.events import LayerKind
from geo.models.plots import Plot
from geo.models.releases import Release, ReleaseState
from geo.permissions import May
from geo.products.parts import Part, PartKind
from geo.products.picking import PartNotChosen, meant, recognised
from geo.queries.readings import choice_made
from geo.reports import Report
from geo.services import sanity
from geo.services.exposure import expose_areas, expose_places
from geo.services.plots import owe_plots
from geo.services.releases import locked, publish_release

ASKS = (PartNotChosen, CrsMissing)


@work
def read_release(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, str]:
    """Read a hazard file.

    A file that cannot be used is refused with its sentence; one that holds several parts, or does
    not say where it lies, waits for somebody who says. The work itself is done then.
    """
    actor.require(May.UPLOAD_RELEASES)
    release = locked(session, release_id, {ReleaseState.RECEIVED})
    try:
        with _original(release) as path:
            _read(session, release, path, actor, progress)
    except ASKS as question:
        with audit.act(session, actor, "releases.ask", release) as figures:
            release.state, release.refusal = ReleaseState.ASKED, question.message
            figures.update(reason=question.message)
        return {"refused": question.message}
    except Refusal as refusal:
        with audit.act(session, actor, "releases.refuse", release) as figures:
            release.state, release.refusal = ReleaseState.REFUSED, refusal.message
            figures.update(reason=refusal.message)
        return {"refused": refusal.message}
    return {}


@work
def look_over(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, int]:
    """Look a hazard release over before it is published.

    Its normal form is made as confirmed, and what is odd about it is noted.
    """
    actor.require(May.CONFIRM_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    prepared = _shares(progress, 0, 60, _("Bringing the file into its normal form"))
    with _original(release) as path:
        _prepare(session, release, path, prepared)
    progress.report(60, 100, _("Looking at what it covers"))
    return {"findings": len(sanity.look_over(session, release_id, actor=actor))}


@work
@whole_country
def publish(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, int]:
    """Publish a hazard release.

    Its normal form is made as confirmed, unless it was looked over in it; every place and area is
    asked, then it is published.
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    prepared = _shares(progress, 0, 10, _("Bringing the file into its normal form"))
    if release.looked_over_at is None:
        with _original(release) as path:
            _prepare(session, release, path, prepared)
    session.flush()

    def asked(done: int, total: int) -> None:
        progress.report(10 + 60 * done // total, 100, _("Asking every place"))

    places = expose_places(session, release, asked)
    progress.report(70, 100, _("Measuring what was hit of each area"))
    areas = expose_areas(session, release)
    owe_plots(session, select(Plot.id), release.id)
    publish_release(session, release_id, actor=actor)
    put_off_measuring(session, release, actor)
    put_off_outlining(session, release, actor)
    return {"places": places, "areas": areas}


def _read(session: Session, release: Release, path: Path, actor: Actor, progress: Progress) -> None:
    """Look through a file, take the part that is meant, and read it for the preview.

    What cannot be read leaves no more behind than the parts that were found.
    """
    looked = _shares(progress, 0, 40, _("Looking through the file"))
    of, found = look_through(session, release, path, looked)
    release.found = {}
    part = meant(of, found, choice_made(release))
    said = recognised(path, of, part, found)
    if part.crs is None and part.bounds is not None:
        release.found = {"number": part.number, "places": places_suggested(session, part)}
    read = _shares(progress, 40, 100, _("Reading its values"))
    with session.begin_nested(), audit.act(session, actor, "releases.read", release):
        adopt(session, release, part, said)
        session.flush()
        _read_part(session, release, path, part, read)
        told = {"part": kept(part.title), "says": [kept(sentence) for sentence in said.says]}
        release.found = release.found | told
        release.state = ReleaseState.READ


def _read_part(session: Session, release: Release, path: Path, part: Part, report: Report) -> None:
    if part.kind is PartKind.TABLE:
        release_tables.read(session, release, path)
    elif part.kind is PartKind.POLYGONS:
        release_extents.read(session, release, path, report)
    else:
        release_grids.read(session, release, path, report)


def _prepare(session: Session, release: Release, path: Path, report: Report) -> None:
    if release.kind is LayerKind.RASTER:
        release_grids.prepare(session, release, path, report)
    elif release.code_field:
        release_tables.prepare(session, release, path)
    else:
        release_extents.prepare(session, release, path, report)


def _shares(progress: Progress, first: int, last: int, note: str) -> Report:
    """Tells how far a stage of the work is, each hundredth once."""
    told = -1

    def report(done: int, total: int) -> None:
        nonlocal told
        now = first + (last - first) * done // max(total, 1)
        if now != told:
            progress.report(now, 100, note)
            told = now

    return report


@contextmanager
def _original(release: Release) -> Iterator[Path]:
    """The file as it was sent, under the name it had, for as long as the block lasts; an archive is
    unpacked once for all who read in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = named_copy(release.original_sha256, release.original_name, Path(folder))
        with unpacked(path):
            yield path
