"""Programs: making them, changing what they give, opening and ending them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.money import refuse_unoffered, round_to
from programs.models.approvals import ApprovalTier
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement
from programs.models.organisations import Organisation
from programs.models.programs import (
    Benefit,
    BenefitItem,
    Fund,
    Program,
    ProgramState,
    Target,
)
from programs.models.recurrences import Recurrence
from programs.models.scenarios import Scenario
from programs.models.targeting import TargetingList
from programs.permissions import May
from programs.queries.approvals import Tier, tiers_of
from programs.queries.benefits import check_gift
from programs.queries.conditions import conditions_of
from programs.queries.gifts import Gift, gifts_of
from programs.queries.programs import locked_program
from programs.queries.reach import program_seen
from programs.queries.recurrences import next_days
from programs.queries.targeting import rules_of
from programs.queries.targets import WHOM, Whom
from programs.services.funds import DepositWrong
from programs.services.recurrences import Rhythm, set_recurrence

MOST_SIGNERS = 5
MOST_TIERS = 5


class ProgramIncomplete(Invalid):
    """A program needs a name and a purpose; fill in both."""


class SignersWrong(Invalid):
    """A cycle is signed by one to five people, not {signers}; choose a number from 1 to 5."""


class TooManyTiers(Invalid):
    """Cycles are signed in at most {most} further tiers, not {count}; say it with fewer."""


class TiersUnordered(Invalid):
    """Each tier begins at the amount of the one before it or above; put them in that order."""


class BoundToPrograms(Forbidden):
    """You work in the programs you were given; somebody who sees all of them makes new ones and
    says who runs them."""


class NothingGiven(Conflict):
    """The program gives nothing yet; add a benefit before it is opened."""


class ProgramEnded(Conflict):
    """The program has ended; open it again before anything in it is changed."""


class NeverOpened(Conflict):
    """This program was never opened and has nothing to end; put it into the archive instead."""


class CyclesOpen(Conflict):
    """Cycles of the program are not finished yet, {count} of them; end or cancel them first."""


class CurrencyFixed(Conflict):
    """A program keeps its currency, here {currency}; make a new program for another."""


class TargetFixed(Conflict):
    """The program has cycles, scenarios or pasted lists already, which are of those it is for; make
    a new program for others."""


class TargetUnfit(Invalid):
    """Not all that the program says fits whom it is to be for: {why} Change that first, then whom
    it is for."""


@dataclass(frozen=True)
class Plan:
    """What is said of a program; `eligibility` is CQL2 text over those it is for, empty for all.

    Each cycle needs `signers_needed` signatures, and those of the `tiers` its amount reaches. When
    cycles begin is said with a new program only; later by `set_recurrence`.
    """

    name: str
    purposes: Sequence[str]
    organisation_id: int
    currency: str
    eligibility: str = ""
    signers_needed: int = 1
    tiers: Sequence[Tier] = ()
    rhythm: Rhythm | None = None
    target: Target = Target.GROUP

    @property
    def whom(self) -> Whom:
        """Whom it is for."""
        return WHOM[self.target]


@dataclass(frozen=True)
class Announced:
    """The first money a fund is to have: how much, where it comes from, and in which currency if it
    is another than the program's. It is there once somebody who may post money has posted it."""

    amount: Decimal
    reference: str
    currency: str = ""


def create_program(
    session: Session, plan: Plan, gift: Gift, money: Announced | None = None, *, actor: Actor
) -> Program:
    """Make a program with its first benefit and its fund, numbered without gaps in the year; with
    the first money that is announced for it, if any is.

    Raises:
        Forbidden, BoundToPrograms; Invalid where the plan, the gift or the money cannot stand;
        NotFound: no such organisation; Conflict where the name is taken.
    """
    actor.require(May.WRITE_PROGRAMS)
    if actor.program_ids is not None:
        raise BoundToPrograms
    _check(session, plan, actor)
    check_gift(session, gift, plan.currency, plan.whom, actor=actor)
    program = Program(number=_next_number(session), made_by=actor.id)
    _write(program, plan)
    if money is not None:
        _announce(program, money)
    with audit.act(session, actor, "programs.create", program) as figures:
        session.add(program)
        session.flush()
        session.add(Fund(program_id=program.id, currency=program.currency))
        _write_tiers(session, program, plan.tiers)
        _write_gift(session, Benefit(program_id=program.id), gift)
        if plan.rhythm is not None:
            set_recurrence(session, program.id, plan.rhythm, actor=actor)
        figures.update(number=program.number, name=program.name, rule=program.eligibility)
    return program


