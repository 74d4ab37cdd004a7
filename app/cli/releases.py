"""`highground releases`: hazard files, received and published without a browser."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from app.cli.acting import acting_as, followed
from app.cli.composites import derive
from app.cli.differences import difference
from app.loading import load_files, load_release
from core.actor import Actor
from core.country import country
from core.db import connect, transaction
from core.errors import NotFound
from core.settings import settings
from core.storage import keep_file
from geo.archives import FileMissing
from geo.measures import MEASURES
from geo.models.events import Event, EventKind
from geo.models.release_findings import Code
from geo.models.releases import Direction, ObservedRule
from geo.raster.bands import Choice
from geo.services.events import Shock, create_event
from geo.services.meanings import Meaning

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
CHOICE = ("inside", "file_layer", "variable", "time", "band", "crs")
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


class EventNotThere(NotFound):
    """There is no event called {name}; give --kind and --began to write it down."""


@click.group()
def releases() -> None:
    """Hazard files and what they mean."""
    connect(settings().database_works_url)


releases.add_command(derive)
releases.add_command(difference)


@releases.command()
@click.argument("what", nargs=-1, required=True, metavar="FILE|ADDRESS...")
@click.option("--event", required=True, help="The event's name; it is there already.")
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
def receive(what: tuple[str, ...], event: str, email: str) -> None:
    """Receive hazard files, or fetch them from https addresses, and read them; say what they are.

    The files a shapefile is made of become one. Ends with 1 if any file cannot be used as it is.
    """
    actor = acting_as(email)
    event_id = _event(event, None, None, actor)
    urls = [each for each in what if "://" in each]
    files = [_file(each) for each in what if "://" not in each]
    with followed(actor):
        came = load_files(event_id, files, urls, actor=actor)
    for release in came:
        said = release.refusal or release.original_sha256
        click.echo(f"{release.id}: {release.original_name}: {release.state}: {said}")
    if any(release.refusal for release in came):
        sys.exit(1)


@releases.command()
@click.argument("file", type=FILE)
@click.option("--as", "email", required=True, help="The user who does it, by e-mail address.")
@click.option("--event", required=True, help="The event's name.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in EventKind]), help="Of an event that is new."
)
@click.option("--began", type=MOMENT, help="When an event that is new began.")
@click.option("--measure", type=click.Choice(list(MEASURES)), required=True)
@click.option("--unit", default="", help="Of the values, such as m.")
@click.option("--layer", help="The layer's name; else it is called as its measure.")
@click.option("--floor", type=float, help="The least value that is kept; else all above 0.")
@click.option("--at-most", is_flag=True, help="Less is worse: values up to the floor are kept.")
@click.option("--zeros", type=click.Choice(["value", "unseen"]), help="What 0 means.")
@click.option("--nodata", type=float, multiple=True, help="Numbers that mean no data.")
@click.option("--field", help="The column with the value of each polygon.")
@click.option("--observed", help="What an extent could see: box, country, or a file of it.")
@click.option("--observed-at", type=MOMENT, required=True)
@click.option("--source", required=True, help="Who made it, as it should be cited.")
@click.option("--licence", default="")
@click.option("--part", "inside", help="Which file of an archive is meant, by its path in it.")
@click.option("--file-layer", help="Which layer of the file, by its name.")
@click.option("--variable", help="Which variable.")
@click.option("--time", help="Which time.")
@click.option("--band", type=int, help="Which band, by its number.")
@click.option("--crs", help="Its coordinate system, where it does not say one.")
@click.option(
    "--accept",
    "accepted",
    type=click.Choice([code.value for code in Code]),
    multiple=True,
    help="What is odd about it, and is so: said when it is refused.",
)
def publish(file: Path, email: str, event: str, accepted: tuple[str, ...], **said: Any) -> None:
    """Receive a hazard file, confirm what it means, ask it about everything, publish it."""
    actor = acting_as(email)
    choice = _choice(**{name: said.pop(name) for name in CHOICE})
    event_id = _event(event, said.pop("kind"), said.pop("began"), actor)
    with followed(actor):
        release = load_release(
            file, event_id, _meaning(**said), actor=actor, choice=choice, accepted=accepted
        )
    click.echo(f"{release.original_name}: release {release.number}, {release.original_sha256}")


def _event(name: str, kind: str | None, began: datetime | None, actor: Actor) -> int:
    """The key of the event, written down first if it is new."""
    with transaction(actor) as session:
        event = session.scalar(select(Event).where(Event.name == name))
        if event is None and kind and began:
            event = create_event(session, Shock(name, EventKind(kind), _here(began)), actor=actor)
        if event is None:
            raise EventNotThere(name=name)
        return event.id


def _choice(inside: str | None, file_layer: str | None, **said: Any) -> Choice | None:
    """Which part of the file is meant; None where nothing is said of it."""
    choice = Choice(file=inside, layer=file_layer, **said)
    return None if choice == Choice() else choice


def _meaning(**said: Any) -> Meaning:
    rule, seen = _observed(said["observed"])
    return Meaning(
        layer=said["layer"] or said["measure"],
        measure=said["measure"],
        unit=said["unit"],
        observed_at=_here(said["observed_at"]),
        source=said["source"],
        licence=said["licence"],
        direction=Direction.AT_MOST if said["at_most"] else Direction.AT_LEAST,
        floor=said["floor"],
        zeros=said["zeros"] or "",
        nodata=said["nodata"],
        value_field=said["field"],
        observed_rule=rule,
        observed_file=seen,
    )


def _observed(said: str | None) -> tuple[ObservedRule | None, tuple[str, str] | None]:
    """The rule of what was seen, and the kept file of it if it is one."""
    if said in {None, ObservedRule.BOX.value, ObservedRule.COUNTRY.value}:
        return ObservedRule(said) if said else None, None
    file = _file(str(said))
    return ObservedRule.LAYER, (file.name, keep_file(file).sha256)


def _file(said: str) -> Path:
    file = Path(said)
    if not file.is_file():
        raise FileMissing(path=file)
    return file


def _here(moment: datetime) -> datetime:
    """A moment in the country's time zone."""
    return moment.replace(tzinfo=country().zone)
