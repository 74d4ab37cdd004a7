"""Verification: drawing whom to ask, writing down what they say, settling what differs."""

import secrets
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle
from programs.models.verifications import (
    Confirmation,
    MismatchState,
    StratifiedBy,
    Verification,
    VerificationSample,
    VerificationStratum,
)
from programs.permissions import May
from programs.queries.cycles import CycleBeyondReach, reason_given, sees_part_only
from programs.queries.reach import cycle_seen
from programs.queries.samples import drawn_of, paid_in
from programs.queries.targets import whom_of
from programs.sampling.sizes import Z, sample_size
from registry.models.registrants import Registrant

MOST_TOGETHER = 30  # households of one cluster
SEEDS = 1_000_000
OF_SAMPLE = ("verification_id", "registrant_id", "area_id", "stratum", "team", "place", "paid")
OF_STRATUM = ("verification_id", "stratum", "population", "drawn")


class NobodyPaid(Conflict):
    """Nobody of this cycle is known to have received anything yet; let the answers count first."""


class SampleImpossible(Invalid):
    """A sample has a confidence of {known} per cent, a margin of 1 to 25, and 1 to {most} together;
    write those."""


class VerificationClosed(Conflict):
    """This sample is closed; what was said stays as it is."""


class SaidWithout(Invalid):
    """Say how much they received: more than nothing and less than {paid}."""


class NothingToSettle(Conflict):
    """This household's answer is not open any more; reload the page."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a sample: per cent of confidence and margin, how many stand together."""

    by: StratifiedBy = StratifiedBy.NOTHING
    confidence: int = 95
    margin: int = 5
    cluster: int = 1
    seed: int | None = None


def draw(session: Session, cycle_id: int, asked: Asked, *, actor: Actor) -> Verification:
    """Draw households that were paid in a cycle, to be asked whether they received it.

    The same seed draws the same households as long as the same were paid. One statement draws.

    Raises:
        Forbidden, NotFound, CycleBeyondReach, SampleImpossible, NobodyPaid
    """
    actor.require(May.DRAW_SAMPLES)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    _refuse_impossible(session, cycle, asked, actor)
    counted = select(func.count()).select_from(paid_in(cycle.id).subquery("paid"))
    population = session.scalars(counted).one()
    if not population:
        raise NobodyPaid
    wanted = sample_size(population, asked.confidence, asked.margin / 100, asked.cluster)
    made = Verification(
        cycle_id=cycle.id,
        stratified_by=asked.by,
        confidence=asked.confidence,
        margin=asked.margin,
        cluster=asked.cluster,
        seed=asked.seed if asked.seed is not None else secrets.randbelow(SEEDS),
        population=population,
        wanted=wanted,
        drawn=0,
        made_by=actor.id,
    )
    with audit.act(session, actor, "verifications.draw", cycle) as figures:
        session.add(made)
        session.flush()
        made.drawn = _keep(session, made)
        figures.update(population=population, drawn=made.drawn, seed=made.seed)
    return made


def record(
    session: Session,
    verification_id: int,
    number: str,
    said: tuple[Confirmation, Decimal | None, str],
    *,
    actor: Actor,
) -> VerificationSample:
    """Write down what a household said, how much it received where that is a part, and a remark.

    What is not what the provider says stays open until somebody has settled it. Written again, the
    last answer holds.

    Raises:
        Forbidden, NotFound, VerificationClosed, SaidWithout
    """
    actor.require(May.RECORD_ANSWERS)
    sample = _sample(session, verification_id, number, actor)
    result, received, note = said
    if result is Confirmation.PARTLY and (received is None or not 0 < received < sample.paid):
        raise SaidWithout(paid=sample.paid)
    given = {Confirmation.FULL: sample.paid, Confirmation.NOT_RECEIVED: Decimal(0)}
    differs = result in (Confirmation.PARTLY, Confirmation.NOT_RECEIVED)
    verification = session.get_one(Verification, verification_id)
    with audit.act(session, actor, "verifications.record", verification) as figures:
        sample.result = result
        sample.received = received if result is Confirmation.PARTLY else given.get(result)
        sample.note = note.strip() or None
        sample.asked_by, sample.asked_at = actor.id, func.now()
        sample.mismatch = MismatchState.OPEN if differs else None
        sample.settled_because = None
        figures.update(answer=result)
    return sample


