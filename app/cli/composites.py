"""`highground releases derive`: hazard maps put together into a new one, and published."""

import click

from app.cli.acting import acting_as, followed
from app.loading import load_composite
from geo.models.releases import Operation
from geo.services.composites import Composite


@click.command()
@click.argument("releases", type=int, nargs=-1, required=True, metavar="RELEASE RELEASE...")
@click.option("--operation", type=click.Choice([each.value for each in Operation]), required=True)
@click.option(
    "--at-least",
    "--at-most",
    "--within",
    "threshold",
    type=float,
    help="Not for the maximum, nor for plain outlines.",
)
@click.option("--name", required=True, help="The layer's name.")
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
def derive(
    releases: tuple[int, ...], operation: str, threshold: float | None, name: str, email: str
) -> None:
    """Put published maps of one event together, and publish what comes out.

    RELEASE is the number in the address of a release's page. maximum: the worst value of all; ever:
    whether any met the threshold; days: how many did; distance: how far it is from the one, up to
    so many kilometres (--within). Of outlines alone an outline is made, with a
    grid among them a grid.
    """
    actor = acting_as(email)
    composite = Composite(Operation(operation), releases, threshold)
    with followed(actor):
        made = load_composite(composite, name, actor=actor)
    click.echo(f"{made.original_name}: release {made.number}, {made.original_sha256}")
