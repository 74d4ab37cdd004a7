"""What was corrected together, by whom, and whether it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.audit import AuditEntry
from geo.models.areas import Area
from geo.models.place_checks import CorrectedPlace, CorrectionKind, PlaceCorrection
from geo.queries.reach import within_reach
from registry.permissions import May

MOST = 100
ACTS = ("places.correct", "places.accept", "places.undo")


@dataclass(frozen=True)
class Corrected:
    """A correction: what was done about which list where, by whom, and of how many places.

    `whole` where the reader works in all of them; `undone` once it was taken back.
    """

    id: int
    kind: CorrectionKind
    listed: str
    area: str | None
    places: int
    by: str | None
    at: datetime
    undone: bool
    whole: bool

    @property
    def can_be_undone(self) -> bool:
        """Whether the reader may try to take it back."""
        return self.whole and not self.undone and self.kind is not CorrectionKind.UNDO


def corrections(session: Session, *, actor: Actor) -> Sequence[Corrected]:
    """The last corrections of places within reach, the newest first.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    undoing = aliased(PlaceCorrection)
    act = and_(
        AuditEntry.subject == PlaceCorrection.__tablename__,
        AuditEntry.subject_id == PlaceCorrection.id,
        AuditEntry.action.in_(ACTS),
    )
    of_it = CorrectedPlace.correction_id == func.coalesce(
        PlaceCorrection.undoes_id, PlaceCorrection.id
    )
    seen = select(func.count()).where(of_it, within_reach(actor, CorrectedPlace.area_id))
    near = seen.correlate(PlaceCorrection).scalar_subquery()
    rows = (
        select(PlaceCorrection, Area.name, AuditEntry.actor_name, undoing.id, near)
        .outerjoin(Area, Area.id == PlaceCorrection.area_id)
        .outerjoin(AuditEntry, act)
        .outerjoin(undoing, undoing.undoes_id == PlaceCorrection.id)
        .order_by(PlaceCorrection.id.desc())
        .limit(MOST)
    )
    return [
        Corrected(
            made.id,
            made.kind,
            made.listed,
            area,
            made.places,
            by,
            made.created_at,
            undone is not None,
            actor.national or count == made.places,
        )
        for made, area, by, undone, count in session.execute(rows)
        if actor.national or count
    ]
