"""Approvals: asking, signing, sending back; the last signature binds the money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import country
from core.errors import Conflict, Forbidden, NotFound
from core.words import _, counted
from programs.models.approvals import Approval, ApprovalState, ApprovalStep, Signature
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import EntitlementState
from programs.models.programs import Program, ProgramState
from programs.permissions import May
from programs.queries.approvals import (
    Step,
    Tier,
    hands_on,
    served_meanwhile,
    step_due,
    steps_of_request,
    subject_hash,
    tiers_for,
    withdrawn_release,
)
from programs.queries.cycles import locked_cycle, reason_given
from programs.queries.double_cover import refuse_double_cover
from programs.queries.entitlements import total_of
from programs.queries.reach import cycle_seen
from programs.queries.targeting_runs import rules_changed
from programs.services.asked_before import keep_asked
from programs.services.entitlements import move_entitlements
from programs.services.funds import bind

DRAFT, ASKED = EntitlementState.DRAFT, EntitlementState.PENDING_VALIDATION


class NothingToApprove(Conflict):
    """Nobody is due anything in this cycle yet; prepare the amounts before asking."""


class RuleChanged(Conflict):
    """The program's rule was changed after these were enrolled; enrol them again."""


class ReleaseWithdrawn(Conflict):
    """Release {number} of the hazard map was withdrawn, so this list cannot be approved; make a
    list from a release that stands."""


class ApprovalDecided(Conflict):
    """This request was already decided; look at the cycle for what came of it."""


class NotYourOwn(Forbidden):
    """You had a hand in preparing this cycle; somebody who had none has to sign."""


class OtherRoleFirst(Forbidden):
    """Tier {place} is to be signed next, by people of another role than yours; it waits for one of
    them."""


class SignedAlready(Conflict):
    """You have signed this already; it waits for somebody else."""


@dataclass(frozen=True)
class Signed:
    """What became of an approval by a signature; `returned` says why it went back instead."""

    state: ApprovalState
    signatures: int
    needed: int
    returned: str = ""


def ask_approval(session: Session, cycle_id: int, *, actor: Actor) -> Approval:
    """Ask for the signatures a cycle needs; from now on it cannot be changed unless sent back.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ReleaseWithdrawn, NothingToApprove,
        RuleChanged, ServedElsewhere, AlsoDrafted
    """
    actor.require(May.ASK_APPROVAL)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    _refuse_withdrawn(session, cycle)
    total = total_of(session, cycle.id)
    if not total.entitlements:
        raise NothingToApprove
    program = session.get_one(Program, cycle.program_id)
    if rules_changed(session, cycle):
        raise RuleChanged
    refuse_double_cover(session, cycle, actor=actor)
    tiers = tiers_for(session, program, total.cost)
    approval = Approval(
        cycle_id=cycle.id,
        hash=subject_hash(session, cycle),
        households=total.households,
        total=total.amount,
        fees=total.cost - total.amount,
        signers_needed=sum(tier.signers for tier in tiers),
        asked_by=actor.id,
        ages=country().ages,
    )
    with audit.act(session, actor, "approvals.ask", cycle) as figures:
        session.add(approval)
        _write_steps(session, approval, tiers)
        cycle.state = CycleState.TO_APPROVE
        move_entitlements(session, cycle, DRAFT, ASKED)
        figures.update(hash=approval.hash, households=total.households, total=total.amount)
    return approval


def sign(session: Session, approval_id: int, *, actor: Actor) -> Signed:
    """Sign what was asked for. The last signature binds the money and approves what is due.

    What no longer is what was asked for goes back to those who prepared it, and so does a list of
    whom another program of the same purpose serves meanwhile; that is the answer, not a refusal,
    so that it is kept.

    Raises:
        Forbidden, NotFound, ApprovalDecided, CycleBeyondReach, NotYourOwn, SignedAlready,
        OtherRoleFirst, ReleaseWithdrawn, FundShort: with the last signature nothing is bound unless
        all of it is.
    """
    actor.require(May.APPROVE)
    approval, cycle = _pending(session, approval_id, actor)
    steps = steps_of_request(session, approval.id)
    signers = {signer for step in steps for signer in step.signed}
    if actor.id in hands_on(session, cycle):
        raise NotYourOwn
    if actor.id in signers:
        raise SignedAlready
    step = step_due(steps)
    if step is None:
        raise ApprovalDecided
    if step.role is not None and step.role not in actor.roles:
        raise OtherRoleFirst(place=step.place)
    _refuse_withdrawn(session, cycle)
    if why := _changed(session, approval, cycle):
        _send_back(session, approval, cycle, why, actor=actor)
        return Signed(approval.state, len(signers), approval.signers_needed, why)
    with audit.act(session, actor, "approvals.sign", cycle) as figures:
        session.add(_signature(approval, step, actor))
        if len(signers) + 1 >= approval.signers_needed:
            _approve(session, approval, cycle, actor)
        figures.update(hash=approval.hash, total=approval.total, state=approval.state)
    return Signed(approval.state, len(signers) + 1, approval.signers_needed)


