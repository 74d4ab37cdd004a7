"""What an approval covers, and who has had a hand in it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import rfc8785
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    SQLColumnExpression,
    String,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from geo.models.releases import Release, ReleaseState
from geo.models.selections import Selection
from geo.queries.selections import hazards_kept, releases_asked
from programs.models.approvals import Approval, ApprovalState, ApprovalStep, ApprovalTier, Signature
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.models.programs import Program
from programs.queries.eligibility import UNDONE, served_elsewhere
from programs.queries.gifts import gifts_of
from programs.queries.targeting import rules_beside
from registry.models.registrants import Registrant
from registry.models.rosters import Roster

BLOCK = 65_536  # lines hashed together, as in a roster
NOTHING = cast(literal(b""), LargeBinary)
PREPARING = (
    *("cycles.start", "cycles.enrol", "entitlements.prepare", "entitlements.adjust"),
    "approvals.ask",
)


def subject_hash(session: Session, cycle: Cycle) -> str:
    """What a signature under a cycle covers, as one SHA-256 in hex.

    It is that of the RFC 8785 JSON of: the list's own hash, the rules and the benefits, who has to
    sign, the drawn area, all hazards asked about and how they go together, the currency, and the
    digest of all amounts. Whatever changes one of them changes the hash.
    """
    roster = session.get_one(Roster, cycle.roster_id)
    program = session.get_one(Program, cycle.program_id)
    subject: dict[str, Any] = {
        "cycle": [program.number, cycle.number],
        "list": roster.hash,
        "answers": ["in", "probable"] if cycle.with_probable else ["in"],
        "rule": program.eligibility,
        "benefits": _benefits(session, program),
        "currency": program.currency,
        "signed by": [_told(vars(tier)) for tier in _tiers(session, program)],
        "area": session.scalar(_geometry_digest(roster)),
        **_hazards(session, roster),
        "amounts": session.scalar(_amounts_digest(cycle)),
    }
    if beside := rules_beside(session, program):
        subject["targeting"] = beside
    return hashlib.sha256(rfc8785.dumps(subject)).hexdigest()


def withdrawn_release(session: Session, cycle: Cycle) -> Release | None:
    """A release the cycle's list was asked of that has been withdrawn since, if there is any."""
    roster = session.get_one(Roster, cycle.roster_id)
    asked = Release.id.in_(releases_asked(roster.selection_id))
    withdrawn = select(Release).where(asked, Release.state == ReleaseState.WITHDRAWN)
    return session.scalars(withdrawn.order_by(Release.id).limit(1)).first()


def hands_on(session: Session, cycle: Cycle) -> set[int]:
    """Everybody who kept the cycle's list, or prepared anything of it, or asked for it."""
    acted = select(AuditEntry.actor_id).where(
        AuditEntry.subject == Cycle.__tablename__,
        AuditEntry.subject_id == cycle.id,
        AuditEntry.action.in_(PREPARING),
    )
    kept = session.get_one(Roster, cycle.roster_id).frozen_by
    return {*session.scalars(acted), cycle.made_by, *([kept] if kept else [])}


@dataclass(frozen=True)
class Tier:
    """Signatures a cycle needs from an amount on, of people of a role where one is named."""

    signers: int
    from_amount: Decimal = Decimal(0)
    role: str | None = None


@dataclass(frozen=True)
class Step:
    """A tier of one request: how many sign it, of which role, and who has."""

    place: int
    signers: int
    role: str | None
    signed: frozenset[int]

    @property
    def done(self) -> bool:
        return len(self.signed) >= self.signers


def tiers_of(session: Session, program_id: int) -> list[Tier]:
    """The tiers a program has beside the signatures each of its cycles needs, in order."""
    listed = select(ApprovalTier).where(ApprovalTier.program_id == program_id)
    return [
        Tier(tier.signers, tier.from_amount, tier.role)
        for tier in session.scalars(listed.order_by(ApprovalTier.place))
    ]


def tiers_for(session: Session, program: Program, amount: Decimal) -> list[Tier]:
    """The tiers that a cycle of this amount goes through, that of every cycle first."""
    higher = [tier for tier in tiers_of(session, program.id) if amount >= tier.from_amount]
    return [Tier(program.signers_needed), *higher]


def steps_of_request(session: Session, approval_id: int) -> list[Step]:
    """The tiers of a request as they were when it was asked for, with who signed each."""
    listed = select(ApprovalStep).where(ApprovalStep.approval_id == approval_id)
    signed = select(Signature.place, Signature.signer_id).where(
        Signature.approval_id == approval_id
    )
    signers: dict[int, set[int]] = {}
    for place, signer in session.execute(signed):
        signers.setdefault(place, set()).add(signer)
    return [
        Step(step.place, step.signers, step.role, frozenset(signers.get(step.place, ())))
        for step in session.scalars(listed.order_by(ApprovalStep.place))
    ]


