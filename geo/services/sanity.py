"""Looking a release over before it is published: what is odd is said, and taken on by somebody.

Nothing here changes a release. What is odd may be true: a storm covers a whole country.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import country
from core.storage import path_of
from geo.ellipsoid import Shapes, polygons_km2
from geo.models.areas import Area
from geo.models.events import Event, LayerKind
from geo.models.readings import ReleaseClass
from geo.models.release_findings import BLOCKS, Code, ReleaseFinding
from geo.models.releases import Release, ReleaseState
from geo.permissions import May
from geo.plausible import most_in
from geo.queries.areas import in_force
from geo.queries.release_findings import findings_of
from geo.raster import pieces
from geo.raster.cog import value_range
from geo.raster.open import opened
from geo.services.exposure import box_of, hazard_of
from geo.services.releases import IN_ORDER, locked

HALF = 0.5
COAST = 0.005  # of what is hit may lie beyond the shore as it is drawn
LOST = 0.001  # of the ground may go in mending
SHADES = 200  # of the 256 of a picture
ROUND = 0.01  # degrees by which the frame of a release is larger than it

Found = list[ReleaseFinding]


@dataclass(frozen=True)
class Ground:
    """What a release covers, in km2: all that is hit, what of that lies in the areas of the country
    and was seen of them, and how large those are."""

    shapes: Shapes
    hit: float
    inside: float
    seen: float
    country: float

    @property
    def beside(self) -> float:
        """What is hit outside the areas."""
        return max(self.hit - self.inside, 0.0)


def look_over(session: Session, release_id: int, *, actor: Actor) -> Found:
    """Look a confirmed release over, which is in its normal form; answers what is odd about it.

    What was found before goes, with whoever took it on them.

    Raises:
        ReleaseUnknown, ReleaseNotInState
    """
    actor.require(May.CONFIRM_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    with audit.act(session, actor, "releases.look_over", release) as figures:
        session.execute(delete(ReleaseFinding).where(ReleaseFinding.release_id == release_id))
        found = odd(session, release)
        session.add_all(found)
        release.looked_over_at = func.now()
        figures.update(findings=", ".join(each.code for each in found))
    return found


def accept_findings(
    session: Session, release_id: int, codes: Collection[str], *, actor: Actor
) -> None:
    """Take on oneself what is odd about a release; what nobody can accept stays as it is.

    Raises:
        ReleaseUnknown, ReleaseNotInState
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    open_ = [each.code for each in findings_of(session, release_id) if each.accepted_at is None]
    taken = [code for code in open_ if code in codes and code not in BLOCKS]
    if not taken:
        return
    with audit.act(session, actor, "releases.accept", release) as figures:
        session.execute(
            update(ReleaseFinding)
            .where(ReleaseFinding.release_id == release_id, ReleaseFinding.code.in_(taken))
            .values(accepted_by=actor.id, accepted_at=func.now())
        )
        figures.update(findings=", ".join(taken))


def odd(session: Session, release: Release) -> Found:
    """What is odd about a confirmed release in its normal form."""
    session.flush()
    ground = _ground(session, release)
    looks = (
        _placed(session, release, ground) if ground else [],
        _timed(session, release),
        _valued(session, release),
        _mended(release),
        _repeated(session, release),
    )
    return [each for found in looks for each in found]


def _ground(session: Session, release: Release) -> Ground | None:
    """None before areas are loaded."""
    areas = select(func.ST_AsBinary(Area.shape)).where(Area.level == 0, in_force())
    wkb = [bytes(each) for each in session.scalars(areas.order_by(Area.id))]
    if not wkb:
        return None
    shapes = np.array(shapely.from_wkb(wkb), dtype=object)
    west, south, east, north = box_of(session, release)
    frame = shapely.box(
        max(west - ROUND, -180), max(south - ROUND, -90), min(east + ROUND, 180),
        min(north + ROUND, 90),
    )  # fmt: skip
    with hazard_of(session, release) as hazard:
        said = hazard.over_areas(np.array([*shapes, frame], dtype=object))
    return Ground(
        shapes,
        hit=float(said.hit_km2[-1]),
        inside=float(said.hit_km2[:-1].sum()),
        seen=float(said.observed_km2[:-1].sum()),
        country=float(polygons_km2(shapes).sum()),
    )


