"""Payment lists that left, found by the digest of their bytes."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.reach import within_programs


@dataclass(frozen=True)
class ListMade:
    """A payment list as it left: of which cycle, who took it along and when, what it held."""

    entry: AuditEntry
    cycle: Cycle
    program: Program

    @property
    def total(self) -> Decimal:
        """What its orders come to."""
        return Decimal(str(self.entry.figures["total"]))


def list_of_digest(session: Session, digest: str, *, actor: Actor) -> ListMade | None:
    """The payment list whose bytes have this SHA-256, as it left first; None if none did.

    Raises:
        Forbidden
    """
    actor.require(May.READ_PROGRAMS)
    figures = AuditEntry.figures
    asked = (
        select(AuditEntry, Cycle, Program)
        .join(Cycle, Cycle.id == AuditEntry.subject_id)
        .join(Program, Program.id == Cycle.program_id)
        .where(
            AuditEntry.action == "payments.export",
            AuditEntry.subject == Cycle.__tablename__,
            or_(figures["digest"].astext == digest, figures["sha256"].astext == digest),
            within_programs(actor, Program.id),
        )
        .order_by(AuditEntry.id)
        .limit(1)
    )
    found = session.execute(asked).one_or_none()
    return ListMade(*found) if found else None
