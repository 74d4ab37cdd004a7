"""Asking about samples: what was said, what that tells of all, whom to ask, what differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from geo.models.areas import Area
from geo.models.locations import Location
from geo.permissions import May as Geo
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.models.sums import verification_sums
from programs.models.verifications import (
    Confirmation,
    MismatchState,
    Verification,
    VerificationSample,
    VerificationStratum,
)
from programs.permissions import May
from programs.queries.reach import cycle_seen
from programs.queries.samples import paid_in
from programs.sampling.sizes import Estimate, Stratum, estimated
from registry.models.registrants import Registrant
from registry.permissions import May as Registry

ZERO = Decimal(0)
FOUND = (Confirmation.FULL, Confirmation.PARTLY, Confirmation.NOT_RECEIVED)
HEADINGS = (
    *("team", "place", "registrant", "name", "area", "settlement", "phone"),
    *("longitude", "latitude", "paid", "result", "received", "note"),
)


@dataclass(frozen=True)
class Part:
    """One stratum: how many there are, how many were drawn, what they said."""

    stratum: str
    population: int
    drawn: int
    said: dict[Confirmation, int]

    @property
    def said_by_name(self) -> dict[str, int]:
        """What they said, by the name of the answer."""
        return {each.value: n for each, n in self.said.items()}

    @property
    def answered(self) -> int:
        """How many were found and answered."""
        return sum(self.said.get(each, 0) for each in FOUND)


@dataclass(frozen=True)
class Verified:
    """One sample: what was said of it, and what that tells of all who were paid; the estimate is of
    those who received all of it."""

    verification: Verification
    cycle: Cycle
    program: Program
    parts: Sequence[Part]
    estimate: Estimate | None
    paid: Decimal
    received: Decimal
    open: int

    @property
    def said(self) -> dict[Confirmation, int]:
        """What was said in all."""
        return {each: sum(part.said.get(each, 0) for part in self.parts) for each in Confirmation}

    @property
    def asked(self) -> int:
        """How many have an answer, or were not found."""
        return sum(self.said.values())


@dataclass(frozen=True)
class SamplesRoom:
    """The samples of a cycle, and how many households could be drawn."""

    cycle: Cycle
    program: Program
    population: int
    samples: Sequence[Verification]


def samples_room(session: Session, cycle_id: int, *, actor: Actor) -> SamplesRoom:
    """The samples of a cycle.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    drawn = select(Verification).where(Verification.cycle_id == cycle.id)
    counted = select(func.count()).select_from(paid_in(cycle.id).subquery("paid"))
    return SamplesRoom(
        cycle=cycle,
        program=session.get_one(Program, cycle.program_id),
        population=session.scalars(counted).one(),
        samples=session.scalars(drawn.order_by(Verification.id.desc())).all(),
    )