def step_due(steps: Sequence[Step]) -> Step | None:
    """The step that is to be signed next, if one is left."""
    return next((step for step in steps if not step.done), None)


def signers_of(session: Session, approval_id: int) -> list[int]:
    """Who has signed an approval, in order."""
    signed = select(Signature.signer_id).where(Signature.approval_id == approval_id)
    return list(session.scalars(signed.order_by(Signature.id)))


def _tiers(session: Session, program: Program) -> list[Tier]:
    return [Tier(program.signers_needed), *tiers_of(session, program.id)]


def _benefits(session: Session, program: Program) -> list[dict[str, Any]]:
    return [
        _told(gift.said) | {"items": [_told(vars(item)) for item in gift.items]}
        for gift in gifts_of(session, program.id).values()
    ]


def _told(said: Mapping[str, Any]) -> dict[str, str]:
    """What is said of something as texts; a sum is the same however many noughts it ends with."""
    return {
        name: format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
        for name, value in said.items()
    }


def _geometry_digest(roster: Roster) -> Select[str | None]:
    shapes = [_bytes_of(Selection.shape), _bytes_of(Selection.without)]
    return select(_sha256(shapes[0].concat(shapes[1]))).where(Selection.id == roster.selection_id)


def _bytes_of(shape: SQLColumnExpression[Any]) -> ColumnElement[bytes]:
    return func.coalesce(func.ST_AsBinary(shape), NOTHING)


def _hazards(session: Session, roster: Roster) -> dict[str, Any]:
    """Each hazard by the file of its release, what that measures and from which value on it counts;
    and how they go together."""
    asked = hazards_kept()
    rows = (
        select(
            Release.original_sha256,
            Release.measure,
            Release.unit,
            cast(asked.c.direction, String),
            asked.c.threshold,
        )
        .join(asked, asked.c.release_id == Release.id)
        .where(asked.c.selection_id == roster.selection_id)
        .order_by(asked.c.place)
    )
    return {
        "hazards": [list(row) for row in session.execute(rows)],
        "together": str(session.get_one(Selection, roster.selection_id).together),
    }


def _amounts_digest(cycle: Cycle) -> Select[str | None]:
    """SHA-256 over the SHA-256 of blocks of lines `number|benefit|amount`, in that order."""
    place = func.row_number().over(order_by=(Registrant.number, Entitlement.benefit_id)) - 1
    line = func.concat_ws("|", Registrant.number, Entitlement.benefit_id, Entitlement.amount)
    lines = (
        select(place.label("place"), line.label("line"))
        .select_from(Entitlement)
        .join(Registrant, Registrant.id == Entitlement.registrant_id)
        .where(Entitlement.cycle_id == cycle.id, Entitlement.state.not_in(UNDONE))
        .subquery("lines")
    )
    block = lines.c.place // BLOCK
    written = func.string_agg(lines.c.line, aggregate_order_by(literal("\n"), lines.c.place))
    blocks = (
        select(block.label("block"), func.sha256(func.convert_to(written, "UTF8")).label("digest"))
        .group_by(block)
        .subquery("blocks")
    )
    digests = func.string_agg(blocks.c.digest, aggregate_order_by(NOTHING, blocks.c.block))
    return select(_sha256(digests))


def _sha256(of: ColumnElement[Any]) -> ColumnElement[str]:
    return func.encode(func.sha256(of), "hex")


def served_meanwhile(session: Session, cycle: Cycle) -> int:
    """How many of those of a cycle another program that shares a purpose serves by now.

    Two programs that are signed at the same moment wait for one another here, by each purpose in
    the same order.
    """
    program = session.get_one(Program, cycle.program_id)
    for purpose in sorted(program.purposes):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"purpose {purpose}"))))
    served = served_elsewhere(cycle.roster_id, program.id)
    both = (
        select(func.count(Entitlement.registrant_id.distinct()))
        .join(served, served.c.registrant_id == Entitlement.registrant_id)
        .where(Entitlement.cycle_id == cycle.id, Entitlement.state.not_in(UNDONE))
    )
    return session.scalars(both).one()


def signers_of_cycle(session: Session, cycle: Cycle) -> set[int]:
    """Everybody who signed the request by which a cycle was approved."""
    signed = (
        select(Signature.signer_id)
        .join(Approval, Approval.id == Signature.approval_id)
        .where(Approval.cycle_id == cycle.id, Approval.state == ApprovalState.APPROVED)
    )
    return set(session.scalars(signed))
