"""Samples of those who were paid."""

from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.verifications import Confirmation, Verification, VerificationSample
from programs.services.verifications import Asked, draw, record
from registry.models.registrants import Registrant
from tests.make.programs import DARA


def make_paid(session: Session, cycle: Cycle) -> None:
    """All of a cycle was given, as if every order had been answered so."""
    given = {"state": EntitlementState.REDEEMED, "redeemed": Entitlement.amount}
    session.execute(update(Entitlement).where(Entitlement.cycle_id == cycle.id).values(given))


def make_differing(session: Session, cycle: Cycle, note: str = "") -> Verification:
    """A sample of all who were paid, each of whom received one less than the provider says."""
    make_paid(session, cycle)
    made = draw(session, cycle.id, Asked(seed=7), actor=DARA)
    asked = (
        select(Registrant.number, VerificationSample.paid)
        .join(VerificationSample, VerificationSample.registrant_id == Registrant.id)
        .where(VerificationSample.verification_id == made.id)
    )
    for number, paid in session.execute(asked).all():
        said = (Confirmation.PARTLY, paid - Decimal(1), note)
        record(session, made.id, number, said, actor=DARA)
    return made