def duplicate_program(session: Session, program_id: int, name: str, *, actor: Actor) -> Program:
    """Make a program that says and gives what another does, under a name and number of its own; it
    is not open yet, and its fund is empty.

    Raises:
        Forbidden, BoundToPrograms, NotFound, ProgramIncomplete; Conflict where the name is taken.
    """
    actor.require(May.WRITE_PROGRAMS)
    like = program_seen(session, program_id, actor=actor)
    plan = Plan(
        name=name,
        purposes=like.purposes,
        target=like.target,
        organisation_id=like.organisation_id,
        currency=like.currency,
        eligibility=like.eligibility,
        signers_needed=like.signers_needed,
        tiers=tiers_of(session, like.id),
        rhythm=_rhythm_from_now(session, like),
    )
    first, *others = gifts_of(session, like.id).values()
    program = create_program(session, plan, first, actor=actor)
    for gift in others:
        add_benefit(session, program.id, gift, actor=actor)
    return program


def change_program(session: Session, program_id: int, plan: Plan, *, actor: Actor) -> Program:
    """Change what is said of a program; cycles that wait for a signature are sent back by it.

    Raises:
        Forbidden, Invalid, NotFound, ProgramEnded, CurrencyFixed, BoundToPrograms
        TargetFixed, TargetUnfit: it cannot be for others than it is for.
    """
    actor.require(May.WRITE_PROGRAMS)
    program = _changeable(session, program_id, actor)
    _check(session, plan, actor)
    if plan.target is not program.target:
        _check_target(session, program, plan.whom, actor)
    if actor.program_ids is not None and plan.organisation_id != program.organisation_id:
        raise BoundToPrograms
    if plan.currency != program.currency:
        raise CurrencyFixed(currency=program.currency)
    with audit.act(session, actor, "programs.change", program) as figures:
        _write(program, plan)
        _write_tiers(session, program, plan.tiers)
        figures.update(name=program.name, rule=program.eligibility)
    return program


def add_benefit(session: Session, program_id: int, gift: Gift, *, actor: Actor) -> Benefit:
    """Let a program give one thing more; amounts of draft cycles have to be prepared again.

    Raises:
        Forbidden, Invalid, NotFound, ProgramEnded
    """
    actor.require(May.WRITE_PROGRAMS)
    program = _changeable(session, program_id, actor)
    check_gift(session, gift, program.currency, WHOM[program.target], actor=actor)
    with audit.act(session, actor, "benefits.add", program) as figures:
        benefit = Benefit(program_id=program.id)
        _write_gift(session, benefit, gift)
        figures.update(**_figures(gift), drafts=_drop_drafts(session, program))
    return benefit


def change_benefit(session: Session, benefit_id: int, gift: Gift, *, actor: Actor) -> Benefit:
    """Change what is given; amounts of draft cycles have to be prepared again.

    Raises:
        Forbidden, Invalid, NotFound, ProgramEnded
    """
    actor.require(May.WRITE_PROGRAMS)
    benefit = session.get(Benefit, benefit_id)
    if benefit is None:
        raise NotFound(benefit=benefit_id)
    program = _changeable(session, benefit.program_id, actor)
    check_gift(session, gift, program.currency, WHOM[program.target], actor=actor)
    with audit.act(session, actor, "benefits.change", program) as figures:
        _write_gift(session, benefit, gift)
        figures.update(**_figures(gift), drafts=_drop_drafts(session, program))
    return benefit


def activate_program(session: Session, program_id: int, *, actor: Actor) -> None:
    """Open a program, or open an ended one again, so that cycles may start.

    Raises:
        Forbidden, NotFound, NothingGiven
    """
    actor.require(May.WRITE_PROGRAMS)
    program = locked_program(session, program_id, actor=actor)
    if session.scalar(select(Benefit.id).where(Benefit.program_id == program.id).limit(1)) is None:
        raise NothingGiven
    with audit.act(session, actor, "programs.activate", program):
        program.state = ProgramState.ACTIVE


def end_program(session: Session, program_id: int, *, actor: Actor) -> None:
    """End a program: no cycle starts in it any more.

    Raises:
        Forbidden, NotFound, NeverOpened, CyclesOpen
    """
    actor.require(May.WRITE_PROGRAMS)
    program = locked_program(session, program_id, actor=actor)
    if program.state is ProgramState.DRAFT:
        raise NeverOpened
    over = (CycleState.ENDED, CycleState.CANCELLED)
    unfinished = select(func.count()).where(
        Cycle.program_id == program.id, Cycle.state.not_in(over)
    )
    if count := session.scalar(unfinished):
        raise CyclesOpen(count=count)
    with audit.act(session, actor, "programs.end", program):
        program.state = ProgramState.ENDED


