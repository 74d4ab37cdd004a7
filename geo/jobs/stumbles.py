"""Stumbles: files over which the reading itself broke down, so that it could not refuse them."""

import tempfile
from pathlib import Path

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Invalid
from core.jobs import Progress, work
from core.storage import named_copy
from geo.formats import format_of, with_article
from geo.models.releases import Release, ReleaseState
from geo.queries.stumbles import stumbled


class BrokeDown(Invalid):
    """{name} is {format} over which the reading broke down each time; export it again with another
    program, as GeoTIFF or GeoPackage, and send that."""


@work
def refuse_stumbled(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Refuse files that could not be read.

    Their reading failed for good, and without a word, for it broke down.
    """
    stuck = session.scalars(stumbled().with_for_update(skip_locked=True)).all()
    for done, release in enumerate(stuck):
        progress.report(done, len(stuck), release.original_name)
        refusal = BrokeDown(name=release.original_name, format=with_article(_format(release)))
        with audit.act(session, actor, "releases.refuse", release) as figures:
            release.state, release.refusal = ReleaseState.REFUSED, refusal.message
            figures.update(reason=refusal.message)
    return {"refused": len(stuck)}


def _format(release: Release) -> str:
    with tempfile.TemporaryDirectory() as folder:
        name = release.original_name
        return format_of(named_copy(release.original_sha256, name, Path(folder)))