def return_approval(session: Session, approval_id: int, comment: str, *, actor: Actor) -> None:
    """Send a cycle back to those who prepared it, with a reason; it is a draft again.

    Raises:
        Forbidden, NotFound, ApprovalDecided, CycleBeyondReach, ReasonMissing
    """
    actor.require(May.APPROVE)
    why = reason_given(comment)
    approval, cycle = _pending(session, approval_id, actor)
    _send_back(session, approval, cycle, why, actor=actor)


def reject_approval(session: Session, approval_id: int, comment: str, *, actor: Actor) -> None:
    """Refuse a cycle for good, with a reason; nothing of it will be given.

    Raises:
        Forbidden, NotFound, ApprovalDecided, CycleBeyondReach, ReasonMissing
    """
    actor.require(May.APPROVE)
    why = reason_given(comment)
    approval, cycle = _pending(session, approval_id, actor)
    with audit.act(session, actor, "approvals.reject", cycle) as figures:
        _decide(approval, ApprovalState.REJECTED, why)
        cycle.state = CycleState.CANCELLED
        move_entitlements(session, cycle, ASKED, EntitlementState.CANCELLED)
        figures.update(reason=why)


def _write_steps(session: Session, approval: Approval, tiers: Sequence[Tier]) -> None:
    """Write down who has to sign a request, as it stands when it is asked for."""
    session.flush()
    session.add_all(
        ApprovalStep(approval_id=approval.id, place=place, signers=tier.signers, role=tier.role)
        for place, tier in enumerate(tiers, 1)
    )


def _signature(approval: Approval, step: Step, actor: Actor) -> Signature:
    return Signature(
        approval_id=approval.id, signer_id=actor.id, hash=approval.hash, place=step.place
    )


def _pending(session: Session, approval_id: int, actor: Actor) -> tuple[Approval, Cycle]:
    """A request that waits, and its cycle, locked: who signs at the same time comes after."""
    approval = session.get(Approval, approval_id)
    if approval is None:
        raise NotFound(approval=approval_id)
    cycle_seen(session, approval.cycle_id, actor=actor)
    if approval.state is not ApprovalState.PENDING:
        raise ApprovalDecided
    cycle = locked_cycle(session, approval.cycle_id, CycleState.TO_APPROVE, actor=actor)
    session.refresh(approval)
    return approval, cycle


def _refuse_withdrawn(session: Session, cycle: Cycle) -> None:
    if release := withdrawn_release(session, cycle):
        raise ReleaseWithdrawn(number=release.number)


def _changed(session: Session, approval: Approval, cycle: Cycle) -> str:
    """Why what was asked for is no longer what would be signed; empty if it still is."""
    program = session.get_one(Program, cycle.program_id)
    if program.state is not ProgramState.ACTIVE:
        return _("The program is not open any more.")
    if subject_hash(session, cycle) != approval.hash:
        return _(
            "The question, the rule, the amounts or who is due them changed after it was asked for."
        )
    if count := served_meanwhile(session, cycle):
        return counted(
            "{count} household is meanwhile served by another program of the same purpose.",
            "{count} households are meanwhile served by another program of the same purpose.",
            count,
        )
    return ""


def _send_back(
    session: Session, approval: Approval, cycle: Cycle, why: str, *, actor: Actor
) -> None:
    with audit.act(session, actor, "approvals.return", cycle) as figures:
        keep_asked(session, approval, cycle)
        _decide(approval, ApprovalState.RETURNED, why)
        cycle.state = CycleState.DRAFT
        move_entitlements(session, cycle, ASKED, DRAFT)
        figures.update(reason=why)


def _approve(session: Session, approval: Approval, cycle: Cycle, actor: Actor) -> None:
    """Bind the whole sum or refuse, then approve every entitlement."""
    bind(session, cycle, approval.total + approval.fees, made_by=actor.id)
    _decide(approval, ApprovalState.APPROVED, None)
    cycle.state = CycleState.APPROVED
    move_entitlements(session, cycle, ASKED, EntitlementState.APPROVED)


def _decide(approval: Approval, state: ApprovalState, comment: str | None) -> None:
    approval.state, approval.comment, approval.decided_at = state, comment, datetime.now(UTC)
