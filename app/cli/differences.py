"""`highground releases difference`: what changes from one release to another."""

import csv
import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.cli.acting import acting_as
from core.actor import Actor
from core.db import transaction
from core.errors import Invalid
from geo.files.tables import FileKind, write
from geo.queries.differences import Change, Pair, areas_changed, pair_of
from geo.queries.releases import table_level_of
from registry.queries.differences import difference as of_households
from registry.queries.differences import tells_of_households
from registry.queries.tables import table_of_difference


class KindOfFileUnknown(Invalid):
    """A table cannot be written as {name}; let the name end with one of {known}."""


@click.command()
@click.argument("before", type=int)
@click.argument("after", type=int)
@click.option("--at-least", "--at-most", "threshold", type=float, help="On the releases' own side.")
@click.option("--level", type=int, help="Of the areas; else the last but one.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A table by area.")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def difference(
    before: int,
    after: int,
    threshold: float | None,
    level: int | None,
    out: Path | None,
    email: str,
) -> None:
    """Tell how many areas, and households for who may see a few, enter, leave or change class."""
    actor = acting_as(email)
    kind = _kind(out) if out else None
    with transaction(actor) as session:
        pair = pair_of(session, after, before, actor=actor)
        at = table_level_of(session) if level is None else level
        rows = _told(session, pair, threshold, at, actor)
        if out and kind:
            write(table_of_difference(session, pair, threshold, at, actor=actor), kind, out)
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(["change", "areas", "households", "people"])
    lines.writerows(rows)


def _told(
    session: Session, pair: Pair, threshold: float | None, level: int, actor: Actor
) -> list[tuple[str, int, int | None, int | None]]:
    areas = [area.change for area in areas_changed(session, pair, level, actor=actor)]
    if not tells_of_households(actor):
        return [(change.value, areas.count(change), None, None) for change in Change]
    told = of_households(session, pair, threshold, level, actor=actor)
    found = ((change, told.of(change)) for change in Change)
    return [(c.value, areas.count(c), counted.households, counted.people) for c, counted in found]


def _kind(out: Path) -> FileKind:
    for kind in FileKind:
        if out.name.endswith(kind.ending):
            return kind
    raise KindOfFileUnknown(name=out.name, known=", ".join(kind.ending for kind in FileKind))
