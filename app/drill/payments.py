"""The drill of payments: rounds of prepare, approve, send and reconcile, in which whatever works is
killed at random and the provider misbehaves; then every entitlement and cent is counted."""

import random
import time
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

from app.drill.books import Losses, losses
from app.drill.crew import Crew
from app.drill.payment_ground import GROUND, Ground
from app.drill.stack import stack
from app.rehearsal.manners import Fault
from core.errors import Refusal
from deploy.say import note

LONGEST_ROUND = 300.0
KILLS = (1, 3)  # in a round, at least and at most
SPAN = 6.0  # seconds of a round in which kills fall
REST = (0.1, 1.5)  # seconds until what was killed is there again
VICTIMS = ("worker", "web", "provider", "database", "desk")


class RoundEndless(Refusal):
    """Round {number} did not come to its end in {seconds} seconds; look at {folder}."""

    status = 503


@dataclass(frozen=True)
class Outcome:
    """What a drill found, by the database and by the provider's own ledger."""

    rounds: int
    entitlements_lost: int
    entitlements_doubled: int
    payments_lost: int
    payments_doubled: int
    cents_off: int

    @property
    def holds(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not any(getattr(self, f.name) for f in fields(self) if f.name != "rounds")


def drill(rounds: int, seed: int, *, kills: bool = True) -> Outcome:
    """Hold the drill on a stack of its own."""
    with ExitStack() as held:
        crew, ground = _set_up(held)
        _rounds(crew, ground, rounds, seed, kills=kills)
        crew.rest()
        found = losses(crew.database, crew.ledger, ground.expected(rounds))
    return _outcome(rounds, found)


def selfcheck(seed: int) -> dict[str, bool]:
    """Plant one of each kind of loss after a round, and say of each whether it is reported."""
    with ExitStack() as held:
        crew, ground = _set_up(held)
        _rounds(crew, ground, 1, seed, kills=False)
        crew.rest()
        expected = ground.expected(1)
        clean = losses(crew.database, crew.ledger, expected)
        found = {"nothing": not any(vars(clean).values())}
        for name, planted in crew.plants().items():
            with planted as (database, ledger):
                found[name] = getattr(losses(database, ledger, expected), name) > 0
    return found


def _outcome(rounds: int, found: Losses) -> Outcome:
    return Outcome(rounds, **vars(found))


def _set_up(held: ExitStack) -> tuple[Crew, Ground]:
    where = held.enter_context(stack())
    where.command("db", "upgrade")
    crew = held.enter_context(Crew(where))
    note("Setting up people, a program and a provider.")
    return crew, crew.lay(GROUND)


def _rounds(crew: Crew, ground: Ground, rounds: int, seed: int, *, kills: bool) -> None:
    for number in range(1, rounds + 1):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - not for secrets
        began = time.monotonic()
        _round(crew, ground, number, chance, kills=kills)
        note(f"Round {number} of {rounds} took {time.monotonic() - began:.1f} seconds.")


def _round(crew: Crew, ground: Ground, number: int, chance: random.Random, *, kills: bool) -> None:
    """One cycle from its list to its end, whatever falls over meanwhile."""
    faults = [fault for fault in Fault if kills and chance.random() < 0.5]
    crew.provider(faults, delay=chance.choice([0.0, 0.2]), fail=0.1, seed=number)
    crew.desk(number)
    for wait, victim in _fate(chance) if kills else ():
        if _ended_within(crew, wait):
            break
        crew.kill(victim)
        time.sleep(chance.uniform(*REST))
        crew.revive()
    if not _ended_within(crew, LONGEST_ROUND):
        raise RoundEndless(number=number, seconds=int(LONGEST_ROUND), folder=Path(crew.folder))


def _fate(chance: random.Random) -> list[tuple[float, str]]:
    """Who is killed when: seconds after the one before."""
    times = sorted(chance.uniform(0, SPAN) for _kill in range(chance.randint(*KILLS)))
    waits = [at - before for before, at in zip([0.0, *times], times, strict=False)]
    return [(wait, chance.choice(VICTIMS)) for wait in waits]


def _ended_within(crew: Crew, seconds: float) -> bool:
    """Whether the desk finished; one that fell over is set up again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if crew.finished():
            return True
        crew.revive()
        time.sleep(0.05)
    return crew.finished()