def _placed(session: Session, release: Release, ground: Ground) -> Found:
    """Where it lies."""
    drawn_outside = release.kind is LayerKind.EXTENT and ground.hit > 0 and ground.inside == 0
    if drawn_outside or ground.seen == 0:
        return _elsewhere(session, release, ground)
    found = []
    if ground.inside > HALF * ground.country:
        share = ground.inside / ground.country
        found.append(_finding(release, Code.HALF_COUNTRY, ground.inside, share))
    if ground.beside > COAST * ground.hit:
        share = ground.beside / ground.hit
        found.append(_finding(release, Code.SEA, ground.beside, share))
    return found


def _elsewhere(session: Session, release: Release, ground: Ground) -> Found:
    """Of one that meets no area: how far off it is, and whether its axes may be swapped."""
    west, south, east, north = box_of(session, release)
    lines = shapely.shortest_line(ground.shapes, shapely.box(west, south, east, north))
    metres = min(Geod(ellps="WGS84").geometry_length(line) for line in lines)
    found = [_finding(release, Code.OUTSIDE_COUNTRY, metres / 1000)]
    turned = shapely.box(south, west, north, east)
    within = shapely.box(*shapely.total_bounds(ground.shapes)).intersection(turned)
    if within.area > 0:
        found.append(_finding(release, Code.SWAPPED_AXES, within.area / turned.area))
    return found


def _timed(session: Session, release: Release) -> Found:
    """When it was observed; one of which only the day is known may be of any hour of it."""
    began = session.get_one(Event, release.event_id).began_at
    seen = release.observed_at
    if seen is None or seen >= began or release.forecast:
        return []
    zone = country().zone
    if release.day_only and seen.astimezone(zone).date() == began.astimezone(zone).date():
        return []
    return [_finding(release, Code.BEFORE_EVENT, (began - seen).total_seconds() / 3600)]


def _valued(session: Session, release: Release) -> Found:
    """What its numbers are."""
    if release.kind is not LayerKind.RASTER:
        return []
    told = release.extra_nodata or []
    suspects = release.found.get("suspects", [])
    found = [
        _finding(release, Code.NODATA_SPIKE, each["number"], each["cells"])
        for each in suspects[:1]
        if each["number"] not in told
    ]
    with opened(path_of(str(release.grid_sha256))) as grid:
        _least, most = value_range(grid)
        limit = most_in(release.measure, release.unit)
        if limit is not None and most > limit:
            found.append(_finding(release, Code.IMPLAUSIBLE, most, limit))
        classed = session.scalar(select(exists().where(ReleaseClass.release_id == release.id)))
        if grid.dtype == "uint8" and not classed:
            shades = np.zeros(256, dtype=bool)
            for piece in pieces.read(grid):
                shades[np.unique(piece.cells[piece.seen])] = True
            if shades.sum() >= SHADES:
                found.append(_finding(release, Code.PICTURE, float(shades.sum())))
    return found


def _mended(release: Release) -> Found:
    """What went in mending its shapes."""
    lost = release.found.get("lost_share") or 0.0
    left = release.found.get("km2_after")
    return [_finding(release, Code.AREA_LOST, lost, left)] if lost > LOST else []


def _repeated(session: Session, release: Release) -> Found:
    """Whether it says what the release before it says."""
    before = select(Release).where(
        Release.layer_id == release.layer_id, Release.state.in_(IN_ORDER), Release.id != release.id
    )
    last = session.scalars(before.order_by(Release.number.desc()).limit(1)).first()
    if last is None or last.number is None:
        return []
    kept = "grid_sha256" if release.kind is LayerKind.RASTER else "lookup_sha256"
    same = getattr(last, kept) is not None and getattr(last, kept) == getattr(release, kept)
    return [_finding(release, Code.SAME_AS_PREVIOUS, last.number)] if same else []


def _finding(
    release: Release, code: Code, figure: float, beside: float | None = None
) -> ReleaseFinding:
    return ReleaseFinding(release_id=release.id, code=code, figure=figure, beside=beside)
