"""`highground layers`: what is there, loaded without a browser."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from app.cli.acting import acting_as, followed
from app.loading import load_layer
from core.db import connect
from core.errors import Invalid
from core.settings import settings
from core.words import told
from geo.models.context import ContextKind, ContextLayer, Counted
from geo.services.context import USUAL, Counting

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
KINDS = click.Choice([kind.value for kind in ContextKind])
WAYS = click.Choice([way.value for way in Counted])


class PartUnclear(Invalid):
    """The file holds {parts}; say with --part which of them is meant."""


@click.group()
def layers() -> None:
    """What is there: people, sites, roads, measured against hazards."""
    connect(settings().database_works_url)


@layers.command()
@click.argument("file", type=FILE)
@click.option("--name", required=True, help="What the layer is called.")
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
@click.option("--kind", type=KINDS, help="Which part is meant, where the file has one of it.")
@click.option("--part", type=int, help="Which part is meant, by its number.")
@click.option("--counted", type=WAYS, help="What is counted; else what is usual for the kind.")
@click.option("--field", "value_field", default="", help="The column with the number.")
@click.option("--name-field", default="", help="The column with the name.")
@click.option("--measure", help="What these are, such as People; else the layer's name.")
@click.option("--source", required=True, help="Who made it, as it should be cited.")
@click.option("--licence", default="")
@click.option("--as-of", "observed_on", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--crs", default="", help="The coordinate system, if the file does not say it.")
def load(file: Path, name: str, email: str, **said: Any) -> None:
    """Load a file as a context layer, and measure it against all that is published."""
    actor = acting_as(email)
    with followed(actor):
        layer = load_layer(file, name, partial(_counting, name, said), actor=actor)
    for sentence in map(told, layer.found["notes"]):
        click.echo(sentence, err=True)
    click.echo(f"{layer.name}: layer {layer.id}, {layer.total:g} {layer.measure}")


def _counting(name: str, said: dict[str, Any], layer: ContextLayer) -> Counting:
    """What is counted of the part that is meant."""
    part = _part(layer, said["part"], said["kind"])
    on: datetime | None = said["observed_on"]
    return Counting(
        part=part["number"],
        counted=Counted(said["counted"] or USUAL[ContextKind(part["kind"])]),
        measure=said["measure"] or name,
        observed_on=on.date() if on else None,
        **{
            field: said[field]
            for field in ("source", "licence", "value_field", "name_field", "crs")
        },
    )


def _part(layer: ContextLayer, number: int | None, kind: str | None) -> dict[str, Any]:
    """The part that is meant: by its number, its kind, or because there is no other.

    Raises:
        PartUnclear
    """
    parts: list[dict[str, Any]] = layer.found["parts"]
    meant = [part for part in parts if number in (None, part["number"])]
    meant = [part for part in meant if kind in (None, part["kind"])]
    if len(meant) != 1:
        said = (f"{part['number']}: {told(part['title'])} ({part['kind']})" for part in parts)
        raise PartUnclear(parts=", ".join(said))
    return meant[0]