def _next_number(session: Session) -> str:
    """The number after the last of this year; who takes one waits until the one before is kept."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(Program.__tablename__))))
    year = f"PROG-{today().year}-"
    last = session.scalar(select(func.max(Program.number)).where(Program.number.startswith(year)))
    return f"{year}{int(last.removeprefix(year)) + 1 if last else 1:08}"


def _rhythm_from_now(session: Session, like: Program) -> Rhythm | None:
    """When cycles of a program like this one begin: on the same days, from the next one on."""
    kept = session.get(Recurrence, like.id)
    ahead = next_days(kept, today(), 1) if kept else []
    return Rhythm(kept.rule, ahead[0], kept.rechecks) if kept and ahead else None


def _check(session: Session, plan: Plan, actor: Actor) -> None:
    if not plan.name.strip() or not _named(plan.purposes):
        raise ProgramIncomplete
    if not 1 <= plan.signers_needed <= MOST_SIGNERS:
        raise SignersWrong(signers=plan.signers_needed)
    _check_tiers(plan.tiers)
    if session.get(Organisation, plan.organisation_id) is None:
        raise NotFound(organisation=plan.organisation_id)
    refuse_unoffered(plan.currency)
    plan.whom.matching(session, plan.eligibility, today(), actor=actor)


def _check_target(session: Session, program: Program, whom: Whom, actor: Actor) -> None:
    """Refuse that a program is for others, where something in it speaks of those it was for."""
    for table in (Cycle, Scenario, TargetingList):
        if session.scalar(select(table.id).where(table.program_id == program.id).limit(1)):
            raise TargetFixed
    rules = [*conditions_of(session, program.id).values(), rules_of(session, program).exclusion]
    try:
        for rule in rules:
            whom.matching(session, rule, today(), actor=actor)
        for gift in gifts_of(session, program.id).values():
            check_gift(session, gift, program.currency, whom, actor=actor)
    except Invalid as refused:
        raise TargetUnfit(why=str(refused)) from refused


def _announce(program: Program, money: Announced) -> None:
    currency = money.currency or program.currency
    refuse_unoffered(currency)
    amount = round_to(money.amount, currency)
    if amount <= 0 or not money.reference.strip():
        raise DepositWrong
    program.announced, program.announced_in = amount, currency
    program.announced_from = money.reference.strip()


def _named(purposes: Sequence[str]) -> list[str]:
    """The purposes that are named, each once."""
    return list(dict.fromkeys(each.strip() for each in purposes if each.strip()))


def _check_tiers(tiers: Sequence[Tier]) -> None:
    if len(tiers) > MOST_TIERS:
        raise TooManyTiers(most=MOST_TIERS, count=len(tiers))
    for tier in tiers:
        if not 1 <= tier.signers <= MOST_SIGNERS:
            raise SignersWrong(signers=tier.signers)
    amounts = [tier.from_amount for tier in tiers]
    if amounts != sorted(amounts) or any(amount < 0 for amount in amounts):
        raise TiersUnordered


def _write_tiers(session: Session, program: Program, tiers: Sequence[Tier]) -> None:
    session.execute(delete(ApprovalTier).where(ApprovalTier.program_id == program.id))
    session.add_all(
        ApprovalTier(program_id=program.id, place=place, **vars(tier))
        for place, tier in enumerate(tiers, 1)
    )
    session.flush()


def _write_gift(session: Session, benefit: Benefit, gift: Gift) -> None:
    """Write down what is said of a benefit, its items in their order."""
    for name, value in gift.said.items():
        setattr(benefit, name, value)
    session.add(benefit)
    session.flush()
    session.execute(delete(BenefitItem).where(BenefitItem.benefit_id == benefit.id))
    session.add_all(
        BenefitItem(benefit_id=benefit.id, place=place, **vars(item))
        for place, item in enumerate(gift.items, 1)
    )
    session.flush()


def _figures(gift: Gift) -> dict[str, object]:
    """What is told of a benefit in the trail."""
    return {**gift.said, "items": "; ".join(item.said for item in gift.items)}


def _write(program: Program, plan: Plan) -> None:
    program.name, program.purposes = plan.name.strip(), _named(plan.purposes)
    program.target = plan.target
    program.organisation_id = plan.organisation_id
    program.currency = plan.currency
    program.eligibility = plan.eligibility.strip()
    program.signers_needed = plan.signers_needed


def _changeable(session: Session, program_id: int, actor: Actor) -> Program:
    program = locked_program(session, program_id, actor=actor)
    if program.state is ProgramState.ENDED:
        raise ProgramEnded
    return program


def _drop_drafts(session: Session, program: Program) -> int:
    """Take away the amounts of cycles that are still drafts, which no longer fit."""
    drafts = select(Cycle.id).where(Cycle.program_id == program.id, Cycle.state == CycleState.DRAFT)
    held = session.scalars(drafts.order_by(Cycle.id).with_for_update()).all()
    dropped = session.execute(delete(Entitlement).where(Entitlement.cycle_id.in_(held)))
    return int(getattr(dropped, "rowcount", 0))
