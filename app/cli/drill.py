"""`highground drill`: what is promised for a bad day, proved on a day like any other."""

import sys
from dataclasses import asdict

import click
import orjson

import app.tables  # noqa: F401 - the foreign keys need every table
from app.drill.payments import Outcome as PaymentsOutcome
from app.drill.payments import drill as hold_payments
from app.drill.payments import selfcheck as check_payments
from app.drill.restore import Outcome
from app.drill.restore import drill as hold
from core.errors import Refusal
from deploy.say import Trouble


class NoServers(Refusal):
    """The drill needs servers of its own: {why}"""

    status = 503


@click.group()
def drill() -> None:
    """Prove what is promised for a bad day, on servers that are thrown away."""


@drill.command()
@click.option("--size", type=click.Choice(["tiny", "small"]), default="tiny", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def restore(size: str, *, as_json: bool) -> None:
    """Back up while people work, lose the machine, restore on another, and compare.

    Exit code 0 only if everything up to the moment of the backup is there again.
    """
    try:
        outcome = hold(size)
    except Trouble as trouble:
        raise NoServers(why=trouble) from trouble
    click.echo(orjson.dumps(asdict(outcome)).decode() if as_json else _table(outcome))
    sys.exit(0 if outcome.holds else 1)


@drill.command()
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.option("--selfcheck", is_flag=True, help="Plant one loss of each kind; is it reported?")
def payments(rounds: int, seed: int, *, as_json: bool, selfcheck: bool) -> None:
    """Pay cycle after cycle while whatever works is killed, and count every cent.

    Exit code 0 only if nothing was lost or doubled, by our book and by the provider's; with
    --selfcheck only if each planted loss is reported.
    """
    try:
        if selfcheck:
            found = check_payments(seed)
            click.echo(orjson.dumps(found).decode())
            sys.exit(0 if all(found.values()) else 1)
        outcome = hold_payments(rounds, seed)
    except Trouble as trouble:
        raise NoServers(why=trouble) from trouble
    click.echo(orjson.dumps(asdict(outcome)).decode() if as_json else _table(outcome))
    sys.exit(0 if outcome.holds else 1)


def _table(outcome: Outcome | PaymentsOutcome) -> str:
    lines = [f"{name.replace('_', ' '):26}{value!s:>12}" for name, value in asdict(outcome).items()]
    return "\n".join(lines)
