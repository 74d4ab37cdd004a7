"""Programs: making them, changing what they give, opening and ending them."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.money import refuse_unoffered
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement
from programs.models.organisations import Organisation
from programs.models.programs import Benefit, Delivery, Fund, Program, ProgramState
from programs.permissions import May
from programs.queries.programs import locked_program
from programs.queries.queryables import widest_terms
from registry.queries.subjects import matching

MOST_SIGNERS = 5


class ProgramIncomplete(Invalid):
    """A program needs a name and a purpose; fill in both."""


class SignersWrong(Invalid):
    """A cycle is signed by one to five people, not {signers}; choose a number from 1 to 5."""


class BenefitWrong(Invalid):
    """A benefit needs a name and gives more than nothing; fill in a base or an amount a member."""


class MinimumAboveCap(Invalid):
    """The minimum {minimum} is above the cap {cap}; lower the one or raise the other."""


class BoundToPrograms(Forbidden):
    """You work in the programs you were given; somebody who sees all of them makes new ones and
    says who runs them."""


class NothingGiven(Conflict):
    """The program gives nothing yet; add a benefit before it is opened."""


class ProgramEnded(Conflict):
    """The program has ended; open it again before anything in it is changed."""


class CyclesOpen(Conflict):
    """Cycles of the program are not finished yet, {count} of them; end or cancel them first."""


class CurrencyFixed(Conflict):
    """A program keeps its currency, here {currency}; make a new program for another."""


@dataclass(frozen=True)
class Plan:
    """What is said of a program; `eligibility` is CQL2 text over households, empty for all."""

    name: str
    purpose: str
    organisation_id: int
    currency: str
    eligibility: str = ""
    signers_needed: int = 1


@dataclass(frozen=True)
class Gift:
    """What is said of a benefit: base + per member, at least the minimum, at most the cap."""

    name: str
    delivery: Delivery
    base: Decimal
    per_member: Decimal = Decimal(0)
    minimum: Decimal | None = None
    cap: Decimal | None = None


def create_program(session: Session, plan: Plan, gift: Gift, *, actor: Actor) -> Program:
    """Make a program with its first benefit and its fund, numbered without gaps in the year.

    Raises:
        Forbidden, BoundToPrograms; Invalid where the plan or the gift cannot stand; NotFound: no
        such organisation; Conflict where the name is taken.
    """
    actor.require(May.WRITE_PROGRAMS)
    if actor.program_ids is not None:
        raise BoundToPrograms
    _check(session, plan, actor)
    _check_gift(gift)
    program = Program(number=_next_number(session), made_by=actor.id)
    _write(program, plan)
    with audit.act(session, actor, "programs.create", program) as figures:
        session.add(program)
        session.flush()
        session.add(Fund(program_id=program.id, currency=program.currency))
        session.add(Benefit(program_id=program.id, **vars(gift)))
        figures.update(number=program.number, name=program.name, rule=program.eligibility)
    return program


def change_program(session: Session, program_id: int, plan: Plan, *, actor: Actor) -> Program:
    """Change what is said of a program; cycles that wait for a signature are sent back by it.

    Raises:
        Forbidden, Invalid, NotFound, ProgramEnded, CurrencyFixed, BoundToPrograms
    """
    actor.require(May.WRITE_PROGRAMS)
    program = _changeable(session, program_id, actor)
    _check(session, plan, actor)
    if actor.program_ids is not None and plan.organisation_id != program.organisation_id:
        raise BoundToPrograms
    if plan.currency != program.currency:
        raise CurrencyFixed(currency=program.currency)
    with audit.act(session, actor, "programs.change", program) as figures:
        _write(program, plan)
        figures.update(name=program.name, rule=program.eligibility)
    return program


def add_benefit(session: Session, program_id: int, gift: Gift, *, actor: Actor) -> Benefit:
    """Let a program give one thing more; amounts of draft cycles have to be prepared again.

    Raises:
        Forbidden, Invalid, NotFound, ProgramEnded
    """
    actor.require(May.WRITE_PROGRAMS)
    program = _changeable(session, program_id, actor)
    _check_gift(gift)
    with audit.act(session, actor, "benefits.add", program) as figures:
        benefit = Benefit(program_id=program.id, **vars(gift))
        session.add(benefit)
        figures.update(**vars(gift), drafts=_drop_drafts(session, program))
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
    _check_gift(gift)
    with audit.act(session, actor, "benefits.change", program) as figures:
        for name, value in vars(gift).items():
            setattr(benefit, name, value)
        figures.update(**vars(gift), drafts=_drop_drafts(session, program))
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
        Forbidden, NotFound, CyclesOpen
    """
    actor.require(May.WRITE_PROGRAMS)
    program = locked_program(session, program_id, actor=actor)
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


def _check(session: Session, plan: Plan, actor: Actor) -> None:
    if not plan.name.strip() or not plan.purpose.strip():
        raise ProgramIncomplete
    if not 1 <= plan.signers_needed <= MOST_SIGNERS:
        raise SignersWrong(signers=plan.signers_needed)
    if session.get(Organisation, plan.organisation_id) is None:
        raise NotFound(organisation=plan.organisation_id)
    refuse_unoffered(plan.currency)
    words = widest_terms(session, today(), actor=actor)
    matching(plan.eligibility, today(), actor=actor, terms=words)


def _check_gift(gift: Gift) -> None:
    if not gift.name.strip() or gift.base + gift.per_member <= 0:
        raise BenefitWrong
    if gift.minimum is not None and gift.cap is not None and gift.minimum > gift.cap:
        raise MinimumAboveCap(minimum=gift.minimum, cap=gift.cap)


def _write(program: Program, plan: Plan) -> None:
    program.name, program.purpose = plan.name.strip(), plan.purpose.strip()
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
