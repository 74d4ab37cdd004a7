"""`highground rehearsal`: a provider to rehearse payments with; it pays nobody."""

import threading
from pathlib import Path
from typing import Any

import click
import orjson

from app.rehearsal.ledger import Ledger
from app.rehearsal.manners import Fault, Manners
from app.rehearsal.server import Provider, server_of, told


@click.group()
def rehearsal() -> None:
    """Rehearse payments with a provider that pays nobody."""


@rehearsal.command()
@click.option("--port", type=int, default=8100, show_default=True, help="0: any that is free.")
@click.option("--ledger", type=click.Path(path_type=Path), default="rehearsal.sqlite")
@click.option("--secret", default="rehearsal", show_default=True)
@click.option(
    "--fault", "faults", type=click.Choice([fault.value for fault in Fault]), multiple=True
)
@click.option("--delay", type=click.FloatRange(0, 60), default=0.0, help="Seconds at most.")
@click.option("--fail", type=click.FloatRange(0, 1), default=0.0, help="Share that fails.")
@click.option("--silent-share", type=click.FloatRange(0, 1), default=0.3, show_default=True)
@click.option("--callbacks/--no-callbacks", default=True)
@click.option("--seed", type=int, default=0)
def serve(*, port: int, ledger: Path, secret: str, faults: tuple[str, ...], **manners: Any) -> None:
    """Serve the provider on this machine until it is stopped.

    It speaks as the GSMA Mobile Money API does. Write it down under Providers with the address that
    is printed and the secret.
    """
    kinds = frozenset(Fault(fault) for fault in faults)
    provider = Provider(Ledger(ledger), Manners(kinds, **manners), secret)
    server = server_of(provider, port)
    threading.Thread(target=provider.tell_forever, daemon=True).start()
    click.echo(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


@rehearsal.command()
@click.option("--ledger", type=click.Path(path_type=Path, exists=True), default="rehearsal.sqlite")
def ledger(ledger: Path) -> None:
    """Print the provider's ledger, a transfer a line, as JSON."""
    for transfer in Ledger(ledger).all():
        click.echo(orjson.dumps(told(transfer)).decode())