def verified(session: Session, verification_id: int, *, actor: Actor) -> Verified:
    """What was said of a sample, in sums of the whole of it that name nobody.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    found = session.get(Verification, verification_id)
    if found is None:
        raise NotFound(verification=verification_id)
    cycle = cycle_seen(session, found.cycle_id, actor=actor)
    sums = verification_sums.c
    rows = session.execute(select(verification_sums).where(sums.verification_id == found.id)).all()
    strata = select(VerificationStratum).where(VerificationStratum.verification_id == found.id)
    parts = [
        _part(each, rows) for each in session.scalars(strata.order_by(VerificationStratum.stratum))
    ]
    asked = [row for row in rows if row.received is not None]
    return Verified(
        verification=found,
        cycle=cycle,
        program=session.get_one(Program, cycle.program_id),
        parts=parts,
        estimate=estimated(map(_answers, parts), found.confidence, found.cluster),
        paid=sum((row.paid for row in asked), ZERO),
        received=sum((row.received for row in asked), ZERO),
        open=sum(row.households for row in rows if row.mismatch is MismatchState.OPEN),
    )


def confirmed_in(session: Session, cycle_id: int) -> dict[Confirmation, int]:
    """What the people of a cycle said they received, over all samples of it."""
    sums = verification_sums.c
    counted = (
        select(sums.result, func.sum(sums.households))
        .where(sums.cycle_id == cycle_id, sums.result.is_not(None))
        .group_by(sums.result)
        .order_by(sums.result)
    )
    return {result: int(n) for result, n in session.execute(counted)}


def whom_to_ask(
    session: Session,
    verification_id: int,
    *,
    actor: Actor,
    team: int | None = None,
    differing: bool = False,
) -> list[Any]:
    """The households of a sample within reach, in the order of the walk: of one team, or those
    whose answer differs. Where they stand is for who may see exact places.

    Columns: `registrant_id, number, name, area, settlement, phone, lon, lat` and the sample's.

    Raises:
        Forbidden
    """
    actor.require(Registry.READ_REGISTRANTS)
    listed = _listed(verification_id, actor)
    if team is not None:
        listed = listed.where(VerificationSample.team == team)
    if differing:
        listed = listed.where(VerificationSample.mismatch.is_not(None))
    return list(session.execute(listed.order_by(VerificationSample.place)))


def teams_of(session: Session, verification_id: int, *, actor: Actor) -> list[Any]:
    """The teams of a sample within reach: `team, area, households, asked`.

    Raises:
        Forbidden
    """
    actor.require(Registry.READ_REGISTRANTS)
    sample = VerificationSample
    counted = (
        select(
            sample.team,
            func.min(Area.name).label("area"),
            func.count().label("households"),
            func.count(sample.result).label("asked"),
        )
        .outerjoin(Area, Area.id == sample.area_id)
        .where(sample.verification_id == verification_id, within_reach(actor, sample.area_id))
        .group_by(sample.team)
        .order_by(sample.team)
    )
    return list(session.execute(counted))


def as_rows(listed: Sequence[Any]) -> list[list[str]]:
    """The households of a sample as the rows of a file (HEADINGS)."""
    return [
        [
            *(str(row.team), str(row.place), row.number, row.name, row.area or ""),
            *(row.settlement or "", row.phone or ""),
            *("" if at is None else f"{at:.6f}" for at in (row.lon, row.lat)),
            f"{row.paid.normalize():f}",
            row.result.value if row.result else "",
            "" if row.received is None else f"{row.received.normalize():f}",
            row.note or "",
        ]
        for row in listed
    ]


def _listed(verification_id: int, actor: Actor) -> Select[*tuple[Any, ...]]:
    sample, exact = VerificationSample, actor.may(Geo.EXACT_LOCATIONS)
    where = (Location.lon, Location.lat) if exact else (_nothing("lon"), _nothing("lat"))
    return (
        select(
            *(sample.registrant_id, sample.team, sample.place, sample.paid, sample.result),
            *(sample.received, sample.note, sample.mismatch, sample.settled_because),
            Registrant.number,
            Registrant.name,
            Registrant.settlement,
            Registrant.phone,
            Area.name.label("area"),
            *where,
        )
        .join(Registrant, Registrant.id == sample.registrant_id)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .outerjoin(Area, Area.id == sample.area_id)
        .where(sample.verification_id == verification_id, within_reach(actor, sample.area_id))
    )


def _nothing(name: str) -> Any:
    return func.nullif(0, 0).label(name)


def _part(stratum: VerificationStratum, rows: Sequence[Any]) -> Part:
    of_it = [row for row in rows if row.stratum == stratum.stratum and row.result is not None]
    said = {each: sum(r.households for r in of_it if r.result is each) for each in Confirmation}
    return Part(
        stratum.stratum, stratum.population, stratum.drawn, {e: n for e, n in said.items() if n}
    )


def _answers(part: Part) -> Stratum:
    return Stratum(part.population, part.answered, part.said.get(Confirmation.FULL, 0))
