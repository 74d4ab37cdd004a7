"""Where a cycle stands: what is done, what is due, and who had a hand in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import NotFound
from geo.models.releases import Release, ReleaseState
from geo.models.selections import Selection
from geo.queries.selections import releases_asked
from programs.models.approvals import Approval
from programs.models.cycles import Cycle
from programs.models.entitlements import EntitlementState, VoucherState
from programs.models.memberships import LeftOut, MembershipState
from programs.models.payments import PaymentBatch
from programs.models.programs import Benefit, Delivery, Program
from programs.models.sums import cycle_member_sums, entitlement_sums, voucher_sums
from programs.permissions import May
from programs.queries.approvals import tiers_for
from programs.queries.cycles import CycleBeyondReach, LeftOutCount, sees_part_only
from programs.queries.eligibility import UNDONE
from programs.queries.funds import Balance, balance
from programs.queries.reach import cycle_seen, within_programs
from registry.models.rosters import Roster

RECENT = 12
LEAVES = {
    "payments.export": ("payments", May.EXPORT_PAYMENTS),
    "vouchers.print": ("cards", May.ISSUE_VOUCHERS),
}


@dataclass(frozen=True)
class Members:
    """Who of the list is enrolled, with their people, and who is left out and why."""

    asked: int
    households: int
    people: int
    left_out: list[LeftOutCount]


@dataclass(frozen=True)
class Way:
    """How one benefit reaches people, and how far it has come."""

    benefit: Benefit
    entitlements: int
    total: Decimal
    cost: Decimal
    sent: int
    redeemed: int

    @property
    def in_money(self) -> bool:
        return self.benefit.delivery is not Delivery.VOUCHER


@dataclass(frozen=True)
class MadeFile:
    """A payment list or sheets of cards, made for a cycle; who may make such a one may have it."""

    sha256: str
    name: str
    permission: May
    entry: AuditEntry

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes; where files are sealed, its name here is another."""
        return str(self.entry.figures.get("digest", self.sha256))


@dataclass(frozen=True)
class Newer:
    """A release a list was asked of, and the one of its layer that was published since."""

    asked: Release
    now: Release


@dataclass(frozen=True)
class Standing:
    """One cycle with everything its page says; `total` is what it gives in all, `cost` that with
    its fees, for which so many have to sign. `batch` is the payment list that is taken along,
    `orders` are all there are, those given to providers too."""

    cycle: Cycle
    program: Program
    roster: Roster
    hazards: Sequence[Release]
    newer: Sequence[Newer]
    members: Members
    ways: list[Way]
    total: Decimal
    cost: Decimal
    signers_needed: int
    balance: Balance
    approval: Approval | None
    signatures: Sequence[AuditEntry]
    batch: PaymentBatch | None
    orders: int
    vouchers: dict[VoucherState, int]
    files: list[MadeFile]
    activity: Sequence[AuditEntry]

    @property
    def release(self) -> Release | None:
        """The release the list was asked of; of several the one that is shown."""
        return self.hazards[0] if self.hazards else None


def standing_of(session: Session, cycle_id: int, *, actor: Actor) -> Standing:
    """One cycle. Its figures are sums of the whole cycle and name nobody.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    roster = session.get_one(Roster, cycle.roster_id)
    hazards = _hazards(session, roster)
    ways = _ways(session, cycle)
    acts = session.scalars(_acts(cycle)).all()
    approval = session.scalar(_approvals(cycle).limit(1))
    program = session.get_one(Program, cycle.program_id)
    return Standing(
        cycle=cycle,
        program=program,
        roster=roster,
        hazards=hazards,
        newer=[newer for release in hazards if (newer := _newer(session, release))],
        members=members_of(session, cycle, actor=actor),
        ways=ways,
        total=sum((way.total for way in ways), Decimal(0)),
        cost=_cost(ways),
        signers_needed=sum(tier.signers for tier in tiers_for(session, program, _cost(ways))),
        balance=balance(session, cycle.program_id),
        approval=approval,
        signatures=_signatures(acts, approval),
        batch=session.scalar(_batches(cycle).where(PaymentBatch.plan_id.is_(None))),
        orders=sum(batch.orders for batch in session.scalars(_batches(cycle))),
        vouchers=_vouchers(session, cycle),
        files=_files(acts, program, cycle),
        activity=acts[:RECENT],
    )


def _cost(ways: Sequence[Way]) -> Decimal:
    return sum((way.cost for way in ways), Decimal(0))


def members_of(session: Session, cycle: Cycle, *, actor: Actor) -> Members:
    """Who of a cycle's list is in it and who is left out, as it was judged at enrolment."""
    sums = cycle_member_sums.c
    served_by = (Program.id == sums.by_program_id) & within_programs(actor, Program.id)
    counted = (
        select(sums.state, sums.reason, Program.name, sums.households, sums.people)
        .outerjoin(Program, served_by)
        .where(sums.cycle_id == cycle.id)
        .order_by(sums.households.desc())
    )
    rows = session.execute(counted).all()
    enrolled = [row for row in rows if row.state is MembershipState.ENROLLED]
    return Members(
        asked=sum(row.households for row in rows),
        households=sum(row.households for row in enrolled),
        people=sum(row.people for row in enrolled),
        left_out=[
            LeftOutCount(row.reason, row.name, row.households)
            for row in rows
            if isinstance(row.reason, LeftOut)
        ],
    )


