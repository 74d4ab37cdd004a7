"""Which releases have outlines, and these as a collection of features."""

from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from core.cql import Kind, Term
from core.errors import NotFound
from core.jobs import Job, JobState
from core.words import _
from geo.classes import is_plain
from geo.models.events import LayerKind
from geo.models.release_outlines import OutlineStatus, ReleaseOutline
from geo.models.releases import Direction, Release
from geo.queries.clauses import ASKABLE
from geo.queries.features import Collection
from geo.raster.reasons import UNSEEN
from geo.reason_words import said_of


class OutlinesNotReady(NotFound):
    """The classes of this release are not outlined yet; ask again when that work is done."""


def known_as(release_id: int) -> str:
    """The word by which the work of outlining a release is known, so that it is put off once."""
    return f"outlines of release {release_id}"


def unoutlined(session: Session) -> list[Release]:
    """The rasters that can be asked and have no outlines yet; not those whose outlining failed."""
    word = func.concat("outlines of release ", Release.id)
    failed = exists().where(Job.dedupe == word, Job.state == JobState.FAILED)
    owed = select(Release).where(
        Release.kind == LayerKind.RASTER,
        Release.state.in_(ASKABLE),
        Release.grid_sha256.is_not(None),
        Release.outlined_at.is_(None),
        ~failed,
    )
    return list(session.scalars(owed.order_by(Release.id)))


def told_in_shapes(release: Release) -> bool:
    """Whether a release that can be asked has shapes to be taken elsewhere: a raster once it is
    outlined."""
    outlined = release.kind is not LayerKind.RASTER or release.outlined_at is not None
    return outlined and release.state in ASKABLE


def outlines_of(release: Release, name: str) -> Collection:
    """The outlines of a raster's classes, each with its class.

    Raises:
        OutlinesNotReady
    """
    if release.outlined_at is None:
        raise OutlinesNotReady
    status = cast(ReleaseOutline.status, String)
    said = {
        "class": _class_said(release),
        "status": status,
        "low": ReleaseOutline.low,
        "high": ReleaseOutline.high,
        "why": _why_said(),
        "measure": literal(release.measure, String),
        "unit": literal(release.unit, String),
    }
    return Collection(
        name,
        _("Classes of what was hit, and what was not observed, in pieces"),
        select(ReleaseOutline.id).where(ReleaseOutline.release_id == release.id),
        ReleaseOutline.id,
        ReleaseOutline.part,
        said,
        {
            "geometry": Term(ReleaseOutline.part, Kind.GEOMETRY, _("Its shape")),
            "class": Term(said["class"], Kind.TEXT, _("Class, in words")),
            "status": Term(status, Kind.TEXT, _("in, probable or not_observed; out is left out")),
            "low": Term(ReleaseOutline.low, Kind.NUMBER, _("From this value on")),
            "high": Term(ReleaseOutline.high, Kind.NUMBER, _("Up to this value")),
            "why": Term(said["why"], Kind.TEXT, _("Why it was not observed")),
        },
    )


def _why_said() -> ColumnElement[str]:
    """Why ground was not observed; NULL of what was."""
    words = {reason.value: said_of(reason) for reason in UNSEEN}
    return case(words, value=ReleaseOutline.why)


def _class_said(release: Release) -> ColumnElement[str]:
    """A class in words: from one value to the next, 2 +, ≤ 0.3, flooded, not observed."""
    low, high = (cast(end, String) for end in (ReleaseOutline.low, ReleaseOutline.high))
    below = "≤ " if release.direction is Direction.AT_MOST else "< "
    unseen = ReleaseOutline.status == OutlineStatus.NOT_OBSERVED
    said: list[tuple[Any, Any]] = [(unseen, _("not observed"))]
    if is_plain(release):
        return case(*said, else_=_("flooded"))
    return case(
        *said,
        (ReleaseOutline.low.is_(None), func.concat(below, high)),
        (ReleaseOutline.high.is_(None), func.concat(low, " +")),
        else_=func.concat(low, " – ", high),  # noqa: RUF001 - as ranges are written
    )