def settle(
    session: Session, verification_id: int, number: str, because: str, *, actor: Actor
) -> None:
    """Say what became of an answer that differs from what the provider says.

    Raises:
        Forbidden, NotFound, NothingToSettle, ReasonMissing
    """
    actor.require(May.DRAW_SAMPLES)
    why = reason_given(because)
    sample = _sample(session, verification_id, number, actor)
    if sample.mismatch is not MismatchState.OPEN:
        raise NothingToSettle
    verification = session.get_one(Verification, verification_id)
    with audit.act(session, actor, "verifications.settle", verification) as figures:
        sample.mismatch, sample.settled_because = MismatchState.SETTLED, why
        figures.update(number=number)


def close(session: Session, verification_id: int, *, actor: Actor) -> None:
    """Close a sample: nothing more is written down for it.

    Raises:
        Forbidden, NotFound, VerificationClosed
    """
    actor.require(May.DRAW_SAMPLES)
    found = _open(session, verification_id, actor)
    with audit.act(session, actor, "verifications.close", found) as figures:
        found.closed_at = func.now()
        figures.update(drawn=found.drawn)


def _refuse_impossible(session: Session, cycle: Cycle, asked: Asked, actor: Actor) -> None:
    if sees_part_only(session, cycle.roster_id, actor=actor):
        raise CycleBeyondReach
    known = asked.confidence in Z and 1 <= asked.margin <= 25
    if not known or not 1 <= asked.cluster <= MOST_TOGETHER:
        raise SampleImpossible(known=", ".join(map(str, Z)), most=MOST_TOGETHER)


def _keep(session: Session, made: Verification) -> int:
    """Draw, and keep the households and the strata they are of; answers how many those are."""
    whom = whom_of(session, session.get_one(Cycle, made.cycle_id).program_id)
    said = {"wanted": made.wanted, "cluster": made.cluster, "seed": made.seed}
    drawn = drawn_of(made.cycle_id, whom, made.stratified_by, **said).cte("drawn")
    d, key = drawn.c, literal(made.id)
    households = select(key, d.registrant_id, d.area_id, d.stratum, d.team, d.place, d.paid)
    kept = (
        insert(VerificationSample)
        .from_select([*OF_SAMPLE], households)
        .returning(VerificationSample.registrant_id)
        .cte("kept")
    )
    strata = select(key, d.stratum, func.max(d.population), func.count()).group_by(d.stratum)
    parted = insert(VerificationStratum).from_select([*OF_STRATUM], strata).cte("parted")
    return session.scalars(select(func.count()).select_from(kept).add_cte(parted)).one()


def _open(session: Session, verification_id: int, actor: Actor) -> Verification:
    """A sample of a cycle the actor sees that is not closed, locked."""
    found = session.get(Verification, verification_id, with_for_update=True)
    if found is None:
        raise NotFound(verification=verification_id)
    cycle_seen(session, found.cycle_id, actor=actor)
    if found.closed_at is not None:
        raise VerificationClosed
    return found


def _sample(
    session: Session, verification_id: int, number: str, actor: Actor
) -> VerificationSample:
    """A household that was drawn, within the actor's reach, of a sample that is open."""
    _open(session, verification_id, actor)
    sample = session.scalar(
        select(VerificationSample)
        .join(Registrant, Registrant.id == VerificationSample.registrant_id)
        .where(
            VerificationSample.verification_id == verification_id,
            Registrant.number == number,
            within_reach(actor, VerificationSample.area_id),
        )
    )
    if sample is None:
        raise NotFound(number=number)
    return sample