def file_made(session: Session, cycle_id: int, sha256: str, *, actor: Actor) -> MadeFile:
    """A file that was made for a cycle, for those who may make such a one.

    Raises:
        NotFound: none of this digest was. Forbidden: it is not theirs to have. CycleBeyondReach: it
        names households outside their areas.
    """
    actor.require(May.READ_PROGRAMS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    if sees_part_only(session, cycle.roster_id, actor=actor):
        raise CycleBeyondReach
    program = session.get_one(Program, cycle.program_id)
    for file in _files(session.scalars(_acts(cycle)).all(), program, cycle):
        if file.sha256 == sha256:
            actor.require(file.permission)
            return file
    raise NotFound(file=sha256)


def _ways(session: Session, cycle: Cycle) -> list[Way]:
    sums = entitlement_sums.c
    out = sums.state.in_([EntitlementState.SENT, EntitlementState.REDEEMED])
    redeemed = sums.state == EntitlementState.REDEEMED
    counted = (
        select(
            Benefit,
            func.coalesce(func.sum(sums.entitlements), 0),
            func.coalesce(func.sum(sums.total), 0),
            func.coalesce(func.sum(sums.cost), 0),
            func.coalesce(func.sum(sums.entitlements).filter(out), 0),
            func.coalesce(func.sum(sums.entitlements).filter(redeemed), 0),
        )
        .outerjoin(
            entitlement_sums,
            (sums.benefit_id == Benefit.id)
            & (sums.cycle_id == cycle.id)
            & sums.state.not_in(UNDONE),
        )
        .where(Benefit.program_id == cycle.program_id)
        .group_by(Benefit.id)
        .order_by(Benefit.id)
    )
    return [Way(*row) for row in session.execute(counted)]


def _hazards(session: Session, roster: Roster) -> Sequence[Release]:
    """The releases a list was asked of, the one that is shown first."""
    asked = select(Release).where(Release.id.in_(releases_asked(roster.selection_id)))
    selection = session.get_one(Selection, roster.selection_id)
    return session.scalars(asked.order_by(Release.id != selection.release_id, Release.id)).all()


def _newer(session: Session, release: Release) -> Newer | None:
    """A release of the same layer that was published since, if there is one."""
    if release.layer_id is None:
        return None
    later = select(Release).where(
        Release.layer_id == release.layer_id,
        Release.state == ReleaseState.PUBLISHED,
        Release.number > (release.number or 0),
    )
    found = session.scalars(later.order_by(Release.number.desc()).limit(1)).first()
    return Newer(release, found) if found else None


def _batches(cycle: Cycle) -> Select[PaymentBatch]:
    return select(PaymentBatch).where(PaymentBatch.cycle_id == cycle.id)


def _acts(cycle: Cycle) -> Select[AuditEntry]:
    return (
        select(AuditEntry)
        .where(AuditEntry.subject == Cycle.__tablename__, AuditEntry.subject_id == cycle.id)
        .order_by(AuditEntry.id.desc())
    )


def _approvals(cycle: Cycle) -> Select[Approval]:
    return select(Approval).where(Approval.cycle_id == cycle.id).order_by(Approval.id.desc())


def _signatures(acts: Sequence[AuditEntry], approval: Approval | None) -> list[AuditEntry]:
    """The entries of the signatures under the latest request, in order."""
    if approval is None:
        return []
    signed = [act for act in reversed(acts) if act.action == "approvals.sign"]
    return [act for act in signed if act.at >= approval.created_at]


def _vouchers(session: Session, cycle: Cycle) -> dict[VoucherState, int]:
    sums = voucher_sums.c
    counted = select(sums.state, sums.vouchers).where(sums.cycle_id == cycle.id)
    found: dict[Any, int] = {row[0]: row[1] for row in session.execute(counted)}
    return {state: found.get(state, 0) for state in VoucherState}


def _files(acts: Sequence[AuditEntry], program: Program, cycle: Cycle) -> list[MadeFile]:
    """The files of a cycle, newest first, named after what they hold."""
    files = []
    for act in acts:
        if act.action in LEAVES:
            what, permission = LEAVES[act.action]
            name = f"{program.number}-{cycle.number}-{what}.{act.figures['file']}"
            files.append(MadeFile(str(act.figures["sha256"]), name, permission, act))
    return files
